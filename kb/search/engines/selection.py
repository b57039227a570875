"""The best of many scores without sorting them."""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

GROUPS = 16
"""Scores come in a multiple of this many."""
_LARGE = 2_048
"""Below this many, partial sorting is as quick as finding a threshold first."""
_SMALLEST = float(np.nextafter(np.float32(0), np.float32(1)))


def count_matches(scores: NDArray[np.float32]) -> int:
    """How many scores are above 0."""
    return int(np.count_nonzero(scores > 0))


def select_best(
    scores: NDArray[np.float32], keys: Sequence[str], limit: int, matches: int
) -> list[tuple[str, float]]:
    """Keys and scores of the ``limit`` best of ``matches``, best first, ties by key."""
    limit = min(limit, matches)
    if limit <= 0:
        return []
    chosen = np.flatnonzero(scores >= _threshold(scores, limit) if limit < matches else scores > 0)
    values = scores[chosen]
    if len(chosen) > limit:
        lowest = np.partition(values, len(values) - limit)[len(values) - limit]
        kept = values >= lowest
        chosen, values = chosen[kept], values[kept]
    numbered = zip(values.tolist(), chosen.tolist(), strict=True)
    # Sorting would do, but thousands of articles may share the lowest score.
    best = heapq.nsmallest(limit, ((-value, keys[number]) for value, number in numbered))
    return [(key, -value) for value, key in best]


def _threshold(scores: NDArray[np.float32], limit: int) -> float:
    """A score that at least ``limit`` documents reach, and not many more."""
    if len(scores) < _LARGE or len(scores) // GROUPS < limit:
        return float(np.partition(scores, len(scores) - limit)[len(scores) - limit])
    # The highest of each group of scores: as many groups as ``limit`` reach the
    # limit-highest of those, so at least as many scores do.
    highest = np.maximum.reduce(scores.reshape(GROUPS, -1), axis=0)
    threshold = np.partition(highest, len(highest) - limit)[len(highest) - limit]
    # Fewer groups than that may have any match.
    return max(float(threshold), _SMALLEST)
