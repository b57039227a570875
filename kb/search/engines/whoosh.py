"""Whoosh behind the engine interface: the embedded default.

Documents arrive analysed, so fields hold terms separated by spaces and queries are
built term by term; Whoosh's query parser, whose wildcards and ranges cost seconds, is
not used.  A new generation starts from hard links to the segments of the last, which
Whoosh never changes once written, so publishing one article does not copy the index.
The pickled schema names classes only that every Whoosh distribution has.
"""

import os
import queue
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from whoosh import index as whoosh_index
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, KEYWORD, TEXT, Schema
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from kb.content.models import Audience
from kb.errors import GenerationUnavailable
from kb.search.engine import (
    BM25_B,
    BM25_K1,
    FIELD_WEIGHTS,
    EngineHit,
    EngineReader,
    EngineResult,
    IndexDocument,
)
from kb.search.engines.whoosh_ranking import (
    DocumentTable,
    matching_documents,
    rank,
    read_document_table,
)
from kb.search.filters import EVERYTHING_PUBLIC, SearchFilters
from kb.search.query import QueryTerm

_BUFFER_MB = 512
"""Terms kept in memory while building: below this Whoosh sorts on disk, twice as slow at
5,000 articles."""


class WhooshEngine:
    """Builds and opens Whoosh indexes."""

    name = "whoosh"

    def build(
        self,
        directory: Path,
        documents: Iterable[IndexDocument],
        *,
        base: Path | None = None,
        removed: Iterable[str] = (),
    ) -> None:
        """Write an index, from scratch or on top of an earlier one."""
        directory.mkdir(parents=True, exist_ok=True)
        if base is None:
            index = whoosh_index.create_in(str(directory), _schema())
        else:
            _link_files(base, directory)
            index = whoosh_index.open_dir(str(directory))
        writer = index.writer(limitmb=_BUFFER_MB)
        try:
            for key in removed:
                writer.delete_by_term("key", key)
            for document in documents:
                if base is not None:
                    writer.delete_by_term("key", document.key)
                writer.add_document(**_row(document))
        except BaseException:
            writer.cancel()
            raise
        writer.commit(optimize=base is None)
        index.close()

    def open(self, directory: Path) -> EngineReader:
        """Open an index and read from it once, so that a damaged one is noticed now."""
        try:
            return WhooshReader(whoosh_index.open_dir(str(directory)))
        except Exception as error:  # Whoosh raises whatever its pickles and files raise
            raise GenerationUnavailable(
                f"The Whoosh index in {directory} cannot be read ({type(error).__name__}: {error}): "
                "run `kb index --full`."
            ) from error


class WhooshReader:
    """One immutable Whoosh index.

    A Whoosh searcher shares one file position between its readers, so threads never
    share a searcher: each search takes one from the pool and puts it back.
    """

    def __init__(self, index: whoosh_index.FileIndex) -> None:
        self._index = index
        self._idle: queue.SimpleQueue[Searcher] = queue.SimpleQueue()
        self._documents: DocumentTable | None = None
        with self._searcher() as searcher:
            self._count = int(searcher.doc_count())

    def count(self) -> int:
        """How many documents there are."""
        return self._count

    def document_frequency(self, term: str) -> int:
        """The highest frequency in any one field."""
        with self._searcher() as searcher:
            reader = searcher.reader()
            return max(int(reader.doc_frequency(name, term)) for name in FIELD_WEIGHTS)

    def search(
        self,
        terms: Sequence[QueryTerm],
        limit: int,
        *,
        filters: SearchFilters = EVERYTHING_PUBLIC,
        required: Collection[str] = (),
        excluded: Collection[str] = (),
    ) -> EngineResult:
        """Rank by BM25 over all fields; every term is optional."""
        with self._searcher() as searcher:
            total, best = rank(
                searcher,
                self._table(searcher),
                terms,
                limit,
                within=(
                    matching_documents(searcher, "collections", filters.collection)
                    if filters.collection
                    else None
                ),
                hidden=(
                    frozenset()
                    if filters.audience is Audience.STAFF
                    else matching_documents(searcher, "internal", "yes")
                ),
            )
            hits = [EngineHit(searcher.stored_fields(n)["key"], score) for n, score in best]
        hits.sort(key=lambda hit: (-hit.score, hit.key))
        return EngineResult(total, tuple(hits))

    def close(self) -> None:
        """Close every idle searcher and the index."""
        while not self._idle.empty():
            self._idle.get_nowait().close()
        self._index.close()

    def _table(self, searcher: Searcher) -> DocumentTable:
        # At the first search, since a publish opens indexes only to see that they open.
        # Two threads may both read it then; they read the same.
        if self._documents is None:
            self._documents = read_document_table(searcher)
        return self._documents

    @contextmanager
    def _searcher(self) -> Iterator[Searcher]:
        try:
            searcher = self._idle.get_nowait()
        except queue.Empty:
            searcher = self._index.searcher(weighting=BM25F(B=BM25_B, K1=BM25_K1))
        try:
            yield searcher
        finally:
            self._idle.put(searcher)


def _schema() -> Schema:
    text = {
        name: TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False, stored=False)
        for name in FIELD_WEIGHTS
    }
    return Schema(key=ID(unique=True, stored=True), collections=KEYWORD(), internal=ID(), **text)


def _row(document: IndexDocument) -> dict[str, str]:
    row = {name: " ".join(terms) for name, terms in document.fields.items() if terms}
    row["key"] = document.key
    row["collections"] = " ".join(document.collections)
    if document.internal:
        row["internal"] = "yes"
    return row


def _link_files(base: Path, directory: Path) -> None:
    for file in base.iterdir():
        if file.is_file() and not file.name.endswith("LOCK"):
            try:
                os.link(file, directory / file.name)
            except OSError:  # another file system, or one without hard links
                (directory / file.name).write_bytes(file.read_bytes())
