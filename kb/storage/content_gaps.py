"""Topics and decisions in SQLite, beside the failed searches of the log that they count.

Times are milliseconds since 1970 and days are days since 1970, as in the search log.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kb.content_gaps.demand import OTHER, SEVERITY, Demand, measure_demand
from kb.content_gaps.models import (
    DayDemand,
    OpenedAnyway,
    Topic,
    TopicState,
)
from kb.storage.sqlite import SqliteFile, translated_errors
from kb.storage.topic_counts import (
    COUNTED_OF_TOPIC,
    FAILED_BY_WORDING,
    FAILED_OF_TOPIC,
    OUTCOME_COLUMNS,
    failed_by_topic,
    read_outcomes,
)
from kb.storage.topic_triage import day_from

Row = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9999, 12, 31)
_QUERIES = 50
"""Wordings shown of one topic; the rest are rare."""

_ALL_QUERIES = -1
_SEVERITY = (
    "CASE searches.outcome "
    + " ".join(f"WHEN '{outcome}' THEN {weight}" for outcome, weight in SEVERITY.items())
    + f" ELSE {OTHER} END"
)
_TOPIC = (
    "topics.id, topics.label, topics.state, topics.reason, topics.answer, topics.assignee,"
    " topics.due_day, topics.is_noise"
)
_IS_NOISE, _SEARCHES = 7, 8
"""Places in a row of ``_TOPIC`` with what is counted behind it."""
_DAY_MS = 86_400_000


class SqliteContentGapStore:
    """Implements ``kb.content_gaps.store.ContentGapStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def list_topics(
        self,
        since: date,
        until: date,
        states: Collection[TopicState],
        limit: int,
        offset: int,
        *,
        assignee: str | None = None,
        due_by: date | None = None,
        newest_first: bool = False,
        all_queries: bool = False,
    ) -> list[Topic]:
        """Topics in these states with failed searches in these days, most demand first."""
        chosen, values = _choice(states, assignee, due_by)
        first, last = span = (_to_day(since), _to_day(until))
        rows = self._all(
            f"SELECT {_TOPIC}, sum(searches), sum(visits), min(first), max(last),"  # noqa: S608
            f" sum(severity) / sum(searches) FROM ({failed_by_topic(_SEVERITY)})"
            f" JOIN topics ON topics.id = topic_id WHERE {chosen} GROUP BY topics.id",
            (*span, *values),
        )
        # All are ranked here and a page of them is built: the formula is written down once.
        before = self._count_visits(first - (last - first + 1), first - 1)
        end = (last + 1) * _DAY_MS
        ranked = [(row, _measure(row, before.get(row[0], 0), end)) for row in rows]
        ranked.sort(key=_newest_first if newest_first else _most_demand_first)
        most = _ALL_QUERIES if all_queries else _QUERIES
        return [
            replace(self._build_topic(row[:-1], span, most), demand=demand)
            for row, demand in ranked[offset : offset + limit]
        ]

    def _count_visits(self, first: int, last: int) -> dict[int, int]:
        """Visits that failed in these days, by topic."""
        rows = self._all(
            "SELECT topic_id, sum(visits) FROM (SELECT topic_id, count(*) AS visits"
            " FROM (SELECT DISTINCT wordings.topic_id, searches.visit_id"
            " FROM searches JOIN wordings ON wordings.id = searches.wording_id"
            " WHERE searches.failed = 1 AND searches.day BETWEEN ?1 AND ?2) GROUP BY 1"
            " UNION ALL SELECT topic_id, max(0, sum(failed_visits)) FROM counted_topic_days"
            " WHERE day BETWEEN ?1 AND ?2 GROUP BY 1) GROUP BY 1",
            (first, last),
        )
        return {row[0]: row[1] for row in rows}

    def count_topics(
        self,
        since: date,
        until: date,
        states: Collection[TopicState],
        *,
        assignee: str | None = None,
        due_by: date | None = None,
    ) -> int:
        """How many topics ``list_topics`` has in all."""
        chosen, values = _choice(states, assignee, due_by)
        rows = self._all(
            "SELECT count(*) FROM topics WHERE id IN (SELECT wordings.topic_id"  # noqa: S608
            " FROM searches JOIN wordings ON wordings.id = searches.wording_id"
            " WHERE searches.failed = 1 AND searches.day BETWEEN ?1 AND ?2"
            " UNION SELECT topic_id FROM counted_topic_days"
            " WHERE day BETWEEN ?1 AND ?2 GROUP BY topic_id HAVING sum(failed) > 0)"
            f" AND {chosen}",
            (_to_day(since), _to_day(until), *values),
        )
        return int(rows[0][0])

    def find_topic(self, topic_id: int) -> Topic | None:
        """One topic over all its failed searches, those included that only counts are left of."""
        span = (_to_day(_FIRST_DAY), _to_day(_LAST_DAY))
        rows = self._all(
            f"SELECT {_TOPIC}, ifnull(sum(searches), 0), ifnull(sum(visits), 0),"  # noqa: S608
            " ifnull(min(first), topics.created_at), ifnull(max(last), topics.created_at)"
            f" FROM topics LEFT JOIN ({FAILED_OF_TOPIC}) ON topic_id = topics.id"
            " WHERE topics.id = ?1 GROUP BY topics.id",
            (topic_id,),
        )
        return self._build_topic(rows[0], span, _QUERIES) if rows else None

    def list_days(self, topic_id: int, since: date, until: date) -> list[DayDemand]:
        """The failed searches of a topic, on days that have any."""
        rows = self._all(
            "SELECT day, sum(failed) FROM (SELECT searches.day, count(*) AS failed"  # noqa: S608
            " FROM wordings JOIN searches"
            " ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE wordings.topic_id = ?1 AND searches.day BETWEEN ?2 AND ?3 GROUP BY 1"
            f" UNION ALL SELECT day, failed FROM {COUNTED_OF_TOPIC}"
            " WHERE failed > 0 AND day BETWEEN ?2 AND ?3) GROUP BY day",
            (topic_id, _to_day(since), _to_day(until)),
        )
        return [DayDemand(_EPOCH.date() + timedelta(days=row[0]), row[1]) for row in rows]

    def list_opened_anyway(self, topic_id: int, limit: int) -> list[OpenedAnyway]:
        """What people opened after a failed search on the topic."""
        rows = self._all(
            "SELECT openings.slug, count(*) AS openings FROM wordings"
            " JOIN searches ON searches.wording_id = wordings.id AND searches.failed = 1"
            " JOIN openings ON openings.search_id = searches.id"
            " WHERE wordings.topic_id = ? AND openings.slug <> ''"
            " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
            (topic_id, limit),
        )
        return [OpenedAnyway(*row) for row in rows]

    def list_drafted(self) -> list[int]:
        """Numbers of the topics whose answer is being written."""
        rows = self._all(
            "SELECT id FROM topics WHERE state = ? AND merged_into IS NULL", (TopicState.DRAFTED,)
        )
        return [row[0] for row in rows]

    def delete_empty(self) -> int:
        """Delete new topics whose searches are all gone; how many."""
        empty = (
            "SELECT id FROM topics WHERE state = 'new' AND NOT EXISTS"
            " (SELECT 1 FROM wordings WHERE wordings.topic_id = topics.id)"
            # The number of a topic that went into another leads there.
            " AND ifnull(merged_into, 0) NOT IN (SELECT id FROM topics)"
        )
        with self._file.transaction() as database:
            # Another topic may get the number.
            database.conn.execute(f"DELETE FROM topic_days WHERE topic_id IN ({empty})")  # noqa: S608
            database.conn.execute(f"DELETE FROM topic_keys WHERE topic_id IN ({empty})")  # noqa: S608
            database.conn.execute(
                "DELETE FROM key_vectors WHERE key NOT IN (SELECT key FROM topic_keys)"
            )
            return int(database.conn.execute(f"DELETE FROM topics WHERE id IN ({empty})").rowcount)  # noqa: S608

    def _build_topic(self, row: Row, span: tuple[int, int], most: int) -> Topic:
        topic_id, label, state, reason, answer, assignee, due, is_noise, *counts = row
        searches, visits, first, last = counts
        queries = self._list_queries(topic_id, span, _QUERIES if is_noise else most)
        used = queries[0][0] if queries else self._label_without_searches(topic_id)
        return Topic(
            id=topic_id,
            label=label or used,
            state=TopicState(state),
            reason=reason,
            answer=answer,
            assignee=assignee,
            due=None if due is None else day_from(due),
            searches=searches,
            visits=visits,
            first=_from_ms(first),
            last=_from_ms(last),
            outcomes=self._count_outcomes(topic_id, span),
            queries=queries,
            is_noise=bool(is_noise),
        )

    def _list_queries(
        self, topic_id: int, span: tuple[int, int], most: int
    ) -> tuple[tuple[str, int], ...]:
        rows = self._all(
            f"SELECT text, sum(counts.failed) FROM ({FAILED_BY_WORDING}) AS counts"  # noqa: S608
            " JOIN wordings ON wordings.id = counts.id"
            " GROUP BY wordings.id ORDER BY 2 DESC, wordings.id LIMIT ?4",
            (topic_id, *span, most),
        )
        return tuple((row[0], row[1]) for row in rows)

    def _count_outcomes(self, topic_id: int, span: tuple[int, int]) -> dict[str, int]:
        rows = self._all(
            "SELECT searches.outcome, count(*) FROM wordings JOIN searches"
            " ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE wordings.topic_id = ? AND searches.day BETWEEN ? AND ? GROUP BY 1",
            (topic_id, *span),
        )
        sums = ", ".join(f"ifnull(sum({column}), 0)" for column in OUTCOME_COLUMNS.values())
        counted = self._all(
            f"SELECT {sums} FROM {COUNTED_OF_TOPIC} WHERE day BETWEEN ?2 AND ?3",  # noqa: S608
            (topic_id, *span),
        )
        counts = Counter[str](dict(rows))
        counts.update(read_outcomes(counted[0]))
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def _label_without_searches(self, topic_id: int) -> str:
        rows = self._all(
            "SELECT ifnull((SELECT text FROM wordings WHERE topic_id = topics.id LIMIT 1),"
            " (SELECT key FROM topic_keys WHERE topic_id = topics.id LIMIT 1))"
            " FROM topics WHERE id = ?",
            (topic_id,),
        )
        return str(rows[0][0] or "") if rows else ""

    def _all(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _choice(
    states: Collection[TopicState], assignee: str | None, due_by: date | None
) -> tuple[str, tuple[Any, ...]]:
    """The condition that picks topics, with its values."""
    condition = f"topics.state IN ({_marks(states)})"
    values: tuple[Any, ...] = tuple(states)
    if assignee is not None:
        condition, values = f"{condition} AND topics.assignee = ?", (*values, assignee)
    if due_by is not None:
        condition, values = f"{condition} AND topics.due_day <= ?", (*values, _to_day(due_by))
    return condition, values


def _measure(row: Row, visits_before: int, end: int) -> Demand:
    *_, visits, _first, last, severity = row
    return measure_demand(visits, visits_before, severity, (end - last) / _DAY_MS)


def _most_demand_first(ranked: tuple[Row, Demand]) -> tuple[float, ...]:
    """Noise last, however much of it there is."""
    row, demand = ranked
    return (row[_IS_NOISE], -demand.value, -row[_SEARCHES], row[0])


def _newest_first(ranked: tuple[Row, Demand]) -> tuple[float, ...]:
    row, _ = ranked
    return (row[_IS_NOISE], -row[0])


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _to_ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


def _to_day(day: date) -> int:
    return (day - _EPOCH.date()).days
