"""The signs that mean something in a question: "these together", -not and -"not these together".

Everything else is text.  Both are read only where nobody can have meant anything else:
a quotation mark before a word that begins and after a word that ends, a hyphen right
before a word.  So ``27" monitor``, ``WH-1000XM4``, ``- step``, ``2 - 3``, ``-5``, ``-v``
and ``-safe-mode`` are text.
"""

import re
from dataclasses import dataclass

MAX_PHRASES = 4
MAX_EXCLUDED = 5
"""More words with a hyphen before them are a pasted list, not a wish."""

_QUOTED = r"[\"“”„«]\s?([^\"“”„«»]*[^\W_][^\"“”„«»]*?)\s?[\"“”»](?![^\W_])"
_PHRASE = re.compile(rf"(?<![^\s(\[]){_QUOTED}")
_EXCLUDED_PHRASE = re.compile(rf"(?<!\S)-{_QUOTED}")
_EXCLUDED = re.compile(r"(?<!\S)-([^\W\d_]{2,})(?=[\s,;.!?)]|$)")


@dataclass(frozen=True, slots=True)
class Syntax:
    """A question taken apart."""

    text: str
    """What is looked for, phrases included."""
    phrases: tuple[str, ...] = ()
    unquoted: str = ""
    """What stands outside of the phrases; empty when there are none."""
    excluded: tuple[str, ...] = ()
    excluded_phrases: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether there is none of the signs."""
        return not (self.phrases or self.excluded or self.excluded_phrases)


def read_syntax(text: str) -> Syntax:
    """Take cleaned query text apart; the signs that cannot be read stay text."""
    if "-" not in text and not any(mark in text for mark in '"“”„«'):
        return Syntax(text)
    excluded_phrases = tuple(_EXCLUDED_PHRASE.findall(text)[:MAX_PHRASES])
    if excluded_phrases:
        text = " ".join(_EXCLUDED_PHRASE.sub(" ", text).split())
    excluded = tuple(_EXCLUDED.findall(text))
    if excluded and len(excluded) <= MAX_EXCLUDED:
        text = " ".join(_EXCLUDED.sub(" ", text).split())
    else:
        excluded = ()
    phrases = tuple(_PHRASE.findall(text)[:MAX_PHRASES])
    unquoted = _PHRASE.sub(" ", text) if phrases else ""
    return Syntax(text, phrases, unquoted, excluded, excluded_phrases)
