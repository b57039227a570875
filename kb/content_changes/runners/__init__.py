"""Ways to run `kb` commands beside the web server."""
