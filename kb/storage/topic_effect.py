"""Searches of topics before and after their answer, counted in SQLite. Times are ms since 1970."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kb.content_gaps.effect import TopicCounts
from kb.storage.search_log_file import DAY_MS
from kb.storage.sqlite import SqliteFile, translated_errors
from kb.storage.topic_counts import COUNTED_OF_TOPIC

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SqliteTopicEffectStore:
    """Implements ``kb.content_gaps.effect.EffectStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find_first_search(self) -> datetime | None:
        """When the oldest search was recorded that is kept or counted."""
        # Of the first day, since there is an index of days and none of moments.
        rows = self._all(
            "SELECT min(at) FROM (SELECT min(recorded_at) AS at FROM searches"  # noqa: S608
            " WHERE day = (SELECT min(day) FROM searches)"
            f" UNION ALL SELECT min(day) * {DAY_MS} FROM search_days)",
            (),
        )
        return None if rows[0][0] is None else _from_ms(rows[0][0])

    def find_counted_until(self) -> datetime | None:
        """The end of the last day of which there are counts instead of searches."""
        rows = self._all("SELECT max(day) FROM search_days", ())
        return None if rows[0][0] is None else _from_ms((rows[0][0] + 1) * DAY_MS)

    def find_answered_at(self, topic_id: int) -> datetime | None:
        """When a topic was answered; None when it is not."""
        rows = self._all(
            "SELECT answered_at FROM topics"
            " WHERE id = ? AND state = 'answered' AND answered_at IS NOT NULL",
            (topic_id,),
        )
        return _from_ms(rows[0][0]) if rows else None

    def count(self, topic_id: int, since: datetime, until: datetime) -> TopicCounts:
        """The decided searches of a topic from a moment on, before another.

        Counts are of whole days: those that begin and end within are taken.
        """
        rows = self._all(
            "SELECT sum(searches), sum(failed), sum(visits), sum(failed_visits) FROM"  # noqa: S608
            " (SELECT count(*) AS searches, ifnull(sum(searches.failed), 0) AS failed,"
            " count(DISTINCT searches.visit_id) AS visits,"
            " count(DISTINCT CASE searches.failed WHEN 1 THEN searches.visit_id END)"
            " AS failed_visits"
            " FROM wordings JOIN searches ON searches.wording_id = wordings.id"
            " WHERE wordings.topic_id = ?1 AND searches.outcome IS NOT NULL"
            " AND searches.day BETWEEN ?2 AND ?3"
            " AND searches.recorded_at >= ?4 AND searches.recorded_at < ?5"
            " UNION ALL SELECT ifnull(sum(searches), 0), ifnull(sum(failed), 0),"
            " ifnull(sum(visits), 0), ifnull(sum(failed_visits), 0)"
            f" FROM {COUNTED_OF_TOPIC} WHERE day * {DAY_MS} >= ?4 AND (day + 1) * {DAY_MS} <= ?5)",
            (topic_id, _to_day(since), _to_day(until), _to_ms(since), _to_ms(until)),
        )
        return TopicCounts(*rows[0])

    def list_failing_again(self, since: datetime, visits: int) -> list[int]:
        """Answered topics that failed in so many visits since, after they were answered."""
        rows = self._all(
            "SELECT topics.id FROM topics JOIN wordings ON wordings.topic_id = topics.id"
            " JOIN searches ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE topics.state = 'answered' AND topics.merged_into IS NULL"
            " AND searches.day >= ? AND searches.recorded_at >= ?"
            " AND searches.recorded_at >= topics.answered_at"
            " GROUP BY topics.id HAVING count(DISTINCT searches.visit_id) >= ? ORDER BY topics.id",
            (_to_day(since), _to_ms(since), visits),
        )
        return [row[0] for row in rows]

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _to_day(at: datetime) -> int:
    return (at - _EPOCH).days


def _to_ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)
