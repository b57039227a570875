"""A set that only has to tell whether it has something, in eight bytes an entry.

Kept are sorted hashes, where the texts themselves take ten times as much or
more.  An entry that has the hash of another only makes a search believe that a word exists:
of 64 bits, two of a hundred thousand do not share one in practice.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Hashable

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.int64]


class HashSet:
    """Never changes; safe to share between threads."""

    def __init__(
        self, hashes: "array[int] | Hashes", hash_of: Callable[[Hashable], int] = hash
    ) -> None:
        """``hashes`` are what ``hash_of`` gives of the entries, in any order.

        Python's own differs from one process to the next.
        """
        self._hash_of = hash_of
        found = np.sort(np.asarray(hashes, dtype=np.int64))
        is_first = np.ones(len(found), np.bool_)  # a twentieth of the time of np.unique
        is_first[1:] = found[1:] != found[:-1]
        found = found[is_first]
        self._hashes = array("q", found.tobytes())  # quicker to bisect than numpy's
        self._array = np.frombuffer(self._hashes, dtype=np.int64) if self._hashes else found

    def __contains__(self, entry: object) -> bool:
        wanted = self._hash_of(entry)
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and self._hashes[place] == wanted

    def __len__(self) -> int:
        return len(self._hashes)

    def find(self, wanted: Hashes) -> NDArray[np.bool_]:
        """Which of many hashes it has, all looked up at once."""
        if not self._hashes:
            return np.zeros(len(wanted), np.bool_)
        places = self._array.searchsorted(wanted)
        return np.equal(self._array.take(places, mode="clip"), wanted)
