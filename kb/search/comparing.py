"""A question compared with every passage, and what that says about articles.

All passages are compared, many of them at first along few directions only, and articles that
may be among the nearest are looked at more closely.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from kb.search.rounded import RoundedVectors, Vectors
from kb.search.two_threads import two_threads

NOWHERE = -1.0
"""Cosine of what has no vector: the opposite of everything."""
_HIGHEST = 1.01
"""Cosines beyond are not cosines: rows of a damaged file."""
_NEAR_SECTIONS = 3
"""The mean of the three nearest sections counts as much as the nearest text.  One passage may be
near by chance; with the mean beside it the right article came first in 56 instead of 48 of
100 judged questions."""

_LAYERS = 12
"""Passages of an article that are compared side by side with those of others, which takes a third
of the time; few articles have more."""
_HALVED_FROM = 10_000
"""Rows that take some 0.3 ms: to have half of fewer compared by another thread gains nothing."""

Cosines = NDArray[np.float32]
Mask = NDArray[np.bool_]


class PassageGroups:
    """Some of the passages, by article: all titles, all questions or all sections."""

    def __init__(self, rows: NDArray[np.int32], counts: NDArray[np.int32], wanted: Mask) -> None:
        self.rows = rows[wanted]
        article = np.repeat(np.arange(len(counts)), counts)[wanted]
        self.counts = np.bincount(article, minlength=len(counts)).astype(np.int64)
        self.starts = np.concatenate(([0], np.cumsum(self.counts)))[:-1].astype(np.int64)
        # The first passage of each article, the second of those that have one, and so on: with the
        # articles that have most in front, each of these belongs to the first ones of all.
        by_count = np.argsort(-self.counts, kind="stable")
        self._place = np.argsort(by_count)
        self._layers = [
            self.rows[self.starts[by_count[: np.count_nonzero(self.counts > n)]] + n]
            for n in range(min(_LAYERS, int(self.counts.max(initial=0))))
        ]
        self._long = by_count[: np.count_nonzero(self.counts > _LAYERS)]
        """Articles with more passages, which are compared as they follow each other."""

    def nearest_places(
        self, numbers: NDArray[np.int64], cosines: Cosines, nearest: Cosines
    ) -> NDArray[np.int64]:
        """Which passage is the nearest of each of these articles, the first of equal ones.

        -1 for an article that has none of these passages. ``cosines`` are those of all rows,
        ``nearest`` the best of each article.
        """
        found = np.full(len(numbers), -1, np.int64)
        filled = np.flatnonzero(self.counts[numbers])
        places, starts, counts = self.places(numbers[filled])
        of_each = cosines.take(self.rows[places])
        best = np.flatnonzero(of_each == np.repeat(nearest[numbers[filled]], counts))
        found[filled] = places[best[np.searchsorted(best, starts)]]
        return found

    def places(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """Where the passages of some articles stand, with begin and count of each among these."""
        counts = self.counts[numbers]
        starts = np.cumsum(counts) - counts
        places = np.repeat(self.starts[numbers] - starts, counts) + np.arange(int(counts.sum()))
        return places, starts, counts

    def nearest(self, cosines: Cosines) -> Cosines:
        """The best cosine of each article, -1 where it has none of these passages.

        ``cosines`` are those of all rows, as ``compare`` gives them.
        """
        found = np.full(len(self.counts), NOWHERE, np.float32)
        for rows in self._layers:
            part = found[: len(rows)]
            np.maximum(part, cosines.take(rows), out=part)
        if len(self._long):
            places, starts, counts = self.places(self._long)
            part = found[: len(self._long)]
            part[:] = best_of_each(cosines.take(self.rows[places]), starts, np.arange(len(counts)))
        return found[self._place]


def best_of_each(cosines: Cosines, starts: NDArray[np.int64], filled: NDArray[np.int64]) -> Cosines:
    """The best cosine of each group, which begin at ``starts``; -1 for those not ``filled``."""
    found = np.full(len(starts), NOWHERE, np.float32)
    if len(filled):
        found[filled] = np.maximum.reduceat(cosines, starts[filled])
    return found


def title_share(words: int) -> float:
    """How much title and written questions count for a question of so many words.

    "Invoice copy" is put like a title, and the title that is like it is the right one.  A
    customer who tells in twenty words what happened tells it like the text of an article.
    """
    return 1 / (1 + max(words, 1))


Exactly = Callable[[NDArray[np.int32]], Cosines]
"""The cosines of some rows, compared in full."""


class Compared:
    """A question of so many ``words`` compared with every passage.

    A question that is written down counts like a title and like a text, for customers ask
    at any length.
    """

    def __init__(
        self,
        cosines: Cosines,
        titles: PassageGroups,
        questions: PassageGroups,
        sections: PassageGroups,
        words: int,
        exactly: Exactly | None = None,
    ) -> None:
        """``exactly`` compares rows whose ``cosines`` are about right only, which it replaces."""
        self._groups = (titles, questions, sections)
        self._sections = sections
        self._share = np.float32(title_share(words))
        self._exactly = exactly
        self._is_rough = np.full(len(titles.counts), exactly is not None)
        self._cosines = cosines
        self._similarities = np.full(len(titles.counts), np.nan, np.float32)
        """Those that have been asked for."""
        asked = questions.nearest(cosines)
        self.titles = np.maximum(titles.nearest(cosines), asked)
        self.nearest = sections.nearest(cosines)
        self._texts = np.maximum(self.nearest, asked)

    def _refine(self, numbers: NDArray[np.int64]) -> None:
        """See that the passages of some articles are compared in full."""
        rough = numbers[self._is_rough[numbers]]
        if self._exactly is None or not len(rough):
            return
        self._is_rough[rough] = False
        places = [group.places(rough) for group in self._groups]
        rows = [
            group.rows[place] for group, (place, _, _) in zip(self._groups, places, strict=True)
        ]
        every = np.concatenate(rows)
        self._cosines[every] = exact = self._exactly(every)
        cosines = np.split(exact, np.cumsum([len(part) for part in rows])[:-1])
        title, asked, nearest = (
            best_of_each(part, starts, np.flatnonzero(counts))
            for part, (_, starts, counts) in zip(cosines, places, strict=True)
        )
        self.titles[rough] = np.maximum(title, asked)
        self.nearest[rough] = nearest
        self._texts[rough] = np.maximum(nearest, asked)

    @cached_property
    def bounds(self) -> Cosines:
        """What no article's similarity exceeds: as if all its texts were as near as the nearest.

        As far as was known when it was first asked for.
        """
        title, text = self._filled_up(slice(None))
        bounds: Cosines = title * self._share + text * (1 - self._share)
        return bounds + np.float32(1e-5)  # sums in another order differ in the last digits

    def nearest_sections(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which of all sections is the nearest of each article; -1 when it has none."""
        return self._sections.nearest_places(numbers, self._cosines, self.nearest)

    def similarities(self, numbers: NDArray[np.int64]) -> Cosines:
        """The similarity of some articles."""
        self.look_closely(numbers)
        return self._similarities[numbers]

    def look_closely(self, numbers: NDArray[np.int64]) -> None:
        """Work out the similarities of some articles, for many at once in less time."""
        unknown = numbers[np.isnan(self._similarities[numbers])]
        if len(unknown):
            self._refine(unknown)
            title, text = self._filled_up(unknown)
            mean = self._mean_of_nearest(unknown, text)
            found = title * self._share + (text + mean) / 2 * (1 - self._share)
            self._similarities[unknown] = found

    def _filled_up(self, numbers: "NDArray[np.int64] | slice") -> tuple[Cosines, Cosines]:
        """Nearest title and text; what an article lacks is as near as what it has."""
        title, text = self.titles[numbers], self._texts[numbers]
        return np.where(title > NOWHERE, title, text), np.where(text > NOWHERE, text, title)

    def _mean_of_nearest(self, numbers: NDArray[np.int64], otherwise: Cosines) -> Cosines:
        """The mean of the nearest sections of each article; equal ones count once."""
        filled = np.flatnonzero(self._sections.counts[numbers])
        mean = otherwise.copy()
        if not len(filled):
            return mean
        places, starts, counts = self._sections.places(numbers[filled])
        left = self._cosines.take(self._sections.rows[places])
        total, parts = np.zeros(len(filled), np.float32), np.zeros(len(filled), np.float32)
        for _ in range(_NEAR_SECTIONS):
            best = np.maximum.reduceat(left, starts)
            is_there = best > NOWHERE
            total += np.where(is_there, best, 0)
            parts += is_there
            left[left == np.repeat(best, counts)] = NOWHERE
        mean[filled] = np.where(parts > 0, total / np.maximum(parts, 1), otherwise[filled])
        return mean


def compare(parts: Sequence[RoundedVectors], question: Vectors) -> Cosines:
    """The cosine of every row of all parts, and at the end that of a passage without a vector."""
    total = sum(map(len, parts))
    found = np.empty(total + 1, np.float32)
    found[-1] = NOWHERE  # row -1
    compare_some = partial(_compare_between, parts, question, found)
    if total < _HALVED_FROM:
        compare_some(0, total)
    else:
        middle = total // 2
        two_threads.run(partial(compare_some, 0, middle), partial(compare_some, middle, total))
    return _without_damage(found)


def _compare_between(
    parts: Sequence[RoundedVectors], question: Vectors, found: Cosines, first: int, end: int
) -> None:
    """Fill in the cosines of the rows from ``first`` to ``end`` of all parts."""
    start = 0
    for vectors in parts:
        some = slice(max(first - start, 0), max(end - start, 0))
        here = vectors.take(some)
        here.compare(question, found[start : start + len(vectors)][some])
        start += len(vectors)


def compare_rows(
    parts: Sequence[RoundedVectors], question: Vectors, rows: NDArray[np.int32]
) -> Cosines:
    """The cosines of some rows of all parts; -1 for row -1, a passage without a vector."""
    found = np.full(len(rows), NOWHERE, np.float32)
    start = 0
    for vectors in parts:
        here = np.flatnonzero((rows >= start) & (rows < start + len(vectors)))
        cosines = np.empty(len(here), np.float32)
        vectors.take(rows[here] - start).compare(question, cosines)
        found[here] = cosines
        start += len(vectors)
    return _without_damage(found)


def _without_damage(cosines: Cosines) -> Cosines:
    if len(cosines) and not (
        float(cosines.min()) >= -_HIGHEST and float(cosines.max()) <= _HIGHEST
    ):
        cosines[~(np.abs(cosines) <= _HIGHEST)] = NOWHERE  # also what is no number
    return cosines
