"""The words of a question where they stand, and which of them must be left as typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.text import MAX_QUERY_LENGTH, fold

_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»')
_CHUNK = re.compile(r"\S+")
_EXCLUDED = re.compile(r"-\w")
_ADDRESS = re.compile(r"[@\\_\d]|://|\w[.:=]\w|^/\w|/.*/")
"""E-mail and web addresses, files, names of settings, codes."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s\Z")
_CAPITAL_INSIDE = re.compile(r"[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]")
_ACRONYM = 5
"""Longest word in capitals that is taken for an acronym."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A word of a question where it stands."""

    start: int
    end: int
    word: str
    folded: str
    fixed: bool
    """To be left as it is: quoted, excluded, part of a code or address, an acronym."""

    def styled(self, other: str) -> str:
        """Another word in the capitals of this one."""
        if len(self.word) > 1 and self.word.isupper():
            return other.upper()
        return other.capitalize() if self.word[:1].isupper() else other


def find_spots(text: str) -> list[Spot]:
    """All words of ``text`` in order."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    shouted = text.isupper()
    # What is read of a long text ends inside a word, mostly.
    end = len(text) if len(text) < MAX_QUERY_LENGTH - 1 else len(text.rpartition(" ")[0])
    spots: list[Spot] = []
    for chunk in _CHUNK.finditer(text):
        fixed = bool(
            chunk.end() > end
            or _EXCLUDED.match(chunk[0])
            or _ADDRESS.search(chunk[0])
            or any(start < chunk.end() and chunk.start() < end for start, end in quoted)
        )
        spots.extend(_words(chunk, fixed=fixed, shouted=shouted))
    return spots


def _words(chunk: re.Match[str], *, fixed: bool, shouted: bool) -> Iterator[Spot]:
    for match in _WORD.finditer(chunk[0]):
        word = _POSSESSIVE.sub("", match[0])
        start = chunk.start() + match.start()
        named = not shouted and _is_name(word)
        contracted = not word.isalpha()
        yield Spot(start, start + len(word), word, fold(word), fixed or named or contracted)


def _is_name(word: str) -> bool:
    """Acronyms (VPN, VPNs) and names with capitals inside (YouTube), not slips (FIrefox)."""
    if word.removesuffix("s").isupper():
        return 1 < len(word) <= _ACRONYM
    return _CAPITAL_INSIDE.search(word) is not None
