"""An opened Whoosh index behind the engine interface."""

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path

import numpy as np
from whoosh.index import FileIndex

from kb.content.models import Audience
from kb.search.engine import EngineHit, EngineResult, FieldRanking, GiveWay, wait_for_nobody
from kb.search.engines.byte_cache import ByteCache
from kb.search.engines.segment import Segment
from kb.search.engines.selection import count_matches, select_best
from kb.search.engines.whoosh_ranking import Caches, Scorer, Scores
from kb.search.engines.whoosh_segment import open_segment
from kb.search.filters import EVERYTHING_PUBLIC, SearchFilters
from kb.search.query import QueryTerm

_FILTER_BYTES = 4_000_000
"""Filters come from the address of the page, so there may be any number of them."""
_ALL_WORDS = 10_000
"""Up to so many articles there is room for every word; in more, words that are in one article
only are left out, most of them numbers of models."""
_WARM_SHARE = 0.9
"""How much of the room for terms warming fills; the rest is for what is asked besides."""
_WARM_SECONDS = 0.3
"""How long one call may take: who calls has other things to look after."""
_WARM_SLICE, _WARM_PAUSE = 0.0005, 0.1
"""Seconds of work after which warming lets requests go first, and for how long at most."""


@dataclass(frozen=True)
class _Opened:
    scorer: Scorer
    keys: Sequence[str]


class WhooshReader:
    """One immutable Whoosh index; safe to use from several threads at once."""

    def __init__(
        self,
        index: FileIndex,
        folder: Path,
        fields: Mapping[str, FieldRanking],
        caches: Caches,
    ) -> None:
        self._index = index
        self._folder = folder
        self._fields = fields
        self._caches = caches
        self._reader = index.reader()
        self._count = int(self._reader.doc_count())
        self._segments: list[Segment] = []
        self._opened: _Opened | None = None
        self._opening = threading.Lock()
        self._closed = False
        self._to_warm: Iterator[str] | None = None
        self._room = 0.0
        self._allowed: ByteCache[SearchFilters, Scores] = ByteCache(_FILTER_BYTES)

    def count(self) -> int:
        """How many documents there are."""
        return self._count

    def document_frequency(self, term: str) -> int:
        """The highest frequency in any one field."""
        return self._open().scorer.document_frequency(term)

    def search(
        self,
        terms: Sequence[QueryTerm],
        limit: int,
        *,
        filters: SearchFilters = EVERYTHING_PUBLIC,
        required: Collection[str] = (),
        excluded: Collection[str] = (),
    ) -> EngineResult:
        """Rank by BM25 over all fields; every term is optional unless it is required."""
        opened = self._open()
        scores = opened.scorer.score(terms, self._allow(filters), required, excluded)
        total = count_matches(scores)
        best = select_best(scores, opened.keys, limit, total)
        return EngineResult(total, tuple(starmap(EngineHit, best)))

    def warm(self, give_way: GiveWay = wait_for_nobody) -> bool:
        """Work out what the commonest terms add to scores, as many as can be kept."""
        scorer = self._open().scorer
        if self._to_warm is None:
            self._to_warm = iter(self._common_terms())
            self._room = self._caches.terms.limit * _WARM_SHARE
        end = time.perf_counter() + _WARM_SECONDS
        rest = time.perf_counter() + _WARM_SLICE
        for term in self._to_warm:
            self._room -= scorer.term(term).nbytes
            if self._room < 0:
                self._to_warm = iter(())
                break
            now = time.perf_counter()
            if now > end:
                return False
            if now > rest:
                give_way(_WARM_PAUSE)
                rest = time.perf_counter() + _WARM_SLICE
        return True

    def close(self) -> None:
        """Close all files."""
        with self._opening:
            if self._closed:
                return
            self._closed = True
            if self._opened is not None:
                self._opened.scorer.forget()
            for segment in self._segments:
                segment.close()
            self._reader.close()
            self._index.close()

    def _common_terms(self) -> Iterable[str]:
        counts: dict[str, int] = {}
        minimum = 1 if self._count <= _ALL_WORDS else 2
        for segment in self._segments:
            for term, count in segment.common_terms(minimum).items():
                counts[term] = counts.get(term, 0) + count
        return sorted(counts, key=lambda term: -counts[term])

    def _open(self) -> _Opened:
        # At the first search, since a publish opens indexes only to see that they open.
        if self._opened is None:
            with self._opening:
                if self._opened is None:
                    self._opened = self._read_segments()
        return self._opened

    def _read_segments(self) -> _Opened:
        self._segments = [
            open_segment(reader, self._folder, self._fields, self._caches.tables)
            for reader, _ in self._reader.leaf_readers()
            if reader.doc_count_all()
        ]
        keys = [key for segment in self._segments for key in segment.document_keys()]
        return _Opened(Scorer(self._segments, self._fields, self._caches), keys)

    def _allow(self, filters: SearchFilters) -> Scores | None:
        """1 for the documents that may be found and 0 for others; None when all may."""
        allowed = self._allowed.get(filters)
        if allowed is None:
            allowed = self._work_out(filters)
            self._allowed.put(filters, allowed)
        return allowed if len(allowed) else None

    def _work_out(self, filters: SearchFilters) -> Scores:
        scorer = self._open().scorer
        allowed = np.ones(scorer.padded, np.float32)
        for field, value in (
            ("collections", filters.collection),
            ("kind", filters.kind),
            ("products", filters.product),
        ):
            if value:
                inside = np.zeros(scorer.padded, np.float32)
                inside[scorer.documents(field, value)] = 1
                allowed *= inside
        if filters.audience is not Audience.STAFF:
            allowed[scorer.documents("internal", "yes")] = 0
        return allowed if not allowed.all() else np.empty(0, np.float32)
