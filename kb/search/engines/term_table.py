"""The terms of one Whoosh segment, read in one go and found by hash.

Whoosh finds a term by seeking through its file, once for every field.  Here the hashes
of all terms are kept in one sorted array, so that one look-up tells all fields that have
the term, or that none has.  Twelve bytes a term; the terms themselves stay in the file.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_HEAD = struct.Struct("!iiH")
"""Lengths of key and value, and the number of the field, with which the key begins."""
_LENGTHS = 8
_FIELD = 2
_INFO = struct.Struct("!BfIBBfIIqi")
"""Of a term: flags, weight, document frequency, lengths, weight, first and last document,
place and length of its postings."""
_FREQUENCY_AT = 5
_FIRST_DOCUMENT_AT = 15


class TermEntry(NamedTuple):
    """A term in a field of a segment, and where its postings are."""

    field: str
    term: str
    frequency: int
    """In how many documents, deleted ones included."""
    start: int = 0
    length: int = 0


class TermTable:
    """Made from the whole term file; ``key_field`` names the one whose terms are not looked up."""

    def __init__(
        self,
        raw: bytes,
        positions: NDArray[Any],
        fields: Mapping[str, int],
        key_field: str,
    ) -> None:
        starts = positions.astype(np.int64)
        self._fields = {number: name for name, number in fields.items()}
        data = np.frombuffer(raw, np.uint8)
        is_key = _numbers(data, starts + _LENGTHS, _FIELD) == fields.get(key_field, -1)
        self.keys = tuple(_keys(raw, data, starts[is_key]))
        """Every key with the number of its document; None when it has several."""
        starts = starts[~is_key]
        spans = _spans(data, starts)
        hashes = np.fromiter((hash(raw[a:b]) for a, b in spans), np.int64, len(starts))
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._starts = starts[order].astype(np.uint32)

    def positions(self, term: bytes) -> list[int]:
        """Where in the file entries begin that may be about the term."""
        wanted = hash(term)
        first = int(self._hashes.searchsorted(wanted))
        found = []
        while first < len(self._hashes) and self._hashes[first] == wanted:
            found.append(int(self._starts[first]))
            first += 1
        return found

    def parse(self, raw: bytes, term: str, encoded: bytes) -> TermEntry | None:
        """The entry that ``raw`` begins with; None when it is about another term."""
        key_length, _, field = _HEAD.unpack_from(raw)
        key_end = _LENGTHS + key_length
        if raw[_HEAD.size : key_end] != encoded:
            return None
        info = _INFO.unpack_from(raw, key_end)
        if info[0]:
            raise struct.error("postings inside the entry")
        return TermEntry(self._fields[field], term, info[2], info[8], info[9])


def entry_size(term: bytes) -> int:
    """How many bytes the entry of a term takes."""
    return _HEAD.size + len(term) + _INFO.size


def common_terms(
    raw: bytes, positions: NDArray[Any], fields: Sequence[int], minimum: int
) -> dict[str, int]:
    """Terms that ``minimum`` documents or more have in one of the fields, with the highest count."""
    starts = positions.astype(np.int64)
    data = np.frombuffer(raw, np.uint8)
    starts = starts[np.isin(_numbers(data, starts + _LENGTHS, _FIELD), fields)]
    ends = starts + _LENGTHS + _numbers(data, starts, 4)
    counts = _numbers(data, ends + _FREQUENCY_AT, 4)
    common = counts >= minimum
    found: dict[str, int] = {}
    for (a, b), count in zip(_spans(data, starts[common]), counts[common].tolist(), strict=True):
        term = raw[a:b].decode()
        found[term] = max(count, found.get(term, 0))
    return found


def _keys(
    raw: bytes, data: NDArray[np.uint8], starts: NDArray[np.int64]
) -> Iterator[tuple[str, int | None]]:
    ends = starts + _LENGTHS + _numbers(data, starts, 4)
    counts = _numbers(data, ends + _FREQUENCY_AT, 4).tolist()
    firsts = _numbers(data, ends + _FIRST_DOCUMENT_AT, 4).tolist()
    for (a, b), count, first in zip(_spans(data, starts), counts, firsts, strict=True):
        yield raw[a:b].decode(), first if count == 1 else None


def _spans(data: NDArray[np.uint8], starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Where the term of each entry begins and ends."""
    ends = starts + _LENGTHS + _numbers(data, starts, 4)
    return zip((starts + _HEAD.size).tolist(), ends.tolist(), strict=True)


def _numbers(data: NDArray[np.uint8], at: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """The big-endian numbers of ``size`` bytes at many places."""
    found = np.zeros(len(at), np.int64)
    for offset in range(size):
        found = (found << 8) | data[at + offset]
    return found
