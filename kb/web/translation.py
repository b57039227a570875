"""Where visible strings meet their translation; English is the source language."""

from functools import lru_cache

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from kb.errors import HelpshelfError
from kb.languages.catalogs import Catalog
from kb.web.interface_language import interface

_KEPT = 4_096
"""Messages without values: as many as there are in four languages."""


def gettext(message: str) -> str:
    """The message in the language of the interface."""
    return interface().catalog.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count."""
    return interface().catalog.ngettext(singular, plural, count)


@pass_eval_context
def translate(context: EvalContext, message: str, /, **values: object) -> str:
    """What ``_()`` in a template says: the message with its values filled in, these escaped.

    The same as Jinja's own, which calls three functions where this one looks into a table; a
    results page has 60 messages.
    """
    catalog = interface().catalog
    if not context.autoescape:
        return catalog.gettext(message) % values
    if values:
        return Markup(catalog.gettext(message)) % values  # noqa: S704 - values are escaped
    return _as_markup(catalog, message)


@lru_cache(maxsize=_KEPT)
def _as_markup(catalog: Catalog, message: str) -> Markup:
    return Markup(catalog.gettext(message)) % {}  # noqa: S704 - our own text


def describe_error(error: HelpshelfError) -> str:
    """What an error says, in the language of the interface; English where no catalog has it."""
    message = gettext(error.message)
    return message % error.values if error.values else message
