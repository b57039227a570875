"""What the product sends to people and other programs: an outbox, and senders that empty it."""
