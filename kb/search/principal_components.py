"""Vectors in a quarter of their numbers, to find those that have to be compared exactly.

To compare is to read, and most of what a sentence model tells lies along few directions, the
principal components of the content.  A cosine along these alone is off by what the question
and a passage share along all others.  How much that is for the passages on the whole follows
from the question, so that nobody has to trust the few numbers: what may still be among the
nearest is compared in full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.search.rounded import RoundedVectors, Vectors, round_vectors

COMPONENTS = 96
"""Of 384 numbers: of passages of help centers they hold 0.73 to 0.82 of the squared length."""
_FEWEST = 150_000
"""Questions that nothing is near to are compared twice. With fewer passages they lose more by it than
others gain: 4 ms against 2 with 100,000 (docs/decisions/0009-sentence-model.md)."""
_LEAST_KEPT = 0.5
"""Of the squared lengths, on the whole; vectors that point anywhere have no main directions."""
_SAMPLE = 4_096
_ROWS_AT_ONCE = 4_096
_SPREADS = 4.0
"""Of real passages one or two cosines in a thousand are off by more than four times the spread;
among the first 20 articles of 190 real questions none was missed for it."""


@dataclass(frozen=True, slots=True, eq=False)
class ProjectedVectors:
    """Vectors along their principal components; safe to share between threads."""

    parts: tuple[RoundedVectors, ...]
    """The rows of the parts they were built of, in the same order."""
    axes: Vectors
    """The components, a column each."""
    left: Vectors
    """All other directions, a column each, of the length that vectors have along them."""

    def project(self, question: Vectors) -> Vectors:
        """The question as the rows of the parts are."""
        found: Vectors = question @ self.axes
        return found

    def margin(self, question: Vectors) -> float:
        """By how much a cosine along the components may be too low."""
        return float(np.linalg.norm(question @ self.left)) * _SPREADS


def project(parts: Sequence[RoundedVectors]) -> ProjectedVectors | None:
    """Vectors along their principal components; None where that would not help.

    Takes 1 ms for a thousand vectors.
    """
    if sum(map(len, parts)) < _FEWEST or parts[0].dimension < 2 * COMPONENTS:
        return None
    values, axes = _find_components(_sample(parts))
    if not values[:COMPONENTS].sum() > _LEAST_KEPT * values.sum():
        return None
    kept = np.ascontiguousarray(axes[:, :COMPONENTS])
    left = axes[:, COMPONENTS:] * np.sqrt(np.maximum(values[COMPONENTS:], 0))
    return ProjectedVectors(
        tuple(_project_part(part, kept) for part in parts), kept, np.ascontiguousarray(left)
    )


def _sample(parts: Sequence[RoundedVectors]) -> Vectors:
    step = -(-sum(map(len, parts)) // _SAMPLE)
    found = np.concatenate([part.restore(slice(None, None, step)) for part in parts])
    # Rows of a damaged file are no vectors; comparisons with NaN are false.
    return np.asarray(found[(np.abs(found) <= 1).all(axis=1)], np.float32)


def _find_components(sample: Vectors) -> tuple[NDArray[np.float32], Vectors]:
    """What the squares along each direction come to in the mean, largest first, and the directions."""
    values, axes = np.linalg.eigh(sample.T @ sample / np.float32(max(1, len(sample))))
    return values[::-1].astype(np.float32), axes[:, ::-1].astype(np.float32)


def _project_part(part: RoundedVectors, axes: Vectors) -> RoundedVectors:
    def rows() -> Iterator[NDArray[np.void]]:
        for start in range(0, len(part), _ROWS_AT_ONCE):
            yield round_vectors(part.restore(slice(start, start + _ROWS_AT_ONCE)) @ axes)

    projected = [*rows()] or [round_vectors(np.zeros((0, axes.shape[1]), np.float32))]
    return RoundedVectors.of(np.concatenate(projected))
