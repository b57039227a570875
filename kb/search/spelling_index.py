"""Words one or two slips away from a typed one, by symmetric deletes.

Two words that are two slips apart become equal when at most two letters are left out of
each.  Every word is filed under what remains of its beginning without one or two letters;
a typed word is looked up under what remains of its own.  Keys lie in one sorted array and the numbers
of words in another, eight bytes an entry, where a dictionary of lists takes ten times that.
"""

from array import array
from collections.abc import Sequence
from functools import cache
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

_PREFIX = 7
"""Letters that deletes are made of (SymSpell's default): long words then have few, and what
differs further on is left to the comparison of the whole words."""
SHORTEST = 3
SHORTEST_FOR_TWO = 6
"""Typed words of this length may hold two slips; shorter ones have too many neighbours."""
_LONGEST = 40
"""Longer runs of letters are pasted, not typed."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
"""Odd constants of 64 bits (golden ratio, MurmurHash-like mixing): keys of 32 bits spread
evenly, and the few that clash are told apart by the comparison."""
_SHIFT = np.uint64(32)
_POWERS = np.cumprod(np.full(_PREFIX, _BASE, dtype=np.uint64), dtype=np.uint64)
_ROWS = 4096
"""Words that keys are made of at a time, which bounds the memory of the building."""

Keys = NDArray[np.uint64]


class SpellingIndex:
    """The words that can be meant; never changes."""

    def __init__(self, words: Sequence[str]) -> None:
        """File all ``words`` of three letters and more: 0.4 s and 29 MB for 150,000."""
        self._words = sorted(
            (word for word in words if SHORTEST <= len(word) <= _LONGEST), key=_group
        )
        parts: list[Keys] = []
        number = 0
        for (prefix, slips), group in groupby(self._words, key=_group):
            members = list(group)
            for start in range(0, len(members), _ROWS):
                keys = _deletes(_letters(members[start : start + _ROWS], prefix), slips)
                numbers = np.arange(number, number + len(keys), dtype=np.uint64)
                parts.append(((keys << _SHIFT) | numbers[:, None]).ravel())
                number += len(keys)
        entries = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)
        entries.sort()
        # Arrays of Python's, of which single entries are taken in a fraction of numpy's time.
        self._keys = array("I", (entries >> _SHIFT).astype(np.uint32).tobytes())
        self._numbers = array("I", entries.astype(np.uint32).tobytes())
        self._sorted = np.array(self._keys, copy=False)

    @property
    def size(self) -> int:
        """Bytes that the deletes take."""
        return len(self._keys) * (self._keys.itemsize + self._numbers.itemsize)

    def near(self, word: str, slips: int) -> list[tuple[str, int]]:
        """All words at most ``slips`` (1 or 2) away, with their distances, in no order.

        Swapped neighbours count as one slip.
        """
        if not SHORTEST <= len(word) <= _LONGEST:
            return []
        letters = np.fromiter(map(ord, word[:_PREFIX]), np.uint64)
        wanted = _deletes(letters, slips).astype(np.uint32)
        found: set[int] = set()
        keys, numbers, end = self._keys, self._numbers, len(self._keys)
        for place, key in zip(
            self._sorted.searchsorted(wanted).tolist(), wanted.tolist(), strict=True
        ):
            while place < end and keys[place] == key:
                found.add(numbers[place])
                place += 1
        return compare(word, [self._words[number] for number in found], slips)


def compare(word: str, others: Sequence[str], slips: int) -> list[tuple[str, int]]:
    """Those of ``others`` that are at most ``slips`` away, with their distances."""
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=slips, limit=None)
    return [(other, int(distance)) for other, distance, _ in found]


def _group(word: str) -> tuple[int, int]:
    """Words of one group have matrices of the same shape: letters used, letters left out."""
    return min(len(word), _PREFIX), 2 if len(word) >= SHORTEST_FOR_TWO else 1


def _letters(words: Sequence[str], prefix: int) -> Keys:
    """One row of code points a word."""
    # Lone surrogates are no text, but a query may hold them.
    joined = "".join(word[:prefix] for word in words).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, dtype="<u4").reshape(len(words), prefix).astype(np.uint64)


@cache
def _coefficients(count: int, slips: int) -> Keys:
    """What each of ``count`` letters is multiplied by: a column for every way to leave some out."""
    columns = []
    for left_out in (c for n in range(slips + 1) for c in combinations(range(count), n)):
        column = np.zeros(count, dtype=np.uint64)
        kept = [place for place in range(count) if place not in left_out]
        column[kept] = _POWERS[: len(kept)]
        columns.append(column)
    return np.ascontiguousarray(np.array(columns, dtype=np.uint64).T)


def _deletes(letters: Keys, slips: int) -> Keys:
    """Keys of 32 bits of a word or of every row, whole and with up to ``slips`` letters left out.

    The key of a text is the sum of its letters times powers of a base, modulo 2**64.
    """
    total: Keys = letters @ _coefficients(letters.shape[-1], slips)
    total ^= total >> _SHIFT
    total *= _MIX
    total >>= _SHIFT
    return total
