"""Implementations of the embedder: a model in this process, one in another, or none."""
