"""Draws vectors toward their near neighbours, so that few words say what many would.

A short question is a noisy sample of what is asked.  Averaged with the questions near to
it, it comes to lie where its topic is, and topics come apart.  How far it is drawn depends
on how near the neighbours are, so a question that stands alone stays where it is.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.content_gaps.text_vectors import Array, unit

_FEWEST, _MOST = 3, 40
_BLOCK = 256
"""Rows compared at once: with 40,000 others 40 MB, and twice that for their order."""


@dataclass(frozen=True, slots=True)
class Pull:
    """How far rows are drawn to others."""

    floor: float
    """Similarity (cosine) from which a neighbour counts at all."""
    growth: float
    """So many times the root of the number of rows are the neighbours that count: of 500
    questions only a handful ask the same, of 10,000 dozens do."""

    def count(self, rows: int) -> int:
        """The neighbours that count among so many rows."""
        return min(rows, max(_FEWEST, min(_MOST, round(self.growth * math.sqrt(rows)))))

    def weigh(self, similar: Array) -> Array:
        """How much neighbours of these similarities count, from 0 to 1."""
        share = (similar - np.float32(self.floor)) / np.float32(1 - self.floor)
        return np.asarray(np.clip(share, 0, 1), np.float32)


Indices = NDArray[np.int64]


def draw_to_neighbours(rows: Array, chosen: Indices, pull: Pull) -> Array:
    """The ``chosen`` rows, each drawn to its nearest neighbours among all rows."""
    count = pull.count(len(rows))
    drawn = np.empty((len(chosen), rows.shape[1]), np.float32)
    for start in range(0, len(chosen), _BLOCK):
        block = chosen[start : start + _BLOCK]
        similar = rows[block] @ rows.T
        similar[np.arange(len(block)), block] = -1.0
        near, weights = _nearest(similar, count, pull)
        sums = np.einsum("nk,nkd->nd", weights, rows[near], optimize=True)
        drawn[start : start + _BLOCK] = unit(rows[block] + sums)
    return drawn


def draw_to_groups(rows: Array, groups: Indices, pull: Pull) -> Array:
    """Rows that are grouped already, each drawn to the mean of its group (0, 1, 2, ...).

    Nearly what their neighbours would do, for these are in the group, without comparing
    everything with everything again.
    """
    sizes = np.bincount(groups)
    sums = np.zeros((len(sizes), rows.shape[1]), np.float32)
    np.add.at(sums, groups, rows)
    others = np.maximum(sizes - 1, 1)[groups][:, None]
    means = (sums[groups] - rows) / np.float32(others)
    similar = np.einsum("nd,nd->n", rows, means)
    weights = np.minimum(sizes[groups] - 1, pull.count(len(rows))) * pull.weigh(similar)
    return unit(rows + weights[:, None].astype(np.float32) * means)


def _nearest(similar: Array, count: int, pull: Pull) -> tuple[Indices, Array]:
    near = np.argpartition(similar, similar.shape[1] - count, axis=1)[:, -count:]
    return near, pull.weigh(np.take_along_axis(similar, near, axis=1))
