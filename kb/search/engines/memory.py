"""A search engine of plain dictionaries: the reference that the others are held to.

Exact BM25 in sixty lines, for tests and for help centers of some hundred articles.
Its index is one JSON file.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from kb.content.models import Audience
from kb.errors import GenerationUnavailable
from kb.search.engine import (
    BM25_K1,
    FIELD_RANKING,
    EngineHit,
    EngineReader,
    EngineResult,
    FieldRanking,
    GiveWay,
    IndexDocument,
    idf,
    wait_for_nobody,
)
from kb.search.filters import EVERYTHING_PUBLIC, SearchFilters
from kb.search.query import QueryTerm

_FILE = "documents.json"


class MemoryEngine:
    """Keeps the terms of all documents in memory."""

    name = "memory"

    def __init__(self, fields: Mapping[str, FieldRanking] = FIELD_RANKING) -> None:
        self._fields = fields

    def build(
        self,
        directory: Path,
        documents: Iterable[IndexDocument],
        *,
        base: Path | None = None,
        removed: Iterable[str] = (),
    ) -> None:
        """Write all documents into one file."""
        kept = _load(base) if base is not None else {}
        for key in removed:
            kept.pop(key, None)
        for document in documents:
            kept[document.key] = {
                "fields": {name: list(terms) for name, terms in document.fields.items()},
                "collections": list(document.collections),
                "internal": document.internal,
                "kind": document.kind,
                "products": list(document.products),
            }
        directory.mkdir(parents=True, exist_ok=True)
        (directory / _FILE).write_text(json.dumps(kept), encoding="utf-8")

    def open(self, directory: Path) -> EngineReader:
        """Load the file."""
        return MemoryReader(_load(directory), self._fields)


class MemoryReader:
    """Postings by field and term."""

    def __init__(
        self, documents: dict[str, dict[str, object]], fields: Mapping[str, FieldRanking]
    ) -> None:
        self._fields = fields
        self._documents = [_document(key, value) for key, value in sorted(documents.items())]
        self._postings: dict[tuple[str, str], dict[int, int]] = {}
        self._lengths: dict[str, list[int]] = {name: [] for name in fields}
        for number, document in enumerate(self._documents):
            for name in fields:
                terms = document.fields.get(name, ())
                self._lengths[name].append(len(terms))
                for term, count in Counter(terms).items():
                    self._postings.setdefault((name, term), {})[number] = count

    def count(self) -> int:
        """How many documents there are."""
        return len(self._documents)

    def document_frequency(self, term: str) -> int:
        """In how many documents the term occurs."""
        numbers: set[int] = set()
        for name in self._fields:
            numbers.update(self._postings.get((name, term), ()))
        return len(numbers)

    def search(
        self,
        terms: Sequence[QueryTerm],
        limit: int,
        *,
        filters: SearchFilters = EVERYTHING_PUBLIC,
        required: Collection[str] = (),
        excluded: Collection[str] = (),
    ) -> EngineResult:
        """Score every document that contains a term."""
        scores: dict[int, float] = {}
        for wanted in terms:
            for name in self._fields:
                for number, gain in self._gains(name, wanted.term):
                    if self._is_wanted(self._documents[number], filters, required, excluded):
                        scores[number] = scores.get(number, 0.0) + gain * wanted.weight
        best = sorted(scores, key=lambda number: (-scores[number], self._documents[number].key))
        hits = (EngineHit(self._documents[number].key, scores[number]) for number in best[:limit])
        return EngineResult(len(scores), tuple(hits))

    def warm(self, give_way: GiveWay = wait_for_nobody) -> bool:
        """Everything is in memory already."""
        return True

    def close(self) -> None:
        """Nothing to release."""

    def _gains(self, name: str, term: str) -> Iterable[tuple[int, float]]:
        ranking, postings = self._fields[name], self._postings.get((name, term), {})
        if not postings or not ranking.weight:
            return
        lengths = self._lengths[name]
        average = sum(lengths) / len(lengths) if lengths else 1.0
        telling = idf(self.document_frequency(term), len(lengths))
        for number, count in postings.items():
            norm = BM25_K1 * (1 - ranking.b + ranking.b * lengths[number] / (average or 1.0))
            yield number, ranking.weight * telling * count * (BM25_K1 + 1) / (count + norm)

    def _is_wanted(
        self,
        document: IndexDocument,
        filters: SearchFilters,
        required: Collection[str],
        excluded: Collection[str],
    ) -> bool:
        if document.internal and filters.audience is not Audience.STAFF:
            return False
        terms = {term for name in self._fields for term in document.fields.get(name, ())}
        return (
            (not filters.collection or filters.collection in document.collections)
            and (not filters.kind or filters.kind == document.kind)
            and (not filters.product or filters.product in document.products)
            and terms.issuperset(required)
            and terms.isdisjoint(excluded)
        )


def _document(key: str, value: dict[str, object]) -> IndexDocument:
    fields, collections, products = value["fields"], value["collections"], value["products"]
    assert isinstance(fields, dict)
    assert isinstance(collections, list)
    assert isinstance(products, list)
    return IndexDocument(
        key,
        fields,
        tuple(collections),
        bool(value["internal"]),
        str(value["kind"]),
        tuple(products),
    )


def _load(directory: Path) -> dict[str, dict[str, object]]:
    try:
        loaded = json.loads((directory / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GenerationUnavailable(
            f"The index in {directory} cannot be read: run `kb index`."
        ) from error
    assert isinstance(loaded, dict)
    return loaded
