"""Vectors with one byte for each number, compared with a question.

To compare is to read: of float32, 200,000 vectors are 300 MB, which takes twice as long as
a search may and pushes everything else out of the processor's caches.  A row is kept as whole
numbers from -127 to 127 and the step between two of them.  Cosines of vectors with 384
numbers are off by 0.0005 (mean) and 0.0025 (of 200,000 the most), which is far less than
what tells articles apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST = 127
_ROWS_AT_ONCE = 4_096

Vectors = NDArray[np.float32]
Rows = NDArray[np.void]
"""A record for each vector: ``step`` and ``values``."""


@dataclass(frozen=True, slots=True, eq=False)
class RoundedVectors:
    """Rows, ready to be compared; safe to share between threads."""

    values: NDArray[np.int8]
    """A row for each vector, with a gap between the rows."""
    steps: Vectors

    @classmethod
    def of(cls, rows: Rows) -> "RoundedVectors":
        """Those in a file or from ``round_vectors``; the values are not copied."""
        return cls(rows["values"], np.ascontiguousarray(rows["step"]))

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self.values.shape[1])

    def compare(self, question: Vectors, out: Vectors) -> None:
        """The product of each vector with the question, the cosine if both have unit length.

        Args:
            question: as many numbers as a vector has; rounded as they are.
            out: contiguous, one place for each vector.
        """
        row = round_vectors(question[None])
        if len(self):
            _multiply(self.values, row["values"], out)
        out *= self.steps * row["step"]

    def take(self, numbers: "NDArray[np.integer[Any]] | slice") -> "RoundedVectors":
        """Some of the rows; those of a slice are not copied."""
        return RoundedVectors(self.values[numbers], self.steps[numbers])

    def restore(self, some: slice = slice(None)) -> Vectors:
        """The vectors, as near as they are known; all or ``some`` of them."""
        return np.asarray(self.values[some] * self.steps[some, None], np.float32)


def round_vectors(vectors: Vectors) -> Rows:
    """Vectors as rows for a file, the step of each chosen by its largest number."""
    rows = np.zeros(len(vectors), _layout(vectors.shape[1]))
    steps = np.abs(vectors).max(axis=1, initial=0) / np.float32(_MOST)
    rows["step"] = steps
    usable = np.isfinite(steps) & (steps > 0)
    rows["values"][usable] = np.rint(vectors[usable] / steps[usable, None])
    return rows


def are_rows(array: NDArray[np.generic]) -> bool:
    """Whether an array has the form of ``Rows``."""
    dimension = array.dtype.itemsize - np.float32().itemsize
    return array.ndim == 1 and dimension > 0 and array.dtype == _layout(dimension)


def _layout(dimension: int) -> np.dtype[np.void]:
    return np.dtype([("step", "<f4"), ("values", "i1", (dimension,))])


def _multiply(values: NDArray[np.int8], question: NDArray[np.int8], out: Vectors) -> None:
    cdist = find_cdist()
    if cdist is not None:
        # Not into "out": simsimd 6.5 then returns a None that it does not own, and before Python 3.12
        # the process dies when the last is gone. A worker has 76,000, one for each question.
        out[:] = np.asarray(cdist(question, values, "dot", out_dtype="f32"))[0]
        return
    for start in range(0, len(values), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        rows = values[part].astype(np.float32)
        np.vecdot(rows, question[0].astype(np.float32), out=out[part])


@cache
def find_cdist() -> Callable[..., object] | None:
    """simsimd's, which compares all rows of one array with all of another.

    None where the extra "semantic" is not installed: numpy does the same, some ten times more
    slowly.
    """
    try:
        from simsimd import cdist
    except ImportError:
        return None
    return cdist
