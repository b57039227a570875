"""The site: reads a request, makes one service call, renders a template.

Views hold no rules of their own; what a page shows comes from the current
generation and from the services, both reached through ``kb.web.services``.
"""
