"""The vectors of one generation, searched exactly: every passage is compared.

Up to some hundred thousand passages a plain product of matrix and vector is faster than
an index that would have to be built, and never misses the nearest.
"""

import heapq
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.search.passage_table import PassageTable, TableError, load_table
from kb.search.passages import PassageKind
from kb.search.vector_store import SegmentError, open_segment

_NOWHERE = -1.0
"""Cosine of what has no vector: the opposite of everything."""
_HIGHEST = 1.01
"""Cosines beyond are not cosines: rows of a damaged file."""

_TITLE_SHARE, _NEAREST_SHARE, _NEAR_SHARE = 0.25, 0.25, 0.5
"""How title (or question), nearest section and the mean of the three nearest sections make up
the similarity of an article.  One passage may be near by chance; with the mean beside it
the right article came first in 56 instead of 48 of 100 judged questions."""
_NEAR_SECTIONS = 3

Cosines = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SemanticHit:
    """An article and how near its nearest passage comes to the question."""

    slug: str
    anchor: str
    """Of the nearest section; empty when the text before the first heading is."""
    cosine: float
    """Of the nearest passage, whichever it is."""
    similarity: float = _NOWHERE
    """Of the article as a whole: what articles are ordered by."""
    title_cosine: float = _NOWHERE
    """Of the nearest among title and questions."""
    section_cosine: float = _NOWHERE
    """Of the nearest section; -1 when the article has no text."""


class VectorIndex:
    """Passages and vectors, ready to be searched; safe to share between threads.

    Raises:
        TableError, SegmentError: a file is missing, damaged or of another length.
    """

    def __init__(self, table: PassageTable, matrices: Sequence[NDArray[np.float32]]) -> None:
        rows = table.rows
        assert rows is not None
        if any(matrix.shape[1] != table.dimension for matrix in matrices):
            raise SegmentError("vectors of another length")
        self._matrices = tuple(matrices)
        self._total = sum(map(len, matrices))
        if len(rows) and int(rows.max()) >= self._total:
            raise SegmentError("fewer vectors than passages")
        self.model = table.model
        self.dimension = table.dimension
        self.complete = table.complete
        self._slugs = tuple(table.slugs)
        self._number = {slug: number for number, slug in enumerate(self._slugs)}
        self._rows = rows
        self._counts = table.counts
        self._starts = np.concatenate(([0], np.cumsum(table.counts)))[:-1].astype(np.int64)
        self._ends = np.cumsum(table.counts).astype(np.int64)
        self._is_section = table.kinds == PassageKind.SECTION
        self._anchors = _Anchors(table.anchors)

    @property
    def usable(self) -> bool:
        """Whether there is any vector to compare with."""
        return self._total > 0

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self._rows)

    def search(
        self,
        question: NDArray[np.float32],
        limit: int,
        allow: Callable[[str], bool],
        also: Collection[str] = (),
    ) -> tuple[SemanticHit, ...]:
        """The ``limit`` nearest articles that are allowed, and those of ``also``, best first."""
        cosines = self._compare(question)
        titles = np.maximum.reduceat(
            np.where(self._is_section, np.float32(_NOWHERE), cosines), self._starts
        )
        similarities = self._similarities(cosines, titles)
        chosen = self._choose(similarities, limit, allow)
        chosen.update(self._number[slug] for slug in also if slug in self._number)
        hits = [
            self._build_hit(n, cosines, float(titles[n]), float(similarities[n])) for n in chosen
        ]
        return tuple(sorted(hits, key=lambda hit: (-hit.similarity, hit.slug)))

    def _similarities(self, cosines: Cosines, titles: Cosines) -> Cosines:
        """The similarity of every article; its title stands in where it has no sections."""
        left = np.where(self._is_section, cosines, np.float32(_NOWHERE))
        nearest = np.maximum.reduceat(left, self._starts)
        total, count, best = np.zeros_like(nearest), np.zeros_like(nearest), nearest
        for _ in range(_NEAR_SECTIONS):
            found = best > _NOWHERE
            total += np.where(found, best, 0)
            count += found
            left[left == np.repeat(best, self._counts)] = _NOWHERE
            best = np.maximum.reduceat(left, self._starts)
        mean = np.where(count > 0, total / np.maximum(count, 1), titles)
        nearest = np.where(count > 0, nearest, titles)
        titles = np.where(titles > _NOWHERE, titles, nearest)
        similarities = _TITLE_SHARE * titles + _NEAREST_SHARE * nearest + _NEAR_SHARE * mean
        return similarities.astype(np.float32)

    def _compare(self, question: NDArray[np.float32]) -> Cosines:
        """The cosine of every passage."""
        found = np.empty(self._total + 1, np.float32)
        start = 0
        for matrix in self._matrices:
            np.dot(matrix, question, out=found[start : start + len(matrix)])
            start += len(matrix)
        found[-1] = _NOWHERE  # row -1, of passages that have no vector yet
        found[~(np.abs(found) <= _HIGHEST)] = _NOWHERE  # also what is no number
        cosines: Cosines = found[self._rows]
        return cosines

    def _choose(self, best: Cosines, limit: int, allow: Callable[[str], bool]) -> set[int]:
        count = min(len(best), limit * 2 + 8)
        while True:
            nearest = np.argpartition(best, len(best) - count)[len(best) - count :]
            known = (int(n) for n in nearest if best[n] > _NOWHERE)
            allowed = [n for n in known if allow(self._slugs[n])]
            if len(allowed) >= limit or count == len(best):
                return set(heapq.nlargest(limit, allowed, key=lambda n: float(best[n])))
            count = min(len(best), count * 4)

    def _build_hit(
        self, number: int, cosines: Cosines, title: float, similarity: float
    ) -> SemanticHit:
        start, end = int(self._starts[number]), int(self._ends[number])
        best = float(cosines[start:end].max())
        # Sections come last in an article.
        first = start + int(np.searchsorted(self._is_section[start:end], True))
        if first == end:
            return SemanticHit(self._slugs[number], "", best, similarity, title)
        nearest = first + int(np.argmax(cosines[first:end]))
        anchor = self._anchors[nearest]
        section = float(cosines[nearest])
        return SemanticHit(self._slugs[number], anchor, best, similarity, title, section)


class _Anchors:
    """Strings end to end: a hundred thousand Python strings would take ten times the memory."""

    def __init__(self, anchors: Sequence[str]) -> None:
        data = [anchor.encode() for anchor in anchors]
        self._ends = np.cumsum([0, *map(len, data)]).astype(np.int32)
        self._data = b"".join(data)

    def __getitem__(self, number: int) -> str:
        return self._data[self._ends[number] : self._ends[number + 1]].decode()


def open_vectors(directory: Path, store: Path) -> VectorIndex:
    """The vectors of the generation in ``directory``.

    Raises:
        TableError, SegmentError: a file is missing, damaged or of another length.
    """
    table = load_table(directory)
    if not table.model or "/" in table.model or table.model.startswith("."):
        raise TableError(f"{directory} names no model")
    segments = [open_segment(store / table.model, name) for name in table.segments]
    return VectorIndex(table, [segment.vectors for segment in segments])
