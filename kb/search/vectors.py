"""The vectors of one generation, searched exactly: every passage is compared.

Up to some hundred thousand passages a plain product of matrix and vector is faster than
an index that would have to be built, and never misses the nearest.
"""

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
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
_SHORTLIST = 256
"""Articles whose similarity is computed at first; more when these do not suffice."""
_ROWS_IN_PART = 65_536
"""100 MB, 3 ms: below this a second thread gains nothing."""

_TITLE_SHARE, _NEAREST_SHARE, _NEAR_SHARE = 0.25, 0.25, 0.5
"""How title (or question), nearest section and the mean of the three nearest sections make up
the similarity of an article.  One passage may be near by chance; with the mean beside it
the right article came first in 56 instead of 48 of 100 judged questions."""
_NEAR_SECTIONS = 3

Cosines = NDArray[np.float32]
Rows = NDArray[np.float32]
Mask = NDArray[np.bool_]


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

    def __init__(self, table: PassageTable, matrices: Sequence[Rows]) -> None:
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
        is_section = table.kinds == PassageKind.SECTION
        self._heads = _Groups(rows, table.counts, ~is_section)
        self._sections = _Groups(rows, table.counts, is_section)
        anchors = table.anchors
        self._anchors = PackedStrings(anchors[n] for n in np.flatnonzero(is_section).tolist())

    @property
    def usable(self) -> bool:
        """Whether there is any vector to compare with."""
        return self._total > 0

    def __len__(self) -> int:
        """How many passages there are."""
        return len(self._heads.rows) + len(self._sections.rows)

    def search(
        self,
        question: NDArray[np.float32],
        limit: int,
        allow: Callable[[str], bool],
        also: Collection[str] = (),
    ) -> tuple[SemanticHit, ...]:
        """The ``limit`` nearest articles that are allowed, and those of ``also``, best first."""
        compared = _Compared(compare(self._matrices, question), self._heads, self._sections)
        chosen = self._choose(compared, limit, allow)
        chosen += (self._number[slug] for slug in also if slug in self._number)
        numbers = np.array(list(dict.fromkeys(chosen)), np.int64)
        similarities = compared.similarities(numbers).tolist()
        hits = [
            self._build_hit(compared, number, similarity)
            for number, similarity in zip(numbers.tolist(), similarities, strict=True)
        ]
        return tuple(sorted(hits, key=lambda hit: (-hit.similarity, hit.slug)))

    def _choose(self, compared: "_Compared", limit: int, allow: Callable[[str], bool]) -> list[int]:
        """The numbers of the nearest articles that are allowed."""
        bounds = compared.bounds
        count = min(len(bounds), max(_SHORTLIST, limit * 4))
        while True:
            likely = np.argpartition(bounds, len(bounds) - count)[len(bounds) - count :]
            similarities = compared.similarities(likely)
            order = np.argsort(-similarities, kind="stable")
            is_all = count == len(bounds)
            # No article outside of the shortlist can be nearer than its bound.
            certain = _NOWHERE if is_all else float(bounds[likely].min())
            found: list[int] = []
            for place in order.tolist():
                if similarities[place] < certain or len(found) == limit:
                    break
                number = int(likely[place])
                if similarities[place] > _NOWHERE and allow(self._slugs[number]):
                    found.append(number)
            if is_all or len(found) == limit:
                return found
            count = min(len(bounds), count * 4)

    def _build_hit(self, compared: "_Compared", number: int, similarity: float) -> SemanticHit:
        title, nearest = float(compared.titles[number]), float(compared.nearest[number])
        start, end = self._sections.span(number)
        anchor = ""
        if start < end:
            anchor = self._anchors[start + int(np.argmax(compared.sections[start:end]))]
        return SemanticHit(
            self._slugs[number], anchor, max(title, nearest), similarity, title, nearest
        )


class _Groups:
    """Some of the passages, by article: all titles and questions, or all sections."""

    def __init__(self, rows: NDArray[np.int32], counts: NDArray[np.int32], wanted: Mask) -> None:
        self.rows = rows[wanted]
        article = np.repeat(np.arange(len(counts)), counts)[wanted]
        self.counts = np.bincount(article, minlength=len(counts)).astype(np.int64)
        self.starts = np.concatenate(([0], np.cumsum(self.counts)))[:-1].astype(np.int64)
        self._filled = np.flatnonzero(self.counts)

    def span(self, number: int) -> tuple[int, int]:
        """Where the passages of an article begin and end."""
        start = int(self.starts[number])
        return start, start + int(self.counts[number])

    def nearest(self, cosines: Cosines) -> Cosines:
        """The best cosine of each article, -1 where it has none of these passages."""
        found = np.full(len(self.counts), _NOWHERE, np.float32)
        if len(self._filled):
            found[self._filled] = np.maximum.reduceat(cosines, self.starts[self._filled])
        return found


class _Compared:
    """A question compared with every passage."""

    def __init__(self, cosines: Cosines, heads: _Groups, sections: _Groups) -> None:
        self._groups = sections
        self.sections: Cosines = cosines[sections.rows]
        self.titles = heads.nearest(cosines[heads.rows])
        self.nearest = sections.nearest(self.sections)

    @cached_property
    def bounds(self) -> Cosines:
        """What no article's similarity exceeds: as if all its sections were as near as the nearest."""
        title, nearest = self._filled_up(slice(None))
        bounds: Cosines = title * _TITLE_SHARE + nearest * (_NEAREST_SHARE + _NEAR_SHARE)
        return bounds + np.float32(1e-5)  # sums in another order differ in the last digits

    def similarities(self, numbers: NDArray[np.int64]) -> Cosines:
        """The similarity of some articles."""
        title, nearest = self._filled_up(numbers)
        mean = self._mean_of_nearest(numbers, nearest)
        found = _TITLE_SHARE * title + _NEAREST_SHARE * nearest + _NEAR_SHARE * mean
        return np.asarray(found, np.float32)

    def _filled_up(self, numbers: "NDArray[np.int64] | slice") -> tuple[Cosines, Cosines]:
        """Title and nearest section; what an article lacks is as near as what it has."""
        title, nearest = self.titles[numbers], self.nearest[numbers]
        return (
            np.where(title > _NOWHERE, title, nearest),
            np.where(nearest > _NOWHERE, nearest, title),
        )

    def _mean_of_nearest(self, numbers: NDArray[np.int64], otherwise: Cosines) -> Cosines:
        """The mean of the nearest sections of each article; equal ones count once."""
        filled = np.flatnonzero(self._groups.counts[numbers])
        mean = otherwise.copy()
        if not len(filled):
            return mean
        counts = self._groups.counts[numbers[filled]]
        starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
        first = self._groups.starts[numbers[filled]]
        left = self.sections[np.repeat(first - starts, counts) + np.arange(int(counts.sum()))]
        total, parts = np.zeros(len(filled), np.float32), np.zeros(len(filled), np.float32)
        for _ in range(_NEAR_SECTIONS):
            best = np.maximum.reduceat(left, starts)
            is_there = best > _NOWHERE
            total += np.where(is_there, best, 0)
            parts += is_there
            left[left == np.repeat(best, counts)] = _NOWHERE
        mean[filled] = np.where(parts > 0, total / np.maximum(parts, 1), otherwise[filled])
        return mean


class PackedStrings:
    """Strings end to end: a hundred thousand Python strings would take ten times the memory."""

    def __init__(self, strings: Iterable[str]) -> None:
        data = [string.encode() for string in strings]
        self._ends = np.cumsum([0, *map(len, data)]).astype(np.int32)
        self._data = b"".join(data)

    def __getitem__(self, number: int) -> str:
        return self._data[self._ends[number] : self._ends[number + 1]].decode()


def compare(matrices: Sequence[Rows], question: NDArray[np.float32]) -> Cosines:
    """The cosine of every row, and at the end that of a passage without a vector.

    ``vecdot`` and not a product of matrices: that one is spread over threads which wait for
    one another, and on a busy machine takes twenty times as long.
    """
    total = sum(map(len, matrices))
    found = np.empty(total + 1, np.float32)
    parts: list[tuple[Rows, Cosines]] = []
    start = 0
    for matrix in matrices:
        for first in range(0, len(matrix), _ROWS_IN_PART):
            rows = matrix[first : first + _ROWS_IN_PART]
            parts.append((rows, found[start : start + len(rows)]))
            start += len(rows)
    if total <= _ROWS_IN_PART:
        for rows, out in parts:
            np.vecdot(rows, question, out=out)
    else:
        list(_pool().map(lambda part: np.vecdot(part[0], question, out=part[1]), parts))
    found[-1] = _NOWHERE  # row -1
    if not (float(found.min()) >= -_HIGHEST and float(found.max()) <= _HIGHEST):
        found[~(np.abs(found) <= _HIGHEST)] = _NOWHERE  # also what is no number
    return found


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="vectors")


# Threads do not survive a fork; the child makes its own.
os.register_at_fork(after_in_child=_pool.cache_clear)


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
