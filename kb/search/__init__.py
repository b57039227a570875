"""Search: from what a customer typed to a page of hits."""
