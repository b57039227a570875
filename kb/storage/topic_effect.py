"""Searches of topics before and after their answer, counted in SQLite. Times are ms since 1970."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kb.content_gaps.effect import TopicCounts
from kb.storage.sqlite import SqliteFile, translated_errors

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SqliteTopicEffectStore:
    """Implements ``kb.content_gaps.effect.EffectStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find_first_search(self) -> datetime | None:
        """When the oldest search was recorded that is kept."""
        # Of the first day, since there is an index of days and none of moments.
        rows = self._all(
            "SELECT min(recorded_at) FROM searches WHERE day = (SELECT min(day) FROM searches)", ()
        )
        return None if rows[0][0] is None else _from_ms(rows[0][0])

    def find_answered_at(self, topic_id: int) -> datetime | None:
        """When a topic was answered; None when it is not."""
        rows = self._all(
            "SELECT answered_at FROM topics"
            " WHERE id = ? AND state = 'answered' AND answered_at IS NOT NULL",
            (topic_id,),
        )
        return _from_ms(rows[0][0]) if rows else None

    def count(self, topic_id: int, since: datetime, until: datetime) -> TopicCounts:
        """The decided searches of a topic from a moment on, before another."""
        rows = self._all(
            "SELECT count(*), ifnull(sum(searches.failed), 0), count(DISTINCT searches.visit_id),"
            " count(DISTINCT CASE searches.failed WHEN 1 THEN searches.visit_id END)"
            " FROM wordings JOIN searches ON searches.wording_id = wordings.id"
            " WHERE wordings.topic_id = ? AND searches.outcome IS NOT NULL"
            " AND searches.day BETWEEN ? AND ?"
            " AND searches.recorded_at >= ? AND searches.recorded_at < ?",
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
