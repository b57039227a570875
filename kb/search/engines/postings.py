"""The postings of one term in one field of one segment, and how Whoosh writes them.

Whoosh keeps a posting list in blocks of 128: the length of the block (negative for the
last one), a pickled tuple about the block, and the pickled, mostly compressed tuple of
document numbers (as differences), frequencies and payloads.  Taking whole tuples instead
of stepping through them is what makes reading fast.
"""

import pickle
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"W3Bl"
_SIZE = struct.Struct("!i")
_INFO_PROTOCOL = 2
"""Pickle protocol of the tuple about a block; the same tuple always takes the same bytes."""
_OBJECT_BYTES = 400
"""What two small arrays, a cache key and their places in dictionaries take besides the data."""
_WORTH_NARROWING = 256
"""Shorter lists take more time than room."""


class UnknownFormat(Exception):
    """These bytes are not what this module reads."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Which documents of a segment have a term in a field, and how often."""

    documents: NDArray[np.int32]
    """Numbers within the segment, rising."""
    frequencies: NDArray[Any]
    """In long lists as narrow as the highest one allows."""

    @property
    def nbytes(self) -> int:
        """Memory for the cache's accounts."""
        return self.documents.nbytes + self.frequencies.nbytes + _OBJECT_BYTES


def build_postings(documents: list[int], frequencies: list[float]) -> Postings:
    """Postings from what a matcher returned."""
    return Postings(np.array(documents, np.int32), _narrow(np.array(frequencies, np.float32)))


def decode_postings(raw: bytes) -> Postings:
    """Read a whole posting list as it lies in the file. Raises UnknownFormat."""
    if raw[:4] != _MAGIC:
        raise UnknownFormat("no posting list")
    try:
        return _decode_blocks(raw)
    except (EOFError, IndexError, TypeError, ValueError, pickle.UnpicklingError) as error:
        raise UnknownFormat(f"no posting list: {error}") from error
    except (struct.error, zlib.error) as error:
        raise UnknownFormat(f"a damaged block: {error}") from error


def _decode_blocks(raw: bytes) -> Postings:
    steps: list[int] = []
    frequencies: list[float] = []
    position, last, is_last = len(_MAGIC), 0, False
    while not is_last:
        (size,) = _SIZE.unpack_from(raw, position)
        start, is_last = position + _SIZE.size, size < 0
        position = start + abs(size)
        info = pickle.loads(raw[start:position])  # noqa: S301 only whoever publishes can write it
        # The data begin where the pickle about them ends, which only writing it again tells.
        data = raw[start + len(pickle.dumps(info, _INFO_PROTOCOL)) : position]
        count, highest, compression = info[0], info[1], info[3]
        data = zlib.decompress(data) if compression else data
        numbers, weights, _ = pickle.loads(data)  # noqa: S301 as above
        if len(numbers) != count or sum(numbers) != highest:
            raise UnknownFormat("a block does not hold what it says")
        steps.append(numbers[0] - last)  # differences begin anew in every block
        steps.extend(numbers[1:])
        last = highest
        frequencies.extend(_frequencies(weights, count))
    return Postings(
        np.cumsum(np.array(steps, np.int32), dtype=np.int32),
        _narrow(np.array(frequencies, np.float32)),
    )


def _frequencies(weights: tuple[float, ...] | float | None, count: int) -> Iterable[float]:
    # None stands for 1 everywhere, one number for the same everywhere.
    if isinstance(weights, tuple):
        return weights
    return [1.0 if weights is None else weights] * count


def _narrow(frequencies: NDArray[np.float32]) -> NDArray[Any]:
    if len(frequencies) < _WORTH_NARROWING:
        return frequencies
    highest = float(frequencies.max(initial=0.0))
    for kind in (np.uint8, np.uint16):
        if highest <= np.iinfo(kind).max:
            narrow = frequencies.astype(kind)
            return narrow if np.array_equal(narrow, frequencies) else frequencies
    return frequencies
