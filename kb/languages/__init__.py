"""The languages of the interface: their catalogs, and the tools that keep catalogs complete."""
