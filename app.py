"""WSGI entry point for any server: ``app:app``."""

from kb.app_factory import create_app
from kb.web.compiled_templates import load_common_templates

app = create_app()
load_common_templates(app)
