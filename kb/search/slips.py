"""How likely it is that someone who meant one word typed another.

Fingers slip in a few ways much more often than in others: they swap neighbours, hit the
key beside the right one, press a key twice or once too few.  Ears mislead as well:
"seperate", "fotograf".  The costs are read as negative logarithms of likelihood: 1 more is about
three times rarer.  They follow the order that studies of typing agree on (Damerau 1964;
Kernighan, Church and Gale 1990), not counts of any one corpus.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

_SWAPPED = 0.8
_REPEATED = 0.7
"""A letter doubled or a double letter typed once."""
_KEY_BESIDE = 1.0
_SOUNDS_ALIKE = 1.0
_LEFT_OUT = 1.0
_ADDED = 1.5
_OTHER = 2.4
"""Any letter for any other."""
_FIRST_LETTER = 0.6
"""Added for a slip at the first letter, which people look at."""
IMPOSSIBLE = 99.0
EASY = 1.0
"""Cost up to which a slip is an everyday one: all but a letter added or quite another."""

_ROWS = {
    "": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "de": ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    "fr": ("azertyuiop", "qsdfghjklm", "wxcvbn"),
}
_SIMILAR = (
    "aeiouy",  # unstressed vowels: definately, seperate
    "ck",
    "cs",
    "sz",
    "gj",
    "fv",
    "dt",
    "bp",
    "mn",
    "iy",
    "uw",
)


@cache
def _neighbours(language: str) -> frozenset[tuple[str, str]]:
    """Pairs of keys that touch, on the usual keyboard of the language."""
    rows = _ROWS.get(language, _ROWS[""])
    pairs: set[tuple[str, str]] = set()
    for number, row in enumerate(rows):
        pairs.update(pairwise(row))
        if number + 1 < len(rows):
            below = rows[number + 1]
            # A key stands above the one of its own number and the one before.
            pairs.update(zip(row, below, strict=False))
            pairs.update(zip(row[1:], below, strict=False))
    return frozenset(pairs | {(b, a) for a, b in pairs})


@cache
def _keys_beside(language: str) -> dict[str, str]:
    """What may have been meant by each letter: the keys beside it and what sounds like it."""
    found: dict[str, str] = {}
    for typed, meant in sorted(_neighbours(language) | _ALIKE):
        found[typed] = found.get(typed, "") + meant
    return found


_OFTEN_LEFT_OUT = "aeilnorstu"
"""The commonest letters of the languages of Europe, which is enough for a doubt."""
_ALIKE = frozenset((a, b) for group in _SIMILAR for a in group for b in group if a != b)


def slip_cost(typed: str, meant: str, slips: int, language: str = "") -> float:
    """Cost of typing ``typed`` for ``meant`` in at most ``slips`` slips; else ``IMPOSSIBLE``."""
    return _cost(typed, meant, slips, _neighbours(language), at_start=True)


def easily_meant(typed: str, language: str = "") -> list[str]:
    """Whatever ``typed`` can be an everyday slip of, words or not; some 150 texts."""
    beside = _keys_beside(language)
    parts = [(typed[:n], letter, typed[n + 1 :]) for n, letter in enumerate(typed)]
    found = [head + tail for head, _, tail in parts]
    found += [head + tail[:1] + letter + tail[1:] for head, letter, tail in parts]
    found += [
        head + other + tail for head, letter, tail in parts for other in beside.get(letter, "")
    ]
    for head, letter, tail in parts:
        begun = head + letter
        found.append(begun + letter + tail)
        found += [begun + left_out + tail for left_out in _OFTEN_LEFT_OUT]
    return found


def _cost(
    typed: str, meant: str, slips: int, beside: frozenset[tuple[str, str]], *, at_start: bool
) -> float:
    start = 0
    end = min(len(typed), len(meant))
    while start < end and typed[start] == meant[start]:
        start += 1
    if start == len(typed) == len(meant):
        return 0.0
    if slips <= 0 or abs(len(typed) - len(meant)) > slips:
        return IMPOSSIBLE
    before = typed[start - 1] if start else ""
    typed, meant = typed[start:], meant[start:]
    best = IMPOSSIBLE
    for price, typed_rest, meant_rest in _ways(typed, meant, slips - 1, before, beside):
        if price < best:
            rest = _cost(typed_rest, meant_rest, slips - 1, beside, at_start=False)
            best = min(best, price + rest)
    return best + (_FIRST_LETTER if at_start and not start and best < IMPOSSIBLE else 0.0)


def _ways(
    typed: str, meant: str, more: int, before: str, beside: frozenset[tuple[str, str]]
) -> Iterator[tuple[float, str, str]]:
    """What the next slip can be, with ``more`` behind it: its cost, what remains of both words."""
    longer = len(typed) - len(meant)
    if typed and meant and abs(longer) <= more:
        pair = (typed[0], meant[0])
        if typed[1:2] == meant[0] and meant[1:2] == typed[0]:
            yield _SWAPPED, typed[2:], meant[2:]
        price = _KEY_BESIDE if pair in beside else _SOUNDS_ALIKE if pair in _ALIKE else _OTHER
        yield price, typed[1:], meant[1:]
    if typed and abs(longer - 1) <= more:
        yield _price_of_added(typed[0], before, meant[:1], beside), typed[1:], meant
    if meant and abs(longer + 1) <= more:
        yield (_REPEATED if meant[0] == before else _LEFT_OUT), typed, meant[1:]


def _price_of_added(
    added: str, before: str, after: str, beside: frozenset[tuple[str, str]]
) -> float:
    if added in (before, after):
        return _REPEATED
    if (added, before) in beside or (added, after) in beside:
        return _KEY_BESIDE
    return _ADDED
