"""Ranks the documents of a Whoosh index by adding up arrays, one for each term.

The scores are those of Whoosh's BM25F, each field with its own weight and length
normalisation, and with one idf for a term in all fields (``kb.search.engine.idf``).
What a term adds to every document is worked out once, over all fields, and kept; a
search adds a few arrays and looks for the highest values.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.search.engine import BM25_K1, FieldRanking, idf
from kb.search.engines.byte_cache import ByteCache
from kb.search.engines.postings import Postings
from kb.search.engines.segment import LENGTHS, Segment, SharedTables
from kb.search.engines.selection import GROUPS
from kb.search.engines.term_table import TermEntry
from kb.search.query import QueryTerm

Scores = NDArray[np.float32]

_DENSE_SHARE = 3
"""A term in one document of three or more is kept as an array over all documents: adding it
takes a tenth of the time and it is at most twice as large."""
_OBJECT_BYTES = 400
_POSTINGS_KEPT = 10_000
"""Up to so many documents their postings are kept, for the next generation. Those of more do
not fit, and as all are read in turn, each would be forgotten before it is asked for again."""


@dataclass(frozen=True, slots=True)
class TermScores:
    """What a term adds to the score of each document that has it in any field."""

    documents: NDArray[np.unsignedinteger[Any]] | None
    """Rising; None: ``scores`` is an array over all documents."""
    scores: Scores

    @property
    def nbytes(self) -> int:
        """Memory for the cache's accounts."""
        documents = 0 if self.documents is None else self.documents.nbytes
        return documents + self.scores.nbytes + _OBJECT_BYTES

    def add_to(self, total: Scores, weight: float) -> None:
        """Add the scores, times the weight of the term in the question."""
        gains = self.scores if weight == 1.0 else self.scores * np.float32(weight)
        if self.documents is None:
            np.add(total, gains, out=total)
        else:
            # Converted at once, which is quicker than what numpy does on the way.
            total[self.documents.astype(np.intp)] += gains

    def keep_only(self, total: Scores) -> Scores:
        """The scores of documents that have the term; 0 for the others."""
        if self.documents is None:
            return np.where(self.scores > 0, total, np.float32(0))
        kept = np.zeros_like(total)
        kept[self.documents] = total[self.documents]
        return kept

    def leave_out(self, total: Scores) -> None:
        """Set the scores of documents that have the term to 0."""
        if self.documents is None:
            total[self.scores > 0] = 0
        else:
            total[self.documents] = 0


_NOWHERE = TermScores(np.empty(0, np.uint16), np.empty(0, np.float32))
_numbers = itertools.count()


class Caches:
    """What all generations of a process share.

    So a switch to the next one neither starts cold nor doubles the memory.
    """

    def __init__(self, posting_bytes: int, term_bytes: int) -> None:
        self.postings: ByteCache[tuple[object, str, str], Postings] = ByteCache(posting_bytes)
        """By segment, field and term."""
        self.terms: ByteCache[tuple[int, str], TermScores] = ByteCache(term_bytes)
        """By ranking and term."""
        self.tables: SharedTables = SharedTables()


class Scorer:
    """The documents of one generation; safe to share between threads."""

    def __init__(
        self,
        segments: Sequence[Segment],
        fields: Mapping[str, FieldRanking],
        caches: Caches,
    ) -> None:
        self._number = next(_numbers)
        self._segments = tuple(segments)
        self._fields = fields
        self._postings = caches.postings
        self._terms = caches.terms
        self.size = sum(segment.size for segment in segments)
        self.padded = -(-self.size // GROUPS) * GROUPS
        """Length of all arrays over documents; there is nothing in the last places."""
        ends = np.cumsum([segment.size for segment in segments], dtype=np.int64).tolist()
        self._offsets = [end - segment.size for end, segment in zip(ends, segments, strict=True)]
        self._norms = {name: self._norm_table(name) for name in fields}
        """By length byte: how much the length of a field holds its matches back."""
        self._lengths = {name: np.zeros(self.size, np.uint8) for name in fields}
        self._live = np.ones(self.size, np.bool_)
        for segment, start in zip(segments, self._offsets, strict=True):
            self._live[[start + number for number in segment.deleted]] = False
        self._count = int(np.count_nonzero(self._live))
        for segment, start in zip(segments, self._offsets, strict=True):
            for name, lengths in self._lengths.items():
                lengths[start : start + segment.size] = segment.lengths(name)

    def score(
        self,
        terms: Sequence[QueryTerm],
        allowed: Scores | None,
        required: Collection[str] = (),
        excluded: Collection[str] = (),
    ) -> Scores:
        """The score of every document; 0 for those that do not match.

        ``allowed`` is 1 for documents that may be found and 0 for others.
        """
        total = np.zeros(self.padded, np.float32)
        for wanted in terms:
            self.term(wanted.term).add_to(total, wanted.weight)
        if allowed is not None:
            np.multiply(total, allowed, out=total)
        for term in required:
            total = self.term(term).keep_only(total)
        for term in excluded:
            self.term(term).leave_out(total)
        return total

    def term(self, term: str) -> TermScores:
        """What a term adds; two threads that need the same one may both work it out."""
        known = self._terms.get((self._number, term))
        if known is None:
            known = self._work_out(term)
            self._terms.put((self._number, term), known)
        return known

    def forget(self) -> None:
        """Make room for another generation."""
        self._terms.discard(lambda key: key[0] == self._number)

    def document_frequency(self, term: str) -> int:
        """The highest in any one field."""
        counts = dict.fromkeys(self._fields, 0)
        for segment in self._segments:
            for entry in segment.find(term):
                if entry.field in counts:
                    counts[entry.field] += entry.frequency
        return max(counts.values())

    def documents(self, field: str, term: str) -> NDArray[np.intp]:
        """The documents that have a term in a field, which may be none of the ranked ones."""
        found = [
            self._read(self._segments[number], entry).documents + self._offsets[number]
            for number, entry in self._find(term)
            if entry.field == field
        ]
        return np.concatenate(found, dtype=np.intp) if found else np.empty(0, np.intp)

    def _work_out(self, term: str) -> TermScores:
        by_field: dict[str, list[tuple[int, TermEntry]]] = {}
        for number, entry in self._find(term):
            if entry.field in self._fields:
                by_field.setdefault(entry.field, []).append((number, entry))
        parts = [
            self._part(number, entry, gain)
            for name, entries in by_field.items()
            for gain in (np.float32(self._fields[name].weight * (BM25_K1 + 1)),)
            for number, entry in entries
        ]
        return self._weighed(self._combine(parts)) if parts else _NOWHERE

    def _weighed(self, found: TermScores) -> TermScores:
        """Times how much the term tells: Whoosh's idf, of the documents with it in any field."""
        count = int(np.count_nonzero(found.scores))
        if not count:
            return _NOWHERE
        return TermScores(found.documents, found.scores * np.float32(idf(count, self._count)))

    def _find(self, term: str) -> Iterator[tuple[int, TermEntry]]:
        for number, segment in enumerate(self._segments):
            for entry in segment.find(term):
                yield number, entry

    def _part(
        self, number: int, entry: TermEntry, gain: np.float32
    ) -> tuple[NDArray[np.intp], Scores]:
        """What one list of postings adds to its documents, without deleted ones."""
        postings = self._read(self._segments[number], entry)
        documents = postings.documents.astype(np.intp)
        if number:
            documents += self._offsets[number]
        frequencies = postings.frequencies.astype(np.float32, copy=False)
        norms = self._norms[entry.field].take(self._lengths[entry.field].take(documents))
        scores = gain * frequencies / (frequencies + norms)
        if self._segments[number].deleted:
            live = self._live.take(documents)
            return documents[live], scores[live]
        return documents, scores

    def _combine(self, parts: Sequence[tuple[NDArray[np.intp], Scores]]) -> TermScores:
        """Add up what several fields give the same document."""
        if sum(len(part) for part, _ in parts) * _DENSE_SHARE >= self.size:
            dense = np.zeros(self.padded, np.float32)
            for part, gains in parts:
                dense[part] += gains
            if np.count_nonzero(dense) * _DENSE_SHARE >= self.size:
                return TermScores(None, dense)
        if len(parts) == 1:
            return self._sparse(*parts[0])
        documents = np.concatenate([part for part, _ in parts])
        scores = np.concatenate([gains for _, gains in parts])
        order = np.argsort(documents, kind="stable")
        documents, scores = documents[order], scores[order]
        if not len(documents):
            return _NOWHERE
        firsts = np.flatnonzero(np.diff(documents, prepend=-1))
        return self._sparse(documents[firsts], np.add.reduceat(scores, firsts))

    def _sparse(self, documents: NDArray[np.intp], scores: Scores) -> TermScores:
        narrow = np.uint16 if self.size <= np.iinfo(np.uint16).max else np.uint32
        return TermScores(documents.astype(narrow), scores)

    def _read(self, segment: Segment, entry: TermEntry) -> Postings:
        if self.size > _POSTINGS_KEPT:
            return segment.read(entry)
        key = (segment.identity, entry.field, entry.term)
        known = self._postings.get(key)
        if known is None:
            known = segment.read(entry)
            self._postings.put(key, known)
        return known

    def _norm_table(self, field: str) -> Scores:
        length = sum(segment.total_length(field) for segment in self._segments)
        average = length / self.size if length else 1.0
        b = self._fields[field].b
        return np.asarray(BM25_K1 * (1 - b + b * LENGTHS / np.float32(average)), np.float32)
