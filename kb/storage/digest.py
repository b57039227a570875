"""What the digest reads and remembers, in SQLite. Days are days since 1970, in UTC."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kb.digest.models import AnsweredTopic, Effect, TopicDemand, UnhelpfulArticle, Week
from kb.storage.search_log_file import from_ms, to_day, to_ms
from kb.storage.sqlite import SqliteFile, translated_errors

_EFFECT_DAYS = 7
_TOPICS = 1_000
"""More new topics than anybody will read; the rest of them is counted no more."""


class SqliteDigestStore:
    """Implements ``kb.digest.store.DigestStore``; shares its file with the outbox."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    @contextmanager
    def transaction(self) -> Iterator[object]:
        """All or nothing, messages of the outbox included."""
        with self._file.transaction() as database:
            yield database

    def list_demand(self, week: Week) -> list[TopicDemand]:
        """Topics with failed searches in the week, most visits first; ignored ones are left out."""
        first, last = to_day(week.first), to_day(week.last)
        begin = to_ms(_midnight(week.first))
        rows = self._all(
            "SELECT topics.id, topics.label,"
            " count(DISTINCT CASE WHEN searches.day >= ?1 THEN searches.visit_id END) AS visits,"
            " count(DISTINCT CASE WHEN searches.day < ?1 THEN searches.visit_id END),"
            # A topic gets its row some time after its first search, or with an import.
            " topics.created_at >= ?3 AND NOT EXISTS (SELECT 1 FROM wordings AS own"
            " JOIN searches AS earlier ON earlier.wording_id = own.id AND earlier.failed = 1"
            " WHERE own.topic_id = topics.id AND earlier.day < ?1)"
            " FROM searches JOIN wordings ON wordings.id = searches.wording_id"
            " JOIN topics ON topics.id = wordings.topic_id"
            " WHERE searches.failed = 1 AND searches.day BETWEEN ?1 - 7 AND ?2"
            " AND topics.state <> 'ignored' AND topics.is_noise = 0"
            " GROUP BY topics.id HAVING visits > 0 ORDER BY visits DESC, topics.id LIMIT ?4",
            (first, last, begin, _TOPICS),
        )
        return [
            TopicDemand(r[0], r[1] or self._find_label(r[0], first, last), r[2], r[3], bool(r[4]))
            for r in rows
        ]

    def list_answered(self, week: Week, now: datetime) -> list[AnsweredTopic]:
        """Topics that were answered in the week, with what changed until now."""
        begin = _midnight(week.first)
        rows = self._all(
            "SELECT * FROM (SELECT id, label, answer, coalesce(answered_at,"
            " (SELECT max(happened_at) FROM topic_events WHERE topic_id = topics.id"
            " AND action = 'answered')) AS answered FROM topics"
            " WHERE state = 'answered' AND merged_into IS NULL)"
            " WHERE answered >= ? AND answered < ? ORDER BY answered, id",
            (to_ms(begin), to_ms(begin + timedelta(days=7))),
        )
        return [self._build_answered(row, now) for row in rows]

    def count_failed(self, topic_id: int, since: date, until: date) -> int:
        """Failed searches on a topic, both days included."""
        rows = self._all(
            "SELECT count(*) FROM wordings JOIN searches"
            " ON searches.wording_id = wordings.id AND searches.failed = 1"
            " WHERE wordings.topic_id = ? AND searches.day BETWEEN ? AND ?",
            (topic_id, to_day(since), to_day(until)),
        )
        return int(rows[0][0])

    def list_unhelpful(self, week: Week, limit: int) -> list[UnhelpfulArticle]:
        """Articles with most votes of the week that say no; titles are slugs here."""
        begin = _midnight(week.first)
        rows = self._all(
            "SELECT slug, sum(helpful = 0) AS no, sum(helpful = 1) AS yes FROM votes"
            " WHERE voted_at >= ? AND voted_at < ? GROUP BY slug HAVING no > 0"
            " ORDER BY no DESC, yes, slug LIMIT ?",
            (to_ms(begin), to_ms(begin + timedelta(days=7)), limit),
        )
        return [UnhelpfulArticle(slug, slug, no, yes) for slug, no, yes in rows]

    def is_sent(self, week: Week) -> bool:
        """Whether the digest of this week has been sent."""
        return bool(self._all("SELECT 1 FROM digests_sent WHERE week = ?", (str(week),)))

    def mark_sent(self, week: Week, at: datetime, mails: int) -> bool:
        """Remember that it is sent, in a transaction; False when it had been already."""
        cursor = self._file.connection().conn.execute(
            "INSERT INTO digests_sent (week, sent_at, mails) VALUES (?, ?, ?)"
            " ON CONFLICT (week) DO NOTHING",
            (str(week), to_ms(at), mails),
        )
        return int(cursor.rowcount) == 1

    def has_declined(self, account_id: int) -> bool:
        """Whether the account wants no digest."""
        return bool(self._all("SELECT 1 FROM digests_declined WHERE account_id = ?", (account_id,)))

    def set_declined(self, account_id: int, declined: bool) -> None:
        """Whether the account wants no digest."""
        statement = (
            "INSERT INTO digests_declined (account_id) VALUES (?) ON CONFLICT DO NOTHING"
            if declined
            else "DELETE FROM digests_declined WHERE account_id = ?"
        )
        with self._file.transaction() as database:
            database.conn.execute(statement, (account_id,))

    def _build_answered(self, row: tuple[Any, ...], now: datetime) -> AnsweredTopic:
        topic_id, label, slug, answered = row
        answered_at = from_ms(answered)
        day = answered_at.date()
        # Neither the day of the answer nor today, which is not over, belongs to a side.
        days = max(0, min(_EFFECT_DAYS, (now.date() - day).days - 1))
        one = timedelta(days=1)
        effect = Effect(
            days,
            self.count_failed(topic_id, day - days * one, day - one),
            self.count_failed(topic_id, day + one, day + days * one),
        )
        found = label or self._find_label(topic_id, 0, to_day(date.max))
        return AnsweredTopic(topic_id, found, answered_at, slug, effect)

    def _find_label(self, topic_id: int, first: int, last: int) -> str:
        rows = self._all(
            "SELECT wordings.text FROM wordings LEFT JOIN searches"
            " ON searches.wording_id = wordings.id AND searches.failed = 1"
            " AND searches.day BETWEEN ? AND ?"
            " WHERE wordings.topic_id = ? GROUP BY wordings.id"
            " ORDER BY count(searches.id) DESC, wordings.id LIMIT 1",
            (first, last, topic_id),
        )
        return str(rows[0][0]) if rows else str(topic_id)

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
