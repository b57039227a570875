"""What customers report about a page: a feature of its own, from the form to the staff area."""
