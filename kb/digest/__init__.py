"""The weekly digest for staff: what customers searched in vain, and what changed."""
