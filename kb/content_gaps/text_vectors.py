"""Vectors of keys: what they mean and which words they use, side by side in one row.

A sentence model knows that "has not come" and "still waiting" are near each other, but in
the questions of one company everything is near everything: all are about its cards, say.
Three things put that right.  The mean of all vectors, which is what they have in common, is
taken away; so are the directions in which they hardly differ, which hold more noise than
meaning (principal components); and the words are added with the weight of their rarity,
since the words that set topics apart (virtual, disposable) are the rare ones.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_BESIDE, _ALONE = 160, 512
"""Dimensions of words beside a meaning and alone.  Each word has a fixed random direction:
among so many dimensions two of them are nearly at right angles (the cosine is some 0.08 and
0.04), and there is no table of words to keep."""
_DIRECTIONS = 100
"""Directions of meaning that are kept, those in which the questions differ most."""
_WORDS_SHARE = 0.5
"""Length of the words' part beside the 1.0 of meaning: more of it splits more."""
_FEW = 100
"""Keys below which the mean says more about these keys than about the company."""
_NOTHING = 1e-9


def build_vectors(keys: Sequence[str], meanings: Array | None) -> Array:
    """One row of unit length for each key; ``meanings`` has a row for each, or is None."""
    if meanings is None:
        return _word_vectors(keys, _ALONE)
    words = _word_vectors(keys, _BESIDE)
    mean = meanings.mean(axis=0) * (len(keys) / (len(keys) + _FEW))
    return unit(np.hstack([_essence(unit(meanings - mean)), np.float32(_WORDS_SHARE) * words]))


def _essence(rows: Array) -> Array:
    """The rows in the directions in which they differ most."""
    if min(rows.shape) <= _DIRECTIONS:
        return rows
    directions = np.linalg.eigh(rows.T @ rows).eigenvectors[:, -_DIRECTIONS:]
    return unit(rows @ directions)


def unit(rows: Array) -> Array:
    """The rows with length 1; rows of nothing stay nothing."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, _NOTHING), np.float32)


def _word_vectors(keys: Sequence[str], dimensions: int) -> Array:
    terms = [key.split() for key in keys]
    counts = Counter(term for split in terms for term in split)
    rarity = {term: float(np.log1p(len(keys) / count)) for term, count in counts.items()}
    rows = np.zeros((len(keys), dimensions), np.float32)
    for row, split in zip(rows, terms, strict=True):
        for term in split:
            row += np.float32(rarity[term]) * _direction(term, dimensions)
    return unit(rows)


@lru_cache(maxsize=50_000)
def _direction(term: str, dimensions: int) -> Array:
    # A checksum and not hash(): the same in every process.
    generator = np.random.default_rng(zlib.crc32(term.encode()))
    row: Array = unit(generator.standard_normal((1, dimensions)).astype(np.float32))[0]
    return row
