"""The search log in SQLite: visits and what happens in them.

A wording (a normalised query text) has one row and searches refer to it by number:
grouping a million searches then compares integers.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from kb.search_log.models import (
    Opening,
    Outcome,
    RecordedSearch,
    Source,
    Visit,
    Vote,
    VoteReason,
)
from kb.storage.search_log_file import DAY_MS, Row, from_ms, to_day, to_ms
from kb.storage.search_reports import SearchReports
from kb.storage.search_retention import SearchRetention
from kb.storage.sqlite import SqliteFile

_COLUMNS = (
    "visit_id", "recorded_at", "touched_at", "day", "wording_id", "text", "searched",
    "correction", "stage", "mode", "total", "confidence", "weak", "language", "shown",
    "took_ms", "source", "opens_visit", "opened", "helpful", "contacted", "outcome", "failed",
    "returned",
)  # fmt: skip
_INSERT = f"INSERT INTO searches ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_UPDATE = f"UPDATE searches SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE id = ?"  # noqa: S608
_MAX_VISIT_SEARCHES = 50
"""A person searches a handful of times; the rest of a script's visit is not compared."""


class _KnownWordings(threading.local):
    """Wordings that the transaction of this thread has met: their number, and whether failed."""

    def __init__(self) -> None:
        self.ids: dict[str, tuple[int, bool]] = {}


class SqliteSearchLogStore(SearchRetention, SearchReports):
    """Implements ``kb.search_log.store.SearchLogStore``."""

    def __init__(self, file: SqliteFile) -> None:
        super().__init__(file)
        self._wordings = _KnownWordings()

    @contextmanager
    def transaction(self) -> Iterator[object]:
        """All or nothing, and alone: other writers wait."""
        self._wordings.ids = {}
        with self._file.transaction() as database:
            yield database
        self._wordings.ids = {}

    def find_visit(
        self, token: str, *, started_after: datetime, active_after: datetime
    ) -> Visit | None:
        """The visit with this token if it has not ended."""
        row = self._one(
            "SELECT id, started_at, last_event_at, is_flood FROM visits"
            " WHERE token = ? AND started_at > ? AND last_event_at > ?",
            (token, to_ms(started_after), to_ms(active_after)),
        )
        return Visit(row[0], from_ms(row[1]), from_ms(row[2]), bool(row[3])) if row else None

    def add_visit(self, token: str | None, at: datetime) -> Visit:
        """A new visit."""
        cursor = self._database.conn.execute(
            "INSERT INTO visits (token, started_at, last_event_at) VALUES (?, ?, ?)",
            (token, to_ms(at), to_ms(at)),
        )
        return Visit(int(cursor.lastrowid or 0), at, at)

    def touch_visit(self, visit_id: int, at: datetime) -> None:
        """The visit goes on."""
        self._run(
            "UPDATE visits SET last_event_at = max(last_event_at, ?) WHERE id = ?",
            (to_ms(at), visit_id),
        )

    def list_ended_visits(
        self, inactive_since: datetime, not_after: datetime, limit: int
    ) -> list[int]:
        """Visits that ended and are not closed yet; also those with events after ``not_after``."""
        rows = self._all(
            "SELECT id FROM (SELECT id, last_event_at FROM visits WHERE is_over = 0"
            " AND last_event_at <= ?1 UNION ALL SELECT id, last_event_at FROM visits"
            " WHERE is_over = 0 AND last_event_at > ?2) ORDER BY last_event_at LIMIT ?3",
            (to_ms(inactive_since), to_ms(not_after), limit),
        )
        return [row[0] for row in rows]

    def list_outdated_visits(self, rules: int, limit: int) -> list[int]:
        """Closed visits that were decided by rules older than these."""
        rows = self._all(
            "SELECT id FROM visits WHERE is_over = 1 AND rules < ? LIMIT ?", (rules, limit)
        )
        return [row[0] for row in rows]

    def close_visits(self, visit_ids: Sequence[int], rules: int) -> None:
        """Forget the tokens of visits that are over; they were decided by these rules."""
        self._database.conn.executemany(
            "UPDATE visits SET is_over = 1, token = NULL, rules = ? WHERE id = ?",
            [(rules, visit_id) for visit_id in visit_ids],
        )

    def is_flood(self, visit_id: int) -> bool:
        """Whether the visit belongs to a flood."""
        row = self._one("SELECT is_flood FROM visits WHERE id = ?", (visit_id,))
        return bool(row and row[0])

    def mark_flood(self, visit_ids: Sequence[int]) -> None:
        """Take the searches of these visits out of what failed: nobody asked them."""
        chosen = [(visit_id,) for visit_id in visit_ids]
        run = self._database.conn.executemany
        run("UPDATE visits SET is_flood = 1 WHERE id = ?", chosen)
        run("UPDATE searches SET outcome = NULL, failed = 0 WHERE visit_id = ?", chosen)
        # Texts that failed nowhere else are not to become topics.
        run(
            "UPDATE wordings SET failed = 0 WHERE topic_id IS NULL AND failed = 1"
            " AND id IN (SELECT wording_id FROM searches WHERE visit_id = ?) AND NOT EXISTS"
            " (SELECT 1 FROM searches WHERE wording_id = wordings.id AND failed = 1)",
            chosen,
        )

    def find_visits(self, tokens: Sequence[str]) -> list[int]:
        """The visits with these tokens."""
        marks = ", ".join("?" * len(tokens))
        rows = self._all(f"SELECT id FROM visits WHERE token IN ({marks})", tokens)  # noqa: S608
        return [row[0] for row in rows]

    def count_left_out(self, day: date) -> None:
        """Count a search that is not kept, because it is one of very many."""
        self._run(
            "INSERT INTO flood_days (day, searches) VALUES (?, 1)"
            " ON CONFLICT (day) DO UPDATE SET searches = searches + 1",
            (to_day(day),),
        )

    def list_searches(self, visit_id: int) -> list[RecordedSearch]:
        """The searches of a visit, the one touched last at the end."""
        rows = self._all(
            "SELECT searches.*, wordings.normalised FROM searches"
            " JOIN wordings ON wordings.id = searches.wording_id"
            " WHERE visit_id = ? ORDER BY touched_at DESC, searches.id DESC LIMIT ?",
            (visit_id, _MAX_VISIT_SEARCHES),
        )
        return [_search_from(row) for row in reversed(rows)]

    def list_openings(self, visit_id: int) -> list[Opening]:
        """What was opened in a visit, in order."""
        rows = self._all(
            "SELECT visit_id, search_id, opened_at, slug, position, is_hit FROM openings"
            " WHERE visit_id = ? ORDER BY opened_at, id",
            (visit_id,),
        )
        return [Opening(r[0], r[1], from_ms(r[2]), r[3], r[4], bool(r[5])) for r in rows]

    def add_search(self, search: RecordedSearch) -> int:
        """Keep a new search; the id it got."""
        cursor = self._database.conn.execute(_INSERT, self._values(search))
        return int(cursor.lastrowid or 0)

    def update_search(self, search: RecordedSearch) -> None:
        """Replace the search with this id."""
        self._run(_UPDATE, (*self._values(search), search.id))

    def next_import_run(self) -> int:
        """A number that no import had before."""
        row = self._one("SELECT ifnull(max(run), 0) + 1 FROM imported_rows", ())
        return int(row[0]) if row else 1

    def find_imported(self, import_key: str) -> tuple[int, int] | None:
        """The visit of the row that an import brought under this key, and the run that met it."""
        row = self._one("SELECT visit_id, run FROM imported_rows WHERE key = ?", (import_key,))
        return (row[0], row[1]) if row else None

    def add_import_key(self, import_key: str, visit_id: int, run: int) -> None:
        """Remember a row of an import, so that importing it again adds nothing."""
        self._run(
            "INSERT INTO imported_rows (key, visit_id, run) VALUES (?, ?, ?)",
            (import_key, visit_id, run),
        )

    def set_import_run(self, import_key: str, run: int) -> None:
        """An import has met this row again."""
        self._run("UPDATE imported_rows SET run = ? WHERE key = ?", (run, import_key))

    def set_opening(self, opening: Opening) -> None:
        """Keep what was opened in a visit; the same from the same search only once."""
        known = self._run(
            "UPDATE openings SET opened_at = max(opened_at, ?) WHERE search_id = ? AND slug = ?",
            (to_ms(opening.opened_at), opening.search_id, opening.slug),
        )
        if not known:
            self.add_opening(opening)

    def add_opening(self, opening: Opening) -> None:
        """Keep the first opening of a search that is new."""
        self._run(
            "INSERT INTO openings (visit_id, search_id, opened_at, slug, position, is_hit)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (opening.visit_id, opening.search_id, to_ms(opening.opened_at), opening.slug,
             opening.position, opening.is_hit),
        )  # fmt: skip

    def count_opening(self, day: date, slug: str) -> None:
        """Count an opening, with or without a visit, for what is popular."""
        self._run(
            "INSERT INTO article_days (day, slug, openings) VALUES (?, ?, 1)"
            " ON CONFLICT (day, slug) DO UPDATE SET openings = openings + 1",
            (to_day(day), slug),
        )

    def set_vote(self, vote: Vote) -> None:
        """Keep a vote; the later vote of a visit on an article replaces the earlier."""
        self._run(
            "INSERT INTO votes (visit_id, voted_at, slug, helpful, reason) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (visit_id, slug) DO UPDATE SET helpful = excluded.helpful,"
            " voted_at = excluded.voted_at, reason = excluded.reason",
            (vote.visit_id, to_ms(vote.voted_at), vote.slug, vote.helpful, vote.reason),
        )

    def set_vote_reason(
        self, visit_id: int | None, slug: str, reason: VoteReason, since: datetime
    ) -> None:
        """Add why to the "no" of a visit, or to the latest one without a visit or reason."""
        # Votes without a visit are all alike: any of them that has no reason will do.
        self._run(
            "UPDATE votes SET reason = ?1 WHERE id = (SELECT id FROM votes WHERE slug = ?2"
            " AND helpful = 0 AND voted_at >= ?3 AND visit_id IS ?4"
            " AND (?4 IS NOT NULL OR reason = '') ORDER BY voted_at DESC LIMIT 1)",
            (reason, slug, to_ms(since), visit_id),
        )

    def _values(self, search: RecordedSearch) -> tuple[Any, ...]:
        wording_id = self._wording(search)
        at = to_ms(search.recorded_at)
        return (
            search.visit_id, at, to_ms(search.touched_at), at // DAY_MS, wording_id, search.text,
            search.searched, search.correction, search.stage, search.mode, search.total,
            search.confidence, search.weak, search.language, json.dumps(search.shown),
            search.took_ms, search.source, search.opens_visit, search.opened, search.helpful,
            search.contacted, search.outcome, search.failed, search.returned,
        )  # fmt: skip

    def _wording(self, search: RecordedSearch) -> int:
        known = self._wordings.ids.get(search.normalised)
        if known is not None and (known[1] or not search.failed):
            return known[0]
        wording_id = self._find_or_add_wording(search)
        self._wordings.ids[search.normalised] = (wording_id, search.failed)
        return wording_id

    def _find_or_add_wording(self, search: RecordedSearch) -> int:
        row = self._one(
            "SELECT id, failed FROM wordings WHERE normalised = ?", (search.normalised,)
        )
        if row is None:
            cursor = self._database.conn.execute(
                "INSERT INTO wordings (normalised, text, failed) VALUES (?, ?, ?)",
                (search.normalised, search.text, search.failed),
            )
            return int(cursor.lastrowid or 0)
        if search.failed and not row[1]:
            self._run("UPDATE wordings SET failed = 1 WHERE id = ?", (row[0],))
        return int(row[0])


def _search_from(row: Row) -> RecordedSearch:
    (
        id_, visit_id, recorded_at, touched_at, _day, _wording_id, text, searched, correction,
        stage, mode, total, confidence, weak, language, shown, took_ms, source, opens_visit,
        opened, helpful, contacted, outcome, failed, returned, normalised,
    ) = row  # fmt: skip
    return RecordedSearch(
        visit_id=visit_id,
        recorded_at=from_ms(recorded_at),
        touched_at=from_ms(touched_at),
        text=text,
        normalised=normalised,
        searched=searched,
        correction=correction,
        stage=stage,
        mode=mode,
        total=total,
        confidence=confidence,
        weak=bool(weak),
        language=language,
        shown=tuple(json.loads(shown)),
        took_ms=took_ms,
        source=Source(source),
        opens_visit=bool(opens_visit),
        opened=bool(opened),
        helpful=None if helpful is None else bool(helpful),
        contacted=bool(contacted),
        outcome=None if outcome is None else Outcome(outcome),
        failed=bool(failed),
        returned=bool(returned),
        id=id_,
    )
