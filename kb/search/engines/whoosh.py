"""Whoosh behind the engine interface: the embedded default.

Documents arrive analysed, so fields hold terms separated by spaces and queries are
built term by term; Whoosh's query parser, whose wildcards and ranges cost seconds, is
not used.  A new generation starts from hard links to the segments of the last, which
Whoosh never changes once written, so publishing one article does not copy the index.
The pickled schema names classes only that every Whoosh distribution has.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from whoosh import index as whoosh_index
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.codec.base import Segment
from whoosh.fields import ID, KEYWORD, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.writing import MERGE_SMALL, OPTIMIZE, IndexWriter

from kb.errors import GenerationUnavailable
from kb.search.engine import FIELD_RANKING, EngineReader, FieldRanking, IndexDocument
from kb.search.engines.whoosh_ranking import Caches
from kb.search.engines.whoosh_reader import WhooshReader

_BUFFER_MB = 512
"""Terms kept in memory while building: below this Whoosh sorts on disk, twice as slow at
5,000 articles."""
_TERM_BYTES = 60_000_000
"""What terms add to scores: nearly all words of 50,000 articles, six bytes for each article
that has a word, which leaves a worker below 250 MB."""
_POSTING_BYTES = 20_000_000
"""Decoded postings, from which the next generation works that out, five bytes each."""


class WhooshEngine:
    """Builds and opens Whoosh indexes."""

    name = "whoosh"

    def __init__(self, fields: Mapping[str, FieldRanking] = FIELD_RANKING) -> None:
        self._fields = fields
        self._caches = Caches(_POSTING_BYTES, _TERM_BYTES)

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
            index = whoosh_index.create_in(str(directory), _schema(self._fields))
        else:
            _link_files(base, directory)
            index = whoosh_index.open_dir(str(directory))
        writer = index.writer(limitmb=_BUFFER_MB)
        try:
            self._add_new_fields(writer)
            for key in removed:
                writer.delete_by_term("key", key)
            for document in documents:
                if base is not None:
                    writer.delete_by_term("key", document.key)
                writer.add_document(**_row(document))
        except BaseException:
            writer.cancel()
            raise
        writer.commit(mergetype=OPTIMIZE if base is None else _merge)
        index.close()

    def open(self, directory: Path) -> EngineReader:
        """Open an index and read from it once, so that a damaged one is noticed now."""
        try:
            # Mapped into memory, Whoosh would copy the postings and hold the file as well.
            storage = FileStorage(str(directory), supports_mmap=False, readonly=True)
            index = storage.open_index()
            return WhooshReader(index, directory, self._fields, self._caches)
        except Exception as error:  # Whoosh raises whatever its pickles and files raise
            raise GenerationUnavailable(
                f"The Whoosh index in {directory} cannot be read ({type(error).__name__}: {error}): "
                "run `kb index --full`."
            ) from error

    def _add_new_fields(self, writer: IndexWriter) -> None:
        # An index that an earlier version of the product built may lack some.
        for name, field in _schema(self._fields).items():
            if name not in writer.schema:
                writer.add_field(name, field)


def _merge(writer: IndexWriter, segments: Sequence[Segment]) -> list[Segment]:
    """Which segments stay as they are; the others are written anew together.

    Whoosh only ever merges small ones: when all articles had been published anew, the old ones
    were read and counted by every search from then on.
    """
    left = [s for s in segments if s.deleted_count() < s.doc_count_all()]
    deleted = sum(s.deleted_count() for s in left)
    alive = sum(s.doc_count_all() for s in left) - deleted + writer.doc_count()
    # By then as many articles have been written as are written anew once more.
    kept: list[Segment] = (OPTIMIZE if deleted > alive else MERGE_SMALL)(writer, left)
    return kept


def _schema(fields: Iterable[str]) -> Schema:
    text = {
        name: TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False, stored=False)
        for name in fields
    }
    return Schema(
        key=ID(unique=True, stored=True),
        collections=KEYWORD(),
        internal=ID(),
        kind=ID(),
        products=KEYWORD(),
        **text,
    )


def _row(document: IndexDocument) -> dict[str, str | list[str]]:
    # Lists are taken as they are, which saves an eighth of the time over joining the terms.
    row: dict[str, str | list[str]] = {
        name: list(terms) for name, terms in document.fields.items() if terms
    }
    row["key"] = document.key
    row["collections"] = " ".join(document.collections)
    row["products"] = " ".join(document.products)
    if document.kind:
        row["kind"] = document.kind
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
