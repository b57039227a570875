"""Relevance: is the search any good, and does it stay so."""
