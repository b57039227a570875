"""What becomes of old searches in SQLite: counts by day, topic and text, or nothing at all."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType

from kb.search_log.models import KEPT_FROM_VISITS
from kb.storage.search_log_file import DAY_MS, SearchLogFile, to_day, to_ms
from kb.storage.topic_counts import OUTCOME_COLUMNS

_EXPIRED = "FROM searches WHERE id IN (SELECT id FROM expired)"


def _count_by(
    table: str, keys: str, condition: str, also: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Add what is in the table ``expired`` to daily counts.

    A visit counts on the first of its days, so that counts of several days can be added up.
    """
    sums = {
        "searches": "1",
        "failed": "failed",
        **{column: f"outcome IS '{name}'" for name, column in OUTCOME_COLUMNS.items()},
        **also,
    }
    names = [*sums, "visits", "failed_visits"]
    source = (
        "FROM (SELECT searches.*, ifnull(wordings.topic_id, 0) AS topic_id FROM searches"  # noqa: S608
        " LEFT JOIN wordings ON wordings.id = wording_id"
        f" WHERE searches.id IN (SELECT id FROM expired)) WHERE {condition}"
    )
    return (
        f"INSERT INTO {table} (day, {keys}, {', '.join(names)})"  # noqa: S608
        f" SELECT day, {keys}, {', '.join(f'sum({name})' for name in names)} FROM ("
        f"SELECT day, {keys}, {', '.join(f'{what} AS {name}' for name, what in sums.items())},"
        f" 0 AS visits, 0 AS failed_visits {source}"
        f" UNION ALL SELECT min(day), {keys}, {', '.join('0' * len(sums))}, 1, max(failed) {source}"
        f" GROUP BY {keys}, visit_id) GROUP BY day, {keys}"
        f" ON CONFLICT (day, {keys}) DO UPDATE SET "
        + ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
    )


_COUNT_EXPIRED = (
    "INSERT INTO search_days (day, outcome, searches, visits, failed, zero_results)"
    " SELECT day, ifnull(outcome, ''), count(*), sum(opens_visit), sum(failed),"
    f" sum(ifnull(total, 1) = 0) {_EXPIRED} GROUP BY 1, 2"
    " ON CONFLICT (day, outcome) DO UPDATE SET searches = searches + excluded.searches,"
    " visits = visits + excluded.visits, failed = failed + excluded.failed,"
    " zero_results = zero_results + excluded.zero_results",
    _count_by("topic_days", "topic_id", "topic_id > 0"),
    # A text that fewer visits searched may tell who searched it.
    _count_by(
        "wording_days",
        "wording_id, topic_id",
        f"wording_id IN (SELECT DISTINCT wording_id {_EXPIRED}"  # noqa: S608
        " AND (wording_id IN (SELECT wording_id FROM wording_days) OR"
        " (SELECT count(*) FROM (SELECT DISTINCT visit_id FROM searches AS others"
        f" WHERE others.wording_id = searches.wording_id LIMIT {KEPT_FROM_VISITS}))"
        f" = {KEPT_FROM_VISITS}))",
        also={"zero_results": "ifnull(total, 1) = 0"},
    ),
)
"""What stays of the searches in the table ``expired``."""


class SearchRetention(SearchLogFile):
    """Counts and deletes; inside a transaction, except ``flush``."""

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
            (days[0] * DAY_MS, (days[1] + 1) * DAY_MS),
        )

    def _choose_expired(self, before: int, limit: int) -> None:
        self._clear_expired()
        self._run(
            "INSERT INTO expired SELECT id FROM searches WHERE day < ? ORDER BY day, visit_id"
            " LIMIT ?",
            (before, limit),
        )
        # The searches of a visit go together, also those after midnight, or it counted twice.
        self._run(
            "INSERT OR IGNORE INTO expired SELECT id FROM searches WHERE day <= ?"
            " AND visit_id IN (SELECT visit_id FROM searches"
            " WHERE id IN (SELECT id FROM expired))",
            (before,),
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
