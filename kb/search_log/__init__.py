"""What customers searched, opened and voted: recording, privacy, visits, outcomes, retention."""
