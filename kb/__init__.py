"""Helpshelf: a help center that a company runs itself.

Articles are Markdown files in git, search is embedded, and every failed search
reaches the people who can answer it.  ``docs/architecture.md`` is the map.
"""

__version__ = "0.1.0"
