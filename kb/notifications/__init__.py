"""Tell me when this is answered: customers who left an address after a search in vain."""
