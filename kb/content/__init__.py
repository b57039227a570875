"""Content: git or folder to a validated, rendered, sectioned Library."""
