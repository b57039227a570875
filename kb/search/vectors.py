"""The vectors of one generation, searched exactly: every passage is compared.

Up to some hundred thousand passages that is faster than an index that would have to be
built.  Where there are many, all are compared along their principal components, and in full
those of every article that may be among the nearest by that.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.search.comparing import (
    NOWHERE,
    Compared,
    PassageGroups,
    compare,
    compare_rows,
)
from kb.search.late_interaction import AskedPieces, PassagePieces
from kb.search.passage_table import PassageTable, TableError, load_table
from kb.search.passages import PassageKind
from kb.search.piece_file import PieceFile
from kb.search.principal_components import ProjectedVectors, project
from kb.search.rounded import RoundedVectors
from kb.search.vector_store import SegmentError, open_segment

_SHORTLIST = 256
"""Articles whose similarity is computed at first, at least. How near the last one to be found
comes then tells which others may be nearer."""
_MANY = 16
"""One article in so many that may be nearer is more than can be told apart along components."""


class SemanticHit(NamedTuple):
    """An article and how near its nearest passage comes to the question."""

    slug: str
    anchor: str
    """Of the nearest section; empty when the text before the first heading is."""
    cosine: float
    """Of the nearest passage, whichever it is."""
    similarity: float = NOWHERE
    """Of the article as a whole: what articles are ordered by."""
    title_cosine: float = NOWHERE
    """Of the nearest among title and questions."""
    section_cosine: float = NOWHERE
    """Of the nearest section; -1 when the article has no text."""


class VectorIndex:
    """Passages and vectors, ready to be searched; safe to share between threads.

    Raises:
        TableError, SegmentError: a file is missing, damaged or of another length.
    """

    def __init__(
        self,
        table: PassageTable,
        parts: Sequence[RoundedVectors],
        pieces: Sequence[PieceFile] = (),
    ) -> None:
        rows = table.rows
        assert rows is not None
        if any(vectors.dimension != table.dimension for vectors in parts):
            raise SegmentError("vectors of another length")
        self._parts = tuple(parts)
        self._total = sum(map(len, parts))
        if len(rows) and int(rows.max()) >= self._total:
            raise SegmentError("fewer vectors than passages")
        self.model = table.model
        self.dimension = table.dimension
        self.complete = table.complete
        self._slugs = tuple(table.slugs)
        self._number = {slug: number for number, slug in enumerate(self._slugs)}
        self._count = len(rows)
        is_section = table.kinds == PassageKind.SECTION
        self._titles = PassageGroups(rows, table.counts, table.kinds == PassageKind.TITLE)
        self._questions = PassageGroups(rows, table.counts, table.kinds == PassageKind.QUESTION)
        self._sections = PassageGroups(rows, table.counts, is_section)
        anchors = table.anchors
        self._anchors = PackedStrings(anchors[n] for n in np.flatnonzero(is_section).tolist())
        self._pieces = (
            PassagePieces(rows, table.counts, pieces, table.dimension) if pieces else None
        )
        self._projected: ProjectedVectors | None = None

    def prepare(self) -> None:
        """Have many passages compared in less time from now on; takes 0.2 s for 200,000."""
        self._projected = project(self._parts)

    @property
    def usable(self) -> bool:
        """Whether there is any vector to compare with."""
        return self._total > 0

    def __len__(self) -> int:
        """How many passages there are."""
        return self._count

    def search(
        self,
        question: NDArray[np.float32],
        limit: int,
        allow: Callable[[str], bool],
        also: Collection[str] = (),
        *,
        words: int = 3,
    ) -> tuple[SemanticHit, ...]:
        """The ``limit`` nearest articles that are allowed, and those of ``also``, best first.

        ``words`` is how many the question has.
        """
        wanted = [self._number[slug] for slug in also if slug in self._number]
        compared, chosen = self._find(question, words, limit, allow, wanted)
        numbers = np.array(list(dict.fromkeys(chosen + wanted)), np.int64)
        hits = [
            SemanticHit(
                self._slugs[number], anchor, max(title, nearest), similarity, title, nearest
            )
            for number, anchor, similarity, title, nearest in zip(
                numbers.tolist(),
                self._anchors.take(compared.nearest_sections(numbers)),
                compared.similarities(numbers).tolist(),
                compared.titles[numbers].tolist(),
                compared.nearest[numbers].tolist(),
                strict=True,
            )
        ]
        return tuple(sorted(hits, key=lambda hit: (-hit.similarity, hit.slug)))

    def compare_pieces(self, asked: AskedPieces, slugs: Iterable[str]) -> dict[str, float]:
        """How near the words of some articles come to those of a question, -1 to 1, by slug.

        0 for an article of whose words nothing is known; without those that are none.

        Raises:
            OSError, ValueError: a file cannot be read any more.
        """
        known = {slug: self._number[slug] for slug in slugs if slug in self._number}
        if self._pieces is None or not known:
            return {}
        return dict(zip(known, self._pieces.compare(asked, list(known.values())), strict=True))

    def _find(
        self,
        question: NDArray[np.float32],
        words: int,
        limit: int,
        allow: Callable[[str], bool],
        also: Sequence[int],
    ) -> tuple[Compared, list[int]]:
        """The numbers of the nearest articles that are allowed, and what they were found by.

        That knows the similarities of these and of ``also``.
        """
        groups = (self._titles, self._questions, self._sections)
        count = min(len(self._slugs), max(_SHORTLIST, limit * 4))
        projected = self._projected
        if projected is not None:
            cosines = compare(projected.parts, projected.project(question))
            exactly = partial(compare_rows, self._parts, question)
            compared = Compared(cosines, *groups, words, exactly)
            margin = projected.margin(question)
            found = self._choose(compared, count, limit, allow, also, margin)
            if found is not None:
                return compared, found
            # Many are about as near: to compare all of them is less work than to tell which.
        compared = Compared(compare(self._parts, question), *groups, words)
        while (found := self._choose(compared, count, limit, allow, also)) is None:
            count = min(len(self._slugs), count * 4)
        return compared, found

    def _choose(
        self,
        compared: Compared,
        count: int,
        limit: int,
        allow: Callable[[str], bool],
        also: Sequence[int],
        margin: float = 0.0,
    ) -> list[int] | None:
        """The nearest that are allowed; None when too few of the ``count`` likeliest are.

        Also None when with a ``margin`` for the bounds very many may be among the nearest.
        """
        bounds = compared.bounds
        likely = np.argpartition(bounds, len(bounds) - count)[len(bounds) - count :]
        compared.look_closely(np.concatenate((likely, np.array(also, np.int64))))
        found, least = self._take(compared, likely, limit, allow)
        if count == len(bounds):
            return found
        if len(found) < limit:
            return None
        # No article can be nearer than its bound.
        may_be = bounds >= least - margin
        may_be[likely] = False
        more = np.flatnonzero(may_be)
        if margin and len(more) > len(bounds) // _MANY:
            return None
        if len(more):
            found, _ = self._take(compared, np.concatenate((found, more)), limit, allow)
        return found

    def _take(
        self,
        compared: Compared,
        numbers: NDArray[np.int64],
        limit: int,
        allow: Callable[[str], bool],
    ) -> tuple[list[int], float]:
        """The nearest of these that are allowed, and the similarity of the last of them."""
        similarities = compared.similarities(numbers)
        order = np.argsort(-similarities, kind="stable")
        found: list[int] = []
        least = NOWHERE
        in_order = (numbers[order].tolist(), similarities[order].tolist())
        for number, similarity in zip(*in_order, strict=True):
            if similarity <= NOWHERE or len(found) == limit:
                break
            if allow(self._slugs[number]):
                found.append(number)
                least = similarity
        return found, least


class PackedStrings:
    """Strings end to end: a hundred thousand Python strings would take ten times the memory."""

    def __init__(self, strings: Iterable[str]) -> None:
        data = [string.encode() for string in strings]
        self._ends = np.cumsum([0, *map(len, data)]).astype(np.int32)
        self._data = b"".join(data)

    def take(self, numbers: NDArray[np.int64]) -> list[str]:
        """Some of them; an empty one for -1."""
        ends = (self._ends[numbers].tolist(), self._ends[numbers + 1].tolist())
        # Number -1 begins where the last one ends.
        return [self._data[start:end].decode() for start, end in zip(*ends, strict=True)]


def open_vectors(directory: Path, store: Path) -> VectorIndex:
    """The vectors of the generation in ``directory``.

    Raises:
        TableError, SegmentError: a file is missing, damaged or of another length.
    """
    table = load_table(directory)
    if not table.model or "/" in table.model or table.model.startswith("."):
        raise TableError(f"{directory} names no model")
    segments = [open_segment(store / table.model, name) for name in table.segments]
    vectors = [segment.vectors for segment in segments]
    return VectorIndex(table, vectors, [segment.pieces for segment in segments])
