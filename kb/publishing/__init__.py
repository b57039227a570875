"""Publishing: from content to the generation that is served."""
