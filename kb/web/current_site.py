"""Whose help center it is."""

from kb.content.models import Site
from kb.errors import GenerationUnavailable
from kb.web.services import generation


def site() -> Site:
    """The help center's identity; a plain one while nothing is published.

    The sign-in page has to work before the first publish.
    """
    try:
        return generation().library.site
    except GenerationUnavailable:
        return Site()
