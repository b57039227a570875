"""The search log in SQLite. Times are milliseconds since 1970, days are days since 1970, in UTC.

A wording (a normalised query text) has one row and searches refer to it by number:
grouping a million searches then compares integers.  Rates come from one covering
index, and what retention deletes stays in ``search_days`` as counts.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from kb.search_log.models import (
    KEPT_FROM_VISITS,
    DayCount,
    ExportedSearch,
    Opening,
    Outcome,
    RecordedSearch,
    Source,
    TopArticle,
    TopSearch,
    UnhelpfulArticle,
    Visit,
    Vote,
    VoteReason,
)
from kb.storage.sqlite import SqliteFile, translated_errors

Row = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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


_DAY_COUNTS = (
    "SELECT day, ifnull(outcome, '') AS outcome, count(*) AS searches,"
    " sum(opens_visit) AS visits, sum(failed) AS failed,"
    " sum(ifnull(total, 1) = 0) AS zero_results FROM searches"
)
_EXPIRED = "FROM searches WHERE id IN (SELECT id FROM expired)"
_COUNT_EXPIRED = (
    "INSERT INTO search_days (day, outcome, searches, visits, failed, zero_results)"
    " SELECT day, ifnull(outcome, ''), count(*), sum(opens_visit), sum(failed),"
    f" sum(ifnull(total, 1) = 0) {_EXPIRED} GROUP BY 1, 2"
    " ON CONFLICT (day, outcome) DO UPDATE SET searches = searches + excluded.searches,"
    " visits = visits + excluded.visits, failed = failed + excluded.failed,"
    " zero_results = zero_results + excluded.zero_results",
    "INSERT INTO topic_days (day, topic_id, searches, visits, failed)"
    " SELECT day, topic_id, count(*), count(DISTINCT visit_id), sum(searches.failed)"
    " FROM searches JOIN wordings ON wordings.id = wording_id"
    " WHERE searches.id IN (SELECT id FROM expired) AND topic_id > 0 GROUP BY 1, 2"
    " ON CONFLICT (topic_id, day) DO UPDATE SET searches = searches + excluded.searches,"
    " visits = visits + excluded.visits, failed = failed + excluded.failed",
    # A text that fewer visits searched may tell who searched it.
    "INSERT INTO wording_days (day, wording_id, searches, visits, failed, zero_results)"  # noqa: S608
    " SELECT day, wording_id, count(*), count(DISTINCT visit_id), sum(failed),"
    f" sum(ifnull(total, 1) = 0) {_EXPIRED} AND wording_id IN (SELECT DISTINCT wording_id"
    f" {_EXPIRED} AND (wording_id IN (SELECT wording_id FROM wording_days) OR"
    " (SELECT count(*) FROM (SELECT DISTINCT visit_id FROM searches AS others"
    f" WHERE others.wording_id = searches.wording_id LIMIT {KEPT_FROM_VISITS}))"
    f" = {KEPT_FROM_VISITS})) GROUP BY 1, 2"
    " ON CONFLICT (wording_id, day) DO UPDATE SET searches = searches + excluded.searches,"
    " visits = visits + excluded.visits, failed = failed + excluded.failed,"
    " zero_results = zero_results + excluded.zero_results",
)
"""What stays of the searches in the table ``expired``."""


class _KnownWordings(threading.local):
    """Wordings that the transaction of this thread has met: their number, and whether failed."""

    def __init__(self) -> None:
        self.ids: dict[str, tuple[int, bool]] = {}


class SqliteSearchLogStore:
    """Implements ``kb.search_log.store.SearchLogStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
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

    def delete_searches(self, before: date, limit: int) -> int:
        """Turn the oldest searches before a day into daily counts; how many they were."""
        self._choose_expired(to_day(before), limit)
        for statement in _COUNT_EXPIRED:
            self._run(statement, ())
        return self._delete_expired()

    def erase_searches(self, since: date, until: date, limit: int) -> int:
        """Delete searches of these days without counting them; how many they were."""
        self._clear_expired()
        self._run(
            "INSERT INTO expired SELECT id FROM searches WHERE day BETWEEN ? AND ? LIMIT ?",
            (to_day(since), to_day(until), limit),
        )
        return self._delete_expired()

    def erase_counts(self, since: date, until: date) -> None:
        """Delete the counts and votes of these days."""
        days = (to_day(since), to_day(until))
        for table in ("search_days", "topic_days", "wording_days", "flood_days", "article_days"):
            self._run(f"DELETE FROM {table} WHERE day BETWEEN ? AND ?", days)  # noqa: S608
        self._run(
            "DELETE FROM votes WHERE voted_at >= ? AND voted_at < ?",
            (days[0] * _DAY_MS, (days[1] + 1) * _DAY_MS),
        )

    def _choose_expired(self, before: int, limit: int) -> None:
        self._clear_expired()
        self._run(
            "INSERT INTO expired SELECT id FROM searches WHERE day < ? ORDER BY day, visit_id"
            " LIMIT ?",
            (before, limit),
        )
        # The searches of a visit on one day go together, or its visits were counted twice.
        last = self._one(
            "SELECT day, visit_id FROM searches WHERE id IN (SELECT id FROM expired)"
            " ORDER BY day DESC, visit_id DESC LIMIT 1",
            (),
        )
        if last is not None:
            self._run(
                "INSERT OR IGNORE INTO expired"
                " SELECT id FROM searches WHERE visit_id = ?2 AND day = ?1",
                (last[0], last[1]),
            )

    def _clear_expired(self) -> None:
        self._run("CREATE TEMP TABLE IF NOT EXISTS expired (id INTEGER PRIMARY KEY)", ())
        self._run("DELETE FROM expired", ())

    def _delete_expired(self) -> int:
        self._run("DELETE FROM openings WHERE search_id IN (SELECT id FROM expired)", ())
        return self._run("DELETE FROM searches WHERE id IN (SELECT id FROM expired)", ())

    def delete_orphans(self, before: date) -> None:
        """Delete visits, openings, wordings and import keys that nothing refers to any more."""
        limit = to_ms(datetime.combine(before, datetime.min.time(), UTC))
        unused = "NOT EXISTS (SELECT 1 FROM searches WHERE"
        self._run(
            f"DELETE FROM wordings WHERE {unused} wording_id = wordings.id)"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM wording_days WHERE wording_id = wordings.id)",
            (),
        )
        self._run(
            f"DELETE FROM visits WHERE last_event_at < ? AND {unused} visit_id = visits.id)",  # noqa: S608
            (limit,),
        )
        self._run("DELETE FROM imported_rows WHERE visit_id NOT IN (SELECT id FROM visits)", ())
        self._run(
            "UPDATE votes SET visit_id = NULL WHERE visit_id NOT IN (SELECT id FROM visits)", ()
        )

    def flush(self) -> None:
        """Bring everything into the database's own file and empty the one beside it."""
        self._all("PRAGMA wal_checkpoint(TRUNCATE)", ())

    def list_exported(
        self, since: date, until: date, after_id: int, limit: int
    ) -> list[tuple[int, ExportedSearch]]:
        """Searches of these days by id, from the one after ``after_id``."""
        rows = self._all(
            "SELECT searches.id, recorded_at, text, total, visit_id, searched, outcome, failed,"
            " confidence, source, language, (SELECT slug FROM openings WHERE search_id ="
            " searches.id AND is_hit = 1 ORDER BY opened_at DESC, id DESC LIMIT 1), opened"
            " FROM searches WHERE id > ? AND day BETWEEN ? AND ? ORDER BY id LIMIT ?",
            (after_id, to_day(since), to_day(until), limit),
        )
        return [(row[0], _exported_from(row)) for row in rows]

    def keep_day_counts(self, before: date, most: int) -> int:
        """Count days before this one that changed since they were counted last; how many."""
        limit = (to_day(before), most)
        changed = "SELECT day FROM changed_days WHERE day < ? ORDER BY day LIMIT ?"
        self._run(f"DELETE FROM day_counts WHERE day IN ({changed})", limit)  # noqa: S608
        self._run(
            f"INSERT INTO day_counts {_DAY_COUNTS} WHERE day IN ({changed}) GROUP BY 1, 2", limit
        )
        return self._run(f"DELETE FROM changed_days WHERE day IN ({changed})", limit)  # noqa: S608

    def count_days(self, since: date, until: date) -> list[DayCount]:
        """The counts of every day that has searches, both ends included."""
        span = "day BETWEEN ?1 AND ?2"
        rows = self._all(
            "SELECT day, outcome, sum(searches), sum(visits), sum(failed), sum(zero_results)"  # noqa: S608
            f" FROM ({_DAY_COUNTS} WHERE day IN (SELECT day FROM changed_days WHERE {span})"
            f" GROUP BY 1, 2 UNION ALL SELECT * FROM day_counts WHERE {span}"
            " AND day NOT IN (SELECT day FROM changed_days)"
            " UNION ALL SELECT day, outcome, searches, visits, failed, zero_results"
            f" FROM search_days WHERE {span}) GROUP BY 1, 2 ORDER BY 1",
            (to_day(since), to_day(until)),
        )
        days: dict[int, list[Row]] = {}
        for row in rows:
            days.setdefault(row[0], []).append(row)
        return [_day_from(day, group) for day, group in days.items()]

    def sum_left_out(self, since: date, until: date) -> int:
        """How many searches ``count_left_out`` counted, both days included."""
        row = self._one(
            "SELECT ifnull(sum(searches), 0) FROM flood_days WHERE day BETWEEN ? AND ?",
            (to_day(since), to_day(until)),
        )
        return int(row[0]) if row else 0

    def list_top_searches(
        self, since: date, until: date, limit: int, *, failed_only: bool = False
    ) -> list[TopSearch]:
        """The most frequent wordings, or those that failed most often."""
        span = (to_day(since), to_day(until))
        order, having = ("failed", " HAVING failed > 0") if failed_only else ("searches", "")
        # Left to itself SQLite reads the rows of the days one by one and sorts them, which
        # takes six times as long as reading this index from end to end.
        rows = self._all(
            "SELECT wordings.text, top.* FROM (SELECT wording_id, sum(searches) AS searches,"  # noqa: S608
            " sum(zero_results), sum(failed) AS failed, max(last) AS last FROM ("
            " SELECT wording_id, count(*) AS searches, sum(ifnull(total, 1) = 0) AS zero_results,"
            " sum(failed) AS failed, max(day) AS last"
            " FROM searches INDEXED BY searches_by_wording"
            " WHERE day BETWEEN ?1 AND ?2 GROUP BY wording_id"
            " UNION ALL SELECT wording_id, sum(searches), sum(zero_results), sum(failed), max(day)"
            " FROM wording_days WHERE day BETWEEN ?1 AND ?2 GROUP BY wording_id)"
            f" GROUP BY wording_id{having} ORDER BY {order} DESC, last DESC, wording_id LIMIT ?3"
            ") AS top JOIN wordings ON wordings.id = top.wording_id"
            f" ORDER BY top.{order} DESC, top.last DESC, top.wording_id",
            (*span, limit),
        )
        return [TopSearch(r[0], r[2], r[3], r[4], from_day(r[5])) for r in rows]

    def list_top_opened(self, since: date, until: date, limit: int) -> list[TopArticle]:
        """The articles opened most."""
        rows = self._all(
            "SELECT slug, sum(openings) AS openings FROM article_days WHERE day BETWEEN ? AND ?"
            " GROUP BY slug ORDER BY openings DESC, slug LIMIT ?",
            (to_day(since), to_day(until), limit),
        )
        return [TopArticle(row[0], row[1]) for row in rows]

    def list_unhelpful(self, since: date, until: date, limit: int) -> list[UnhelpfulArticle]:
        """The articles voted unhelpful most often, with the reasons that were given."""
        span = (to_day(since) * _DAY_MS, (to_day(until) + 1) * _DAY_MS)
        rows = self._all(
            "SELECT slug, helpful, reason, count(*) FROM votes"
            " WHERE voted_at >= ? AND voted_at < ? GROUP BY 1, 2, 3",
            span,
        )
        articles: dict[str, list[Row]] = {}
        for row in rows:
            articles.setdefault(row[0], []).append(row)
        found = [_unhelpful_from(slug, group) for slug, group in articles.items()]
        found.sort(key=lambda article: (-article.unhelpful, article.helpful, article.slug))
        return [article for article in found if article.unhelpful][:limit]

    def list_popular(self, since: date, limit: int) -> list[str]:
        """Slugs of the articles opened most since a day."""
        rows = self._all(
            "SELECT slug FROM article_days WHERE day >= ? GROUP BY slug"
            " ORDER BY sum(openings) DESC, slug LIMIT ?",
            (to_day(since), limit),
        )
        return [row[0] for row in rows]

    @property
    def _database(self) -> Database:
        return self._file.connection()

    def _values(self, search: RecordedSearch) -> tuple[Any, ...]:
        wording_id = self._wording(search)
        at = to_ms(search.recorded_at)
        return (
            search.visit_id, at, to_ms(search.touched_at), at // _DAY_MS, wording_id, search.text,
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

    def _run(self, sql: str, values: Sequence[Any]) -> int:
        return int(self._database.conn.execute(sql, values).rowcount)

    def _one(self, sql: str, values: Sequence[Any]) -> Row | None:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    def _all(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with translated_errors(self._file.path):
            return self._database.conn.execute(sql, values).fetchall()


_DAY_MS = 86_400_000


def to_ms(at: datetime) -> int:
    """An aware time as milliseconds since 1970."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    """The time of so many milliseconds since 1970, in UTC."""
    return _EPOCH + timedelta(milliseconds=value)


def to_day(day: date) -> int:
    """A date as days since 1970."""
    return (day - _EPOCH.date()).days


def from_day(value: int) -> date:
    """The date of so many days since 1970."""
    return _EPOCH.date() + timedelta(days=value)


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


def _day_from(day: int, rows: Sequence[Row]) -> DayCount:
    return DayCount(
        day=from_day(day),
        searches=sum(row[2] for row in rows),
        visits=sum(row[3] for row in rows),
        failed=sum(row[4] for row in rows),
        zero_results=sum(row[5] for row in rows),
        outcomes={Outcome(row[1]): row[2] for row in rows if row[1]},
    )


def _exported_from(row: Row) -> ExportedSearch:
    return ExportedSearch(
        time=from_ms(row[1]),
        query=row[2],
        results=row[3],
        # Only that something was opened is known of some imported searches.
        clicked=row[11] or ("yes" if row[12] else ""),
        visit=row[4],
        searched=row[5],
        outcome=row[6] or "",
        failed=bool(row[7]),
        confidence=row[8],
        source=row[9],
        language=row[10],
    )


def _unhelpful_from(slug: str, rows: Sequence[Row]) -> UnhelpfulArticle:
    against = [row for row in rows if not row[1]]
    return UnhelpfulArticle(
        slug=slug,
        helpful=sum(row[3] for row in rows if row[1]),
        unhelpful=sum(row[3] for row in against),
        reasons={VoteReason(row[2]): row[3] for row in against if row[2]},
    )
