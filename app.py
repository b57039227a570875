"""WSGI entry point for any server: ``app:app``."""

from kb.web.app_factory import create_app

app = create_app()
