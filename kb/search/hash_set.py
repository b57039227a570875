"""A set that only has to tell whether it has something, in eight bytes an entry.

Kept are sorted hashes of 64 bits, where the texts themselves take ten times as much or
more.  That two of a hundred thousand share a hash does not happen in practice, and would
only make a search believe that a word exists.
"""

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterable

import numpy as np


class HashSet:
    """Never changes; safe to share between threads, and for one process only."""

    def __init__(self, hashes: Iterable[int]) -> None:
        """``hashes`` are what ``hash`` gives of the entries, in any order."""
        found = np.unique(np.fromiter(hashes, dtype=np.int64))
        self._hashes = array("q", found.tobytes())  # quicker to bisect than numpy's
        self._array = np.frombuffer(self._hashes, dtype=np.int64) if self._hashes else found

    def __contains__(self, entry: object) -> bool:
        wanted = hash(entry)
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and self._hashes[place] == wanted

    def __len__(self) -> int:
        return len(self._hashes)

    def has_any(self, entries: Iterable[Hashable]) -> bool:
        """Whether it has one of many, all looked up at once."""
        if not self._hashes:
            return False
        wanted = np.fromiter(map(hash, entries), dtype=np.int64)
        places = self._array.searchsorted(wanted)
        return bool((self._array.take(places, mode="clip") == wanted).any())
