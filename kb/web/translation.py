"""Where visible strings meet their translation; English is the source language.

The catalogs come with the languages; until then every string passes through
unchanged, so that no template has to be touched when they arrive.
"""

import gettext as _gettext

_catalog = _gettext.NullTranslations()


def gettext(message: str) -> str:
    """The message in the language of the interface."""
    return _catalog.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count."""
    return _catalog.ngettext(singular, plural, count)
