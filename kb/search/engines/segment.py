"""One segment of a Whoosh index, as ranking sees it.

A segment never changes once written, and a new generation takes over the files of the
last one, so what was read of it is shared by all generations of a process.
"""

import weakref
from collections.abc import Hashable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from kb.search.engines.postings import Postings
from kb.search.engines.term_table import TermEntry, TermTable

KEY_FIELD = "key"
LENGTHS = np.array([byte_to_length(byte) or 1 for byte in range(256)], np.float32)
"""What each byte in which Whoosh keeps the length of a field stands for."""


class Segment(Protocol):
    """What ranking has to know; safe to use from several threads."""

    identity: Hashable
    """The same for the same file, wherever it is linked, and for no other."""
    size: int
    """How many documents were written, deleted ones included."""
    deleted: frozenset[int]

    def find(self, term: str) -> Sequence[TermEntry]:
        """The fields that have the term."""
        ...

    def read(self, entry: TermEntry) -> Postings:
        """The postings of a term in a field, deleted documents included."""
        ...

    def total_length(self, field: str) -> int:
        """The length of a field in all documents together."""
        ...

    def lengths(self, field: str) -> NDArray[np.uint8]:
        """The length of a field in each document, as an index into ``LENGTHS``."""
        ...

    def document_keys(self) -> Sequence[str]:
        """The key of each document."""
        ...

    def common_terms(self, minimum: int) -> dict[str, int]:
        """Terms that ``minimum`` documents or more have in a ranked field, and how many do."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


class SegmentTables:
    """What is kept in memory of a segment while any generation uses it."""

    def __init__(self, terms: TermTable, lengths: dict[str, NDArray[np.uint8]]) -> None:
        self.terms = terms
        self.lengths = lengths
        self.keys: Sequence[str] = ()


SharedTables = weakref.WeakValueDictionary[Hashable, SegmentTables]
"""By identity of the segment, for as long as a generation uses it."""
