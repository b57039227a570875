"""A segment read as it lies in its file: whole tables and whole posting lists at once.

This knows internals of Whoosh, which every distribution has in common; what was read is
compared with what Whoosh itself reads when a segment is opened.
"""

import os
import threading
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import IndexReader

from kb.search.engines.postings import Postings, UnknownFormat, decode_postings
from kb.search.engines.segment import KEY_FIELD, LENGTHS, SegmentTables, SharedTables
from kb.search.engines.term_table import TermEntry, TermTable, common_terms, entry_size

_NUMBERS = {"B": ">u1", "H": ">u2", "i": ">i4", "I": ">u4", "q": ">i8"}
"""Whoosh's names for kinds of numbers, and numpy's."""


class FileSegment:
    """Reads from the compound file of the segment.

    With a descriptor of its own and by position: neither threads nor forked processes can
    move each other's, and pages that were read do not count as memory of the process.
    """

    def __init__(
        self, reader: IndexReader, folder: Path, fields: Sequence[str], shared: SharedTables
    ) -> None:
        segment = reader.segment()
        self._reader = reader
        self._storage = reader.storage().a  # the compound file, below what was added to it
        self._name = segment.segment_id()
        self._lock = threading.Lock()
        self._file = (folder / f"{self._name}.seg").open("rb", buffering=0)
        try:
            status = os.fstat(self._file.fileno())
            self.identity: Hashable = (
                self._name,
                status.st_dev,
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
            )
            self.size = int(reader.doc_count_all())
            self.deleted = frozenset(segment.deleted_docs())
            self._terms_at = self._storage.range(f"{self._name}.trm")[0]
            self._postings_at = self._storage.range(f"{self._name}.pst")[0]
            tables = shared.get(self.identity)
            if tables is None:
                tables = self._tables = self._read_tables(fields)
                self._check(fields)
                shared[self.identity] = tables
            self._tables = tables
        except BaseException:
            self._file.close()
            raise

    def find(self, term: str) -> Sequence[TermEntry]:
        """One look-up in the table, and one read for each field that has the term."""
        encoded = term.encode("utf-8", "surrogatepass")
        size = entry_size(encoded)
        terms = self._tables.terms
        found = (
            terms.parse(self._get(self._terms_at + position, size), term, encoded)
            for position in terms.positions(encoded)
        )
        return [entry for entry in found if entry is not None]

    def read(self, entry: TermEntry) -> Postings:
        """One read, then all blocks at once."""
        return decode_postings(self._get(self._postings_at + entry.start, entry.length))

    def total_length(self, field: str) -> int:
        """As Whoosh counted when it wrote the segment."""
        return int(self._reader.field_length(field))

    def lengths(self, field: str) -> NDArray[np.uint8]:
        """As they lie in the file."""
        return self._tables.lengths[field]

    def document_keys(self) -> Sequence[str]:
        """From the terms of the key field."""
        return self._tables.keys

    def common_terms(self, minimum: int) -> dict[str, int]:
        """From the term file, read again, since this is asked once."""
        numbers = self._reader._terms._tindex.extras["fieldmap"]
        ranked = [number for name, number in numbers.items() if name in self._tables.lengths]
        return common_terms(*self._read_terms(), ranked, minimum)

    def close(self) -> None:
        """Close the file; a search under way fails instead of reading another file."""
        with self._lock:
            self._file.close()

    def _get(self, position: int, size: int) -> bytes:
        with self._lock:
            return os.pread(self._file.fileno(), size, position)

    def _read_terms(self) -> tuple[bytes, NDArray[Any]]:
        index = self._reader._terms._tindex
        kind = np.dtype(_NUMBERS[index.extras["indextype"]])
        raw = self._get(self._terms_at, index.endofdata)
        order = self._get(self._terms_at + index.indexbase, index.indexlen * kind.itemsize)
        return raw, np.frombuffer(order, kind)

    def _read_tables(self, fields: Sequence[str]) -> SegmentTables:
        terms = TermTable(
            *self._read_terms(), self._reader._terms._tindex.extras["fieldmap"], KEY_FIELD
        )
        tables = SegmentTables(terms, {name: self._read_lengths(name) for name in fields})
        keys: list[str | None] = [None] * self.size
        for key, number in terms.keys:
            if number is not None:
                keys[number] = key
        # Documents written twice under one key share its entry.
        tables.keys = [
            self._reader.stored_fields(number)[KEY_FIELD] if key is None else key
            for number, key in enumerate(keys)
        ]
        terms.keys = ()
        return tables

    def _read_lengths(self, field: str) -> NDArray[np.uint8]:
        lengths = np.zeros(self.size, np.uint8)
        name = f"{self._name}._{field}_len.col"
        if self._storage.file_exists(name):  # not where no document has the field
            position, size = self._storage.range(name)
            written = np.frombuffer(self._get(position, size), np.uint8)[: self.size]
            lengths[: len(written)] = written  # those at the end may be left out
        return lengths

    def _check(self, fields: Sequence[str]) -> None:
        """Compare a little with what Whoosh itself reads."""
        last = self.size - 1
        for field in fields:
            for number in (0, last):
                own = self._reader.doc_field_length(number, field, 1) or 1
                if LENGTHS[self.lengths(field)[number]] != own:
                    raise UnknownFormat(f"lengths of {field}")
        if self._tables.keys[last] != self._reader.stored_fields(last)[KEY_FIELD]:
            raise UnknownFormat("keys")
        for field, text in self._reader.all_terms():
            if field in fields:
                self._check_postings(field, bytes(text).decode())
                break

    def _check_postings(self, field: str, term: str) -> None:
        entries = [entry for entry in self.find(term) if entry.field == field]
        matcher = self._reader.postings(field, term)
        read = self.read(entries[0])
        for number, frequency in zip(read.documents, read.frequencies, strict=True):
            if number not in self.deleted:
                if (matcher.id(), matcher.weight()) != (number, frequency):
                    raise UnknownFormat(f"postings of {field}")
                matcher.next()
        if matcher.is_active() or self._reader.doc_frequency(field, term) != entries[0].frequency:
            raise UnknownFormat(f"postings of {field}")
