"""Where each term of a text is said: worked out at publish, so that no request reads the text.

An excerpt marks some ten words of a section.  To find them by reading it takes as long as all
the rest of a hit; their places among the terms are found in a fraction of that.
"""

from collections.abc import Iterable
from itertools import accumulate, islice
from typing import NamedTuple

import msgspec

_MOST_PLACES = 200
"""Of one term in one text; a price list may have thousands, and an excerpt shows a few."""
_decoder = msgspec.msgpack.Decoder(list[int])


class Place(NamedTuple):
    """A stretch of a text in which a term is said: a word, or two that are one together."""

    start: int
    end: int
    term: str


def pack_places(places: Iterable[tuple[int, int]]) -> bytes:
    """Starts and ends in the order of the terms, in some two bytes for each term."""
    numbers: list[int] = []
    last = 0
    for start, end in places:
        numbers += (start - last, end - start)
        last = start
    return msgspec.msgpack.encode(numbers)


def find_places(terms: str, first: int, packed: bytes, wanted: Iterable[str]) -> list[Place]:
    """Where some terms are said, in the order of the text and apart.

    Args:
        terms: of a text, each between single spaces.
        first: where in ``terms`` those begin that have places.
        packed: their places.
        wanted: terms to look for.
    """
    found = [
        (number, term)
        for term in wanted
        for number in islice(_find_numbers(terms, first, f" {term} "), _MOST_PLACES)
    ]
    if not found:
        return []
    numbers = _decoder.decode(packed)
    lengths = numbers[1::2]
    starts = list(accumulate(numbers[::2]))
    return keep_apart(Place(starts[n], starts[n] + lengths[n], term) for n, term in found)


def keep_apart(places: Iterable[Place]) -> list[Place]:
    """Places in the order of the text; of overlapping ones the first, of these the longest.

    A word has a place for each of its terms, and two that are one for each of them as well.
    """
    end = 0
    apart = []
    for place in sorted(places, key=lambda place: (place.start, -place.end, place.term)):
        if place.start >= end:
            apart.append(place)
            end = place.end
    return apart


def _find_numbers(terms: str, first: int, spaced: str) -> Iterable[int]:
    """Which of the terms, counted from ``first``, are this one."""
    number, counted = 0, first
    at = terms.find(spaced, first)
    while at >= 0:
        number += terms.count(" ", counted, at)
        yield number
        counted = at
        at = terms.find(spaced, at + 1)
