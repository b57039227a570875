"""A segment read through the public interface of any Whoosh, which is slow."""

import threading
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import IndexReader, TermNotFound
from whoosh.util.numeric import length_to_byte

from kb.search.engines.postings import Postings, build_postings
from kb.search.engines.segment import KEY_FIELD
from kb.search.engines.term_table import TermEntry


class MatcherSegment:
    """Reads through the public interface of Whoosh, under a lock: its readers share one position."""

    def __init__(self, reader: IndexReader, fields: Sequence[str]) -> None:
        self._reader = reader
        self._fields = fields
        self._indexed = frozenset(reader.schema.names())
        self._lock = threading.Lock()
        self.identity: Hashable = object()
        self.size = int(reader.doc_count_all())
        self.deleted = frozenset(range(self.size)) - frozenset(reader.all_doc_ids())
        self._lengths = {name: self._read_lengths(name) for name in fields}
        self._keys = [str(reader.stored_fields(n)[KEY_FIELD]) for n in range(self.size)]

    def find(self, term: str) -> Sequence[TermEntry]:
        """Asks for each field."""
        with self._lock:
            counts = [
                (name, int(self._reader.doc_frequency(name, term)))
                for name in self._indexed - {KEY_FIELD}
            ]
        return [TermEntry(name, term, count) for name, count in counts if count]

    def read(self, entry: TermEntry) -> Postings:
        """Steps from document to document."""
        documents: list[int] = []
        frequencies: list[float] = []
        with self._lock:
            try:
                matcher = self._reader.postings(entry.field, entry.term)
            except TermNotFound:
                return build_postings([], [])
            while matcher.is_active():
                documents.append(int(matcher.id()))
                frequencies.append(float(matcher.weight()))
                matcher.next()
        return build_postings(documents, frequencies)

    def total_length(self, field: str) -> int:
        """As Whoosh counted when it wrote the segment."""
        return int(self._reader.field_length(field))

    def lengths(self, field: str) -> NDArray[np.uint8]:
        """Read document by document when the segment was opened."""
        return self._lengths[field]

    def document_keys(self) -> Sequence[str]:
        """Read document by document when the segment was opened."""
        return self._keys

    def common_terms(self, minimum: int) -> dict[str, int]:
        """From a walk through all terms."""
        found: dict[str, int] = {}
        with self._lock:
            for (field, term), info in self._reader:
                if field in self._fields and info.doc_frequency() >= minimum:
                    text = bytes(term).decode()
                    found[text] = max(int(info.doc_frequency()), found.get(text, 0))
        return found

    def close(self) -> None:
        """The index closes its readers."""

    def _read_lengths(self, field: str) -> NDArray[np.uint8]:
        if field not in self._indexed:
            return np.zeros(self.size, np.uint8)
        read = self._reader.doc_field_length
        return np.array(
            [length_to_byte(read(number, field, 0) or 0) for number in range(self.size)], np.uint8
        )
