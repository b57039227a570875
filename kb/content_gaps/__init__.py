"""Failed searches become topics, topics are decided on, and drafts go to git."""
