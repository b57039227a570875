"""The word pieces of passages: a vector each, of which some numbers are a bit, in a file.

A sentence model gives a vector to every word piece that it reads; whole they would be 200 times
what a passage takes.  Of half of the numbers the sign is kept, which ranks as well on judged
questions (docs/decisions/0011-fusion.md).  The file is read where a question needs it and not mapped into
memory: of many articles few are ever looked at, and what a worker once read would stay with it.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

_MOST_SIGNS = 192
"""Of the 384 numbers of the default model. With 128, whichever they are, nDCG@10 of judged questions
is the same within the noise; all of them take twice the time."""

Signs = NDArray[np.uint8]
"""A row for each word piece: its numbers in order, a bit that is 1 for those above zero."""


def count_signs(dimension: int) -> int:
    """How many numbers of a vector have their sign kept: the first ones."""
    return min(dimension, _MOST_SIGNS)


def take_signs(vectors: NDArray[np.float32]) -> Signs:
    """The signs of some vectors, eight in a byte; the last byte is filled up with zeros."""
    return np.packbits(vectors[:, :_MOST_SIGNS] > 0, axis=1)


def no_signs(dimension: int) -> Signs:
    """Those of a text whose word pieces have no vectors."""
    return np.zeros((0, _width(dimension)), np.uint8)


def write_pieces(file: IO[bytes], counts: Sequence[int], pieces: Iterable[Signs]) -> None:
    """Write how many pieces each row has, then the signs of one row after the other."""
    np.save(file, np.array(counts, np.uint16))
    for signs in pieces:
        file.write(signs.tobytes())


class PieceFile:
    """The word pieces of all passages of one segment; safe to share between threads."""

    def __init__(self, path: Path, dimension: int) -> None:
        """Raises OSError or ValueError when it is missing, damaged or of another length."""
        self._path = path
        self._width = _width(dimension)
        self._file: IO[bytes] | None = None
        with path.open("rb") as file:
            self.counts: NDArray[np.uint16] = np.load(file, allow_pickle=False)
            """How many pieces each row has."""
            self._start = file.tell()
        if self.counts.dtype != np.uint16 or self.counts.ndim != 1:
            raise ValueError("no numbers of word pieces")
        self._ends = np.concatenate(([0], np.cumsum(self.counts, dtype=np.int64)))
        if path.stat().st_size != self._start + int(self._ends[-1]) * self._width:
            raise ValueError("more or fewer word pieces than it says")

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self.counts)

    def read(self, first: int, last: int) -> Signs:
        """Of the rows from ``first`` to before ``last``.

        Raises:
            OSError, ValueError: the file cannot be read any more.
        """
        start, end = int(self._ends[first]), int(self._ends[last])
        size = (end - start) * self._width
        file = self._file
        if file is None:
            # Opened when it is needed: while an index is made there are thousands. Unbuffered,
            # for places are read with "pread", which threads and forks can share.
            file = self._file = self._path.open("rb", buffering=0)
        data = os.pread(file.fileno(), size, self._start + start * self._width)
        return np.frombuffer(data, np.uint8).reshape(end - start, self._width)

    def close(self) -> None:
        """Close the file until it is read again; nobody may be reading."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _width(dimension: int) -> int:
    return -(-count_signs(dimension) // 8)
