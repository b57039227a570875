"""WSGI entry point for any server: ``app:app``."""

from kb.app_factory import create_app

app = create_app()
