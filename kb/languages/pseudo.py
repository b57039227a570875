"""Two languages that nobody speaks, made from the English texts while they are read.

``ar-XB`` reads from right to left: a page that only works from left to right shows it, and
whatever is still readable has not gone through a catalog.  ``en-XA`` is longer than English
by about a third, as many languages are.  Both are for tests and pictures: customers are
never offered them.
"""

import gettext
import re
from collections.abc import Callable

_KEPT = re.compile(r"%\([A-Za-z_]+\)[sdg]|%%|\{[A-Za-z_]+\}|<[^<>]*>|&[A-Za-z#0-9]+;")
"""Placeholders and markup, which no translation changes."""
_WORD = re.compile(r"[^\W\d_]+")
_ACCENTS = str.maketrans("AEIOUYaeiouynNcCsSzZ", "ÅÉÎÖÛÝåéîöûýñÑçÇšŠžŽ")
_OVERRIDE, _END = "\u202e", "\u202c"

Change = Callable[[str], str]


class PseudoCatalog(gettext.NullTranslations):
    """Changes every word of a message and leaves its placeholders alone."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change

    def gettext(self, message: str) -> str:
        """The changed message."""
        return change_words(message, self._change)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The changed form for ``n``."""
        return self.gettext(msgid1 if n == 1 else msgid2)


def change_words(message: str, change: Change) -> str:
    """The message with each word changed, but not what stands for a value or is markup."""
    parts: list[str] = []
    end = 0
    for kept in _KEPT.finditer(message):
        parts += (_change_plain(message[end : kept.start()], change), kept[0])
        end = kept.end()
    parts.append(_change_plain(message[end:], change))
    return "".join(parts)


def _change_plain(text: str, change: Change) -> str:
    return _WORD.sub(lambda word: change(word[0]), text)


def turn_round(word: str) -> str:
    """The word so that it is shown from right to left."""
    return f"{_OVERRIDE}{word}{_END}"


def make_longer(word: str) -> str:
    """The word with accents and a third more letters."""
    return word.translate(_ACCENTS) + "~" * (len(word) // 3)


PSEUDO_CHANGES: dict[str, Change] = {"ar-XB": turn_round, "en-XA": make_longer}
"""By language tag."""
