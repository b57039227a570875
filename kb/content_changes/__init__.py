"""Changes of the content by staff: edits, synonyms, pins and FAQ drafts, each one commit in git."""
