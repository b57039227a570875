"""Where visible strings meet their translation; English is the source language."""

from kb.errors import HelpshelfError
from kb.web.interface_language import interface


def gettext(message: str) -> str:
    """The message in the language of the interface."""
    return interface().catalog.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the message that fits the count."""
    return interface().catalog.ngettext(singular, plural, count)


def describe_error(error: HelpshelfError) -> str:
    """What an error says, in the language of the interface; English where no catalog has it."""
    message = gettext(error.message)
    return message % error.values if error.values else message
