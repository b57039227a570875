"""The interface of a search engine: terms in, keys and scores out.

Analysis, correction, snippets and confidence are the product's own, so an engine only
stores terms of fields and ranks by them.  Its own query language is never used.
Scores are BM25 summed over fields with the weights below.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kb.search.filters import EVERYTHING_PUBLIC, SearchFilters
from kb.search.query import QueryTerm

FIELD_WEIGHTS: Mapping[str, float] = {
    "title": 2.0,
    "questions": 2.0,
    "headings": 1.0,
    "summary": 1.0,
    "tags": 1.0,
    "body": 1.0,
}
"""How much a match in each field counts. Questions are customers' own wordings, so they
count as much as the title."""

BM25_K1 = 1.2
BM25_B = 0.75
"""The usual constants of BM25 (Robertson and Zaragoza, 2009, section 3.5)."""


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


@dataclass(frozen=True, slots=True)
class EngineHit:
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
        """In how many documents the term occurs, in whatever field (an upper bound will do)."""
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
