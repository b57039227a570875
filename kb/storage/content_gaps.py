"""Topics and decisions in SQLite, beside the failed searches of the log that they count.

Times are milliseconds since 1970 and days are days since 1970, as in the search log.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from kb.content_gaps.models import (
    DayDemand,
    Decision,
    OpenedAnyway,
    Topic,
    TopicState,
    Wording,
)
from kb.storage.sqlite import SqliteFile, translated_errors

Row = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9999, 12, 31)
_NO_TOPIC = 0
"""The topic of wordings without a word in them; there is no topic with this number."""
_QUERIES = 50
"""Wordings shown of one topic; the rest are rare."""

_DEMAND = "visits DESC, searches DESC, last DESC, topics.id"
_FAILED = (
    " FROM searches JOIN wordings ON wordings.id = searches.wording_id"
    " JOIN topics ON topics.id = wordings.topic_id"
    " WHERE searches.failed = 1 AND searches.day BETWEEN ? AND ?"
)


class SqliteContentGapStore:
    """Implements ``kb.content_gaps.store.ContentGapStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def list_ungrouped(self, limit: int) -> list[Wording]:
        """Wordings of failed searches that belong to no topic yet."""
        rows = self._all(
            "SELECT id, text, (SELECT count(*) FROM searches WHERE wording_id = wordings.id)"
            " FROM wordings WHERE failed = 1 AND topic_id IS NULL LIMIT ?",
            (limit,),
        )
        return [Wording(*row) for row in rows]

    def list_keys(self) -> list[str]:
        """The keys of all topics."""
        return [row[0] for row in self._all("SELECT key FROM topic_keys ORDER BY topic_id", ())]

    def assign(self, keys: Mapping[int, str], at: datetime) -> None:
        """Put wordings (by id) into the topics with these keys, new ones where needed."""
        with self._file.transaction() as database:
            for wording_id, key in keys.items():
                topic_id = self._find_or_add(database, key, at) if key else _NO_TOPIC
                database.conn.execute(
                    "UPDATE wordings SET topic_id = ?, key = ? WHERE id = ?",
                    (topic_id, key, wording_id),
                )

    def _find_or_add(self, database: Database, key: str, at: datetime) -> int:
        row = database.conn.execute(
            "SELECT topic_id FROM topic_keys WHERE key = ?", (key,)
        ).fetchone()
        if row is not None:
            return int(row[0])
        topic_id = database.conn.execute(
            "INSERT INTO topics (state, created_at) VALUES (?, ?)", (TopicState.NEW, _to_ms(at))
        ).lastrowid
        database.conn.execute(
            "INSERT INTO topic_keys (key, topic_id) VALUES (?, ?)", (key, topic_id)
        )
        return int(topic_id or 0)

    def list_topics(
        self,
        since: date,
        until: date,
        states: Collection[TopicState],
        limit: int,
        offset: int,
        *,
        newest_first: bool = False,
    ) -> list[Topic]:
        """Topics in these states with failed searches in these days, most demand first."""
        order = "topics.id DESC" if newest_first else _DEMAND
        rows = self._all(
            "SELECT topics.id, topics.state, topics.reason, topics.answer, count(*) AS searches,"
            " count(DISTINCT searches.visit_id) AS visits, min(searches.recorded_at),"
            f" max(searches.recorded_at) AS last {_FAILED} AND topics.state IN ({_marks(states)})"
            f" GROUP BY topics.id ORDER BY {order} LIMIT ? OFFSET ?",
            (_to_day(since), _to_day(until), *states, limit, offset),
        )
        return self._build_topics(rows, since, until)

    def count_topics(self, since: date, until: date, states: Collection[TopicState]) -> int:
        """How many topics ``list_topics`` has in all."""
        rows = self._all(
            f"SELECT count(DISTINCT topics.id) {_FAILED} AND topics.state IN ({_marks(states)})",
            (_to_day(since), _to_day(until), *states),
        )
        return int(rows[0][0])

    def find_topic(self, topic_id: int) -> Topic | None:
        """One topic over all its failed searches that are kept."""
        rows = self._all(
            "SELECT topics.id, topics.state, topics.reason, topics.answer, count(searches.id),"
            " count(DISTINCT searches.visit_id),"
            " ifnull(min(searches.recorded_at), topics.created_at),"
            " ifnull(max(searches.recorded_at), topics.created_at) FROM topics"
            " LEFT JOIN wordings ON wordings.topic_id = topics.id"
            " LEFT JOIN searches ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE topics.id = ? GROUP BY topics.id",
            (topic_id,),
        )
        return next(iter(self._build_topics(rows, _FIRST_DAY, _LAST_DAY)), None)

    def list_days(self, topic_id: int, since: date, until: date) -> list[DayDemand]:
        """The failed searches of a topic, on days that have any."""
        rows = self._all(
            "SELECT searches.day, count(*) FROM wordings JOIN searches"
            " ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE wordings.topic_id = ? AND searches.day BETWEEN ? AND ? GROUP BY 1",
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

    def decide(self, topic_id: int, decision: Decision, *, reason: str, answer: str) -> None:
        """Set the state of a topic, and keep who did so."""
        with self._file.transaction() as database:
            changed = database.conn.execute(
                "UPDATE topics SET state = ?, reason = ?, answer = ? WHERE id = ?",
                (decision.state, reason, answer, topic_id),
            ).rowcount
            if changed:
                database.conn.execute(
                    "INSERT INTO topic_events"
                    " (topic_id, happened_at, account_email, action, note) VALUES (?, ?, ?, ?, ?)",
                    (topic_id, _to_ms(decision.decided_at), decision.account_email,
                     decision.state, decision.note),
                )  # fmt: skip

    def list_decisions(self, topic_id: int) -> list[Decision]:
        """What was decided about a topic, the latest first."""
        rows = self._all(
            "SELECT happened_at, account_email, action, note FROM topic_events"
            " WHERE topic_id = ? ORDER BY id DESC",
            (topic_id,),
        )
        return [Decision(_from_ms(r[0]), r[1], TopicState(r[2]), r[3]) for r in rows]

    def delete_empty(self) -> int:
        """Delete new topics whose searches are all gone; how many."""
        empty = (
            "SELECT id FROM topics WHERE state = 'new' AND NOT EXISTS"
            " (SELECT 1 FROM wordings WHERE wordings.topic_id = topics.id)"
        )
        with self._file.transaction() as database:
            database.conn.execute(f"DELETE FROM topic_keys WHERE topic_id IN ({empty})")  # noqa: S608
            return int(database.conn.execute(f"DELETE FROM topics WHERE id IN ({empty})").rowcount)  # noqa: S608

    def _build_topics(self, rows: Sequence[Row], since: date, until: date) -> list[Topic]:
        span = (_to_day(since), _to_day(until))
        return [self._build_topic(row, span) for row in rows]

    def _build_topic(self, row: Row, span: tuple[int, int]) -> Topic:
        topic_id, state, reason, answer, searches, visits, first, last = row
        queries = self._list_queries(topic_id, span)
        return Topic(
            id=topic_id,
            label=queries[0][0] if queries else self._label_without_searches(topic_id),
            state=TopicState(state),
            reason=reason,
            answer=answer,
            searches=searches,
            visits=visits,
            first=_from_ms(first),
            last=_from_ms(last),
            outcomes=self._count_outcomes(topic_id, span),
            queries=queries,
        )

    def _list_queries(self, topic_id: int, span: tuple[int, int]) -> tuple[tuple[str, int], ...]:
        rows = self._all(
            "SELECT wordings.text, count(*) FROM wordings JOIN searches"
            " ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE wordings.topic_id = ? AND searches.day BETWEEN ? AND ?"
            " GROUP BY wordings.id ORDER BY 2 DESC, wordings.id LIMIT ?",
            (topic_id, *span, _QUERIES),
        )
        return tuple((row[0], row[1]) for row in rows)

    def _count_outcomes(self, topic_id: int, span: tuple[int, int]) -> dict[str, int]:
        rows = self._all(
            "SELECT searches.outcome, count(*) FROM wordings JOIN searches"
            " ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE wordings.topic_id = ? AND searches.day BETWEEN ? AND ?"
            " GROUP BY 1 ORDER BY 2 DESC, 1",
            (topic_id, *span),
        )
        return {row[0]: row[1] for row in rows}

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


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _to_ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


def _to_day(day: date) -> int:
    return (day - _EPOCH.date()).days
