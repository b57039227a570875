"""Takes over another system's search log, so that the first day is not empty.

A row that cannot be read is reported and the others are taken over.  Rows are known by
their time and redacted text, so that the same file, or a longer one, can be imported
again.  Nothing grows with the file: what is remembered of it has a bound, and the
database tells the rest.
"""

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kb.search.models import SearchOutcome, SearchPage, Stage
from kb.search_log.models import (
    ImportedSearch,
    ImportProblem,
    ImportResult,
    Opening,
    RecordedSearch,
    Source,
)
from kb.search_log.outcomes import RULES, settle_visit
from kb.search_log.recording import MAX_KEPT, VisitRecorder
from kb.search_log.store import SearchLogStore

BATCH = 500
"""Rows written at once: long enough to be quick, short enough that no customer waits."""

MOST_PROBLEMS = 1_000
"""Rows that are told one by one; more are counted."""

_REMEMBERED = 50_000
"""Visits, and texts with their time, that are held in memory."""


class LogImporter:
    """Adds rows of another log to this one, as searches of visits that are over."""

    def __init__(self, store: SearchLogStore, recorder: VisitRecorder, pause: timedelta) -> None:
        self._store = store
        self._recorder = recorder
        self._pause = pause
        self._run = 0
        self._visits: OrderedDict[str, tuple[int, datetime, int]] = OrderedDict()
        self._seen: OrderedDict[str, int] = OrderedDict()
        self._counts: Counter[str] = Counter()

    def run(self, rows: Iterable[ImportedSearch | ImportProblem]) -> ImportResult:
        """Import what can be imported.

        Raises:
            DatabaseError: the rows up to the last full batch are kept; import again.
        """
        problems: list[ImportProblem] = []
        batch: list[tuple[ImportedSearch, RecordedSearch]] = []
        self._run = self._store.next_import_run()
        for row in rows:
            if isinstance(row, ImportProblem):
                self._counts["problems"] += 1
                if len(problems) < MOST_PROBLEMS:
                    problems.append(row)
                continue
            # Redacted here, outside of the transaction, where nobody waits for it.
            batch.append((row, self._build(row)))
            if len(batch) == BATCH:
                self._write(batch)
                batch = []
        self._write(batch)
        return ImportResult(
            imported=self._counts["imported"],
            folded=self._counts["folded"],
            known=self._counts["known"],
            problems=tuple(problems),
            problem_count=self._counts["problems"],
        )

    def _build(self, row: ImportedSearch) -> RecordedSearch:
        page = SearchPage(
            query=row.query, searched=row.query, correction=None, stage=Stage.ANY_WORDS,
            outcome=SearchOutcome.CONFIDENT, confidence=0.0, total=row.total or 0, hits=(),
            offset=0, mode="import", degraded=False, took_ms=0.0,
        )  # fmt: skip
        search = self._recorder.build_search(page, row.at, Source.IMPORT, "")
        shown = (row.clicked,) if row.clicked else ()
        return replace(search, total=row.total, shown=shown)

    def _write(self, batch: Sequence[tuple[ImportedSearch, RecordedSearch]]) -> None:
        with self._store.transaction():
            added = [self._add(row, search) for row, search in batch]
            touched = {visit for visit, _ in added if visit}
            # A visit that goes on in the next batch is settled there once more.
            for visit_id in {visit for visit, is_settled in added if visit and not is_settled}:
                self._recorder.settle(visit_id, is_over=True)
            self._store.close_visits(sorted(touched), RULES)

    def _add(self, row: ImportedSearch, search: RecordedSearch) -> tuple[int, bool]:
        """Add one row; the visit it came into, 0 if it was known, and whether that is settled."""
        key, known = self._find_key(f"{row.at.isoformat()} {search.text}")
        if known is not None:
            self._counts["known"] += 1
            self._store.set_import_run(key, self._run)
            self._remember(row, known)
            return 0, True
        if not row.visit:
            return self._add_alone(row, search, key), True
        visit_id = self._visit_of(row)
        is_new = self._recorder.add_or_fold(replace(search, visit_id=visit_id), first_page=True)
        self._store.add_import_key(key, visit_id, self._run)
        self._store.touch_visit(visit_id, row.at)
        self._counts["imported" if is_new else "folded"] += 1
        if row.clicked is not None:
            self._open(visit_id, row)
        return visit_id, False

    def _add_alone(self, row: ImportedSearch, search: RecordedSearch, key: str) -> int:
        """Add a search of which nothing else is known: a visit of its own, decided at once."""
        visit_id = self._store.add_visit(None, row.at).id
        opened = row.clicked is not None
        alone = replace(search, visit_id=visit_id, opens_visit=True, opened=opened)
        search_id = self._store.add_search(settle_visit([alone], is_over=True)[0])
        self._store.add_import_key(key, visit_id, self._run)
        self._counts["imported"] += 1
        if opened:
            self._keep_opening(visit_id, search_id, row, is_new=True)
        return visit_id

    def _open(self, visit_id: int, row: ImportedSearch) -> None:
        search = self._store.list_searches(visit_id)[-1]
        self._store.update_search(replace(search, opened=True, returned=False))
        self._keep_opening(visit_id, search.id, row)

    def _keep_opening(
        self, visit_id: int, search_id: int, row: ImportedSearch, *, is_new: bool = False
    ) -> None:
        keep = self._store.add_opening if is_new else self._store.set_opening
        keep(Opening(visit_id, search_id, row.at, row.clicked or "", None, is_hit=True))
        if row.clicked:
            self._store.count_opening(row.at.date(), row.clicked)

    def _visit_of(self, row: ImportedSearch) -> int:
        visit_id, last, count = self._visits.get(row.visit, (0, row.at, 0))
        # A value that half of the file shares is no visit, and no row may be lost for it.
        if not visit_id or abs(row.at - last) > self._pause or count >= MAX_KEPT:
            visit_id = self._store.add_visit(None, row.at).id
        self._remember(row, visit_id)
        return visit_id

    def _remember(self, row: ImportedSearch, visit_id: int) -> None:
        # The other system's value may be an address or a name: it is used to group
        # the rows of this run and never stored.
        if not row.visit:
            return
        known, _, count = self._visits.pop(row.visit, (0, row.at, 0))
        self._visits[row.visit] = (visit_id, row.at, count + 1 if known == visit_id else 1)
        if len(self._visits) > _REMEMBERED:
            self._visits.popitem(last=False)

    def _find_key(self, plain: str) -> tuple[str, int | None]:
        """The key of the next row with this time and text, and the visit of an earlier import.

        Equal rows are told apart by their number.  Where it was forgotten, the rows that
        this run has brought or met tell it again.
        """
        number = self._seen.pop(plain, 0) + 1
        while True:
            key = hashlib.sha256(f"{plain} {number}".encode()).hexdigest()[:32]
            visit_id, run = self._store.find_imported(key) or (None, 0)
            if run != self._run:
                break
            number += 1
        self._seen[plain] = number
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return key, visit_id
