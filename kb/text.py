"""Normalising of text that every feature must agree on: folding, slugs, query text."""

import re
import unicodedata

MAX_QUERY_LENGTH = 200
"""Characters of a query that are read. Longer input is pasted text, not a question,
and every later step (redaction, highlighting, correction) is bounded by this."""

_NOT_WORD = re.compile(r"[\W_]+")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """Lower-case without accents, so that "Café" and "cafe" meet.

    Compatibility forms (full-width letters, ligatures) are reduced as well.
    """
    if text.isascii():  # nearly every word of an English article; ten times as fast
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slugify(text: str) -> str:
    """The URL form of a title or file name: folded words joined by hyphens.

    Letters of any script are kept; the result is empty if there are none.
    """
    return _NOT_WORD.sub("-", fold(text)).strip("-")


def clean_query_text(text: str) -> str:
    """What a customer typed, made safe to parse, store and show.

    Control and format characters (also direction overrides) become spaces, white
    space is collapsed, and the result has at most ``MAX_QUERY_LENGTH`` characters.
    """
    head = text[: MAX_QUERY_LENGTH * 4]
    visible = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in head)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", visible)).strip()[:MAX_QUERY_LENGTH].strip()
