"""The interface of a search engine: terms in, keys and scores out.

Analysis, correction, snippets and confidence are the product's own, so an engine only
stores terms of fields and ranks by them.  Its own query language is never used.
Scores are BM25 summed over fields, each with its own weight and normalisation: the table
below, which engines read when an index is opened.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from kb.search.filters import EVERYTHING_PUBLIC, SearchFilters
from kb.search.query import QueryTerm

BM25_K1 = 1.2
"""How soon more of the same word stops counting: the usual constant of BM25 (Robertson and
Zaragoza, 2009, section 3.5)."""

GiveWay = Callable[[float], None]
"""Waits until nobody waits for this process, so many seconds at most."""


def wait_for_nobody(seconds: float) -> None:
    """How a process gives way that answers no requests."""


@dataclass(frozen=True, slots=True)
class FieldRanking:
    """How a match in one field counts."""

    weight: float
    """Factor of the field's part of the score; 0 leaves the field out."""
    b: float = 0.75
    """How much a long field holds its matches back, 0 to 1 (section 3.5 as well)."""


FIELD_RANKING: Mapping[str, FieldRanking] = {
    "title": FieldRanking(2.0, 0.5),
    "questions": FieldRanking(2.0),
    "wordings": FieldRanking(1.0, 0.0),
    "headings": FieldRanking(1.0),
    "summary": FieldRanking(1.0),
    "tags": FieldRanking(0.5),
    "body": FieldRanking(1.5),
}
"""All fields that are ranked. Questions are customers' own wordings, so they count as much
as the title; ``wordings`` are past searches that led to the article, many of them for many
kinds of asking and not for long-windedness. Their length does not count: most articles have
none, so beside the average of all articles a single wording would be a very long text."""


def idf(frequency: int, count: int) -> float:
    """How much a term tells that ``frequency`` of ``count`` documents have, in whatever field.

    Whoosh's formula, but not field by field as in Whoosh: a common word is rare among
    the titles just because titles are short, and would count there as if it told much.
    One idf for all fields put the right article first for 2 to 3 more of 100 judged
    questions (docs/decisions/0011-fusion.md). Confidence and snippets weigh words by it, too.
    """
    return math.log(max(count, 1) / (frequency + 1)) + 1


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One article as an engine sees it: analysed terms by field."""

    key: str
    fields: Mapping[str, Sequence[str]]
    collections: tuple[str, ...] = ()
    """Slugs of its collection and those around it."""
    internal: bool = False
    kind: str = ""
    products: tuple[str, ...] = ()
    """As ``SearchFilters.product`` names them."""


class EngineHit(NamedTuple):
    """The key of a document and how well it matches."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class EngineResult:
    """The best hits, best first (ties by key), and how many documents match at all."""

    total: int
    hits: tuple[EngineHit, ...]


class EngineReader(Protocol):
    """An opened index; safe to use from several threads at once."""

    def count(self) -> int:
        """How many documents there are."""
        ...

    def document_frequency(self, term: str) -> int:
        """In how many documents the term occurs, in whatever field.

        0 only when none has it; else the highest count of any one field will do, and
        deleted documents may be counted.
        """
        ...

    def search(
        self,
        terms: Sequence[QueryTerm],
        limit: int,
        *,
        filters: SearchFilters = EVERYTHING_PUBLIC,
        required: Collection[str] = (),
        excluded: Collection[str] = (),
    ) -> EngineResult:
        """The documents that contain any of the terms, best first.

        Only those with every ``required`` term and none of the ``excluded`` ones, in
        whatever field; ``required`` and ``excluded`` do not add to the score.
        """
        ...

    def warm(self, give_way: GiveWay = wait_for_nobody) -> bool:
        """Load what most searches need, for a thread that nobody waits for.

        Works for a part of a second; False when there is more to do.
        """
        ...

    def close(self) -> None:
        """Release files; searches under way may fail."""
        ...


class SearchEngine(Protocol):
    """Builds and opens indexes in a directory of its own."""

    name: str

    def build(
        self,
        directory: Path,
        documents: Iterable[IndexDocument],
        *,
        base: Path | None = None,
        removed: Iterable[str] = (),
    ) -> None:
        """Write an index of ``documents`` into the empty ``directory``.

        With ``base``, the index of an earlier generation, the new one holds the documents
        of both without the keys in ``removed``; a key in ``documents`` replaces the old
        one. ``base`` is not changed.
        """
        ...

    def open(self, directory: Path) -> EngineReader:
        """Open an index. Raises GenerationUnavailable when it cannot be read."""
        ...
