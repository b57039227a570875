"""The word pieces of passages: a vector each, of which some numbers are a bit, in a file.

A sentence model gives a vector to every word piece that it reads; whole they would be 200 times
what a passage takes.  Of half of the numbers the sign is kept, which ranks as well on judged
questions (docs/decisions/0011-fusion.md).  The file is mapped, so that a question copies what it
needs at once: whoever reads from a file lets the other threads of a busy worker go first.
"""

import mmap
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

_MOST_SIGNS = 192
"""Of the 384 numbers of the default model. With 128, whichever they are, nDCG@10 of judged questions
is the same within the noise; all of them take twice the time."""

READS = 64
"""Until what was read is given back: some 10 MB."""

Signs = NDArray[np.uint8]
"""A row for each word piece: its numbers in order, a bit that is 1 for those above zero."""


def count_signs(dimension: int) -> int:
    """How many numbers of a vector have their sign kept: the first ones."""
    return min(dimension, _MOST_SIGNS)


def take_signs(vectors: NDArray[np.float32]) -> Signs:
    """The signs of some vectors, eight in a byte; the last byte is filled up with zeros."""
    return np.packbits(vectors[:, :_MOST_SIGNS] > 0, axis=1)


def count_sign_bytes(dimension: int) -> int:
    """How many bytes the signs of a vector take."""
    return -(-count_signs(dimension) // 8)


def no_signs(dimension: int) -> Signs:
    """Those of a text whose word pieces have no vectors."""
    return np.zeros((0, count_sign_bytes(dimension)), np.uint8)


def write_pieces(file: IO[bytes], counts: Sequence[int], pieces: Iterable[Signs]) -> None:
    """Write how many pieces each row has, then the signs of all rows, some at a time."""
    np.save(file, np.array(counts, np.uint16))
    for signs in pieces:
        file.write(signs.tobytes())


class PieceFile:
    """The word pieces of all passages of one segment; safe to share between threads."""

    def __init__(self, path: Path, dimension: int) -> None:
        """Raises OSError or ValueError when it is missing, damaged or of another length."""
        self._path = path
        self._width = count_sign_bytes(dimension)
        self._map: mmap.mmap | None = None
        self._reads = count(1)
        with path.open("rb") as file:
            self.counts: NDArray[np.uint16] = np.load(file, allow_pickle=False)
            """How many pieces each row has."""
            self._start = file.tell()
        if self.counts.dtype != np.uint16 or self.counts.ndim != 1:
            raise ValueError("no numbers of word pieces")
        self._ends = np.cumsum(self.counts, dtype=np.int64)
        self._total = int(self._ends[-1]) if len(self.counts) else 0
        if path.stat().st_size != self._start + self._total * self._width:
            raise ValueError("more or fewer word pieces than it says")

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self.counts)

    def close(self) -> None:
        """Give the file back until it is read again."""
        self._map = None

    def read(self, rows: NDArray[np.int64]) -> Signs:
        """The pieces of some rows, one row after the other.

        Raises:
            OSError, ValueError: the file cannot be read any more.
        """
        counts = self.counts[rows].astype(np.int64)
        total = int(counts.sum())
        if not total:
            return np.zeros((0, self._width), np.uint8)
        ends = np.cumsum(counts)
        places = np.arange(total) + np.repeat(self._ends[rows] - ends, counts)
        mapped = self._map
        if mapped is None:
            # Mapped when it is needed: while an index is made there are thousands.
            with self._path.open("rb") as file:
                mapped = self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        signs = np.frombuffer(mapped, np.uint8, self._total * self._width, self._start)
        found = signs.reshape(-1, self._width).take(places, axis=0)
        # What was read stays in the system's cache, but no longer counts as memory of this process.
        if next(self._reads) % READS == 0 and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)
        return found
