"""Requests to be told in SQLite. The only link to the search log is the text of a wording."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from kb.notifications.models import AnsweredTopic, TellMeRequest
from kb.storage.search_log_file import from_ms, to_ms
from kb.storage.sqlite import SqliteFile, translated_errors

_COLUMNS = "key, email, text, normalised, is_confirmed, expires_at, language"
_CONFIRMED = """
WITH RECURSIVE asked (key, topic_id) AS (
    SELECT key, coalesce(
        (SELECT nullif(topic_id, 0) FROM wordings
         WHERE wordings.normalised = tell_me_requests.normalised), topic_id)
    FROM tell_me_requests WHERE is_confirmed = 1
    UNION
    SELECT asked.key, topics.merged_into FROM asked JOIN topics ON topics.id = asked.topic_id
    WHERE topics.merged_into IS NOT NULL
),
waiting AS (
    SELECT asked.key, topics.id AS topic_id, topics.state, topics.answer
    FROM asked JOIN topics ON topics.id = asked.topic_id WHERE topics.merged_into IS NULL
)
"""
"""Who waits for which topic, as agents have merged and split them until now."""


class SqliteNotificationStore:
    """Implements ``kb.notifications.store.NotificationStore``; shares its file with the outbox."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    @contextmanager
    def transaction(self) -> Iterator[object]:
        """All or nothing, messages of the outbox included."""
        with self._file.transaction() as database:
            yield database

    def add(self, request: TellMeRequest) -> None:
        """Keep a new request."""
        self._run(
            f"INSERT INTO tell_me_requests ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (request.key, request.email, request.text, request.normalised,
             request.is_confirmed, to_ms(request.expires_at), request.language),
        )  # fmt: skip

    def find(self, email: str, normalised: str) -> TellMeRequest | None:
        """What this address asked with this text, confirmed or not."""
        return self._find("normalised = ? AND email = ? COLLATE NOCASE", (normalised, email))

    def find_by_key(self, key: str) -> TellMeRequest | None:
        """One request."""
        return self._find("key = ?", (key,))

    def confirm(self, key: str, expires_at: datetime) -> None:
        """The address is its owner's."""
        self._run(
            "UPDATE tell_me_requests SET is_confirmed = 1, expires_at = ? WHERE key = ?",
            (to_ms(expires_at), key),
        )

    def remove(self, key: str) -> None:
        """Delete the request with its address; it need not exist."""
        self._run("DELETE FROM tell_me_requests WHERE key = ?", (key,))

    def list_expired(self, now: datetime) -> list[str]:
        """Keys of requests whose time is over."""
        rows = self._all("SELECT key FROM tell_me_requests WHERE expires_at <= ?", (to_ms(now),))
        return [row[0] for row in rows]

    def keep_wordings(self) -> None:
        """Make sure that the wordings of confirmed requests exist and count as failed.

        Somebody who opened a hit and still wants to be told was not answered; and retention
        deletes wordings that nobody has searched lately, while somebody still waits.
        """
        # "WHERE" between SELECT and ON CONFLICT is what tells SQLite's parser them apart.
        self._run(
            "INSERT INTO wordings (normalised, text, failed)"
            " SELECT normalised, min(text), 1 FROM tell_me_requests WHERE is_confirmed = 1"
            " GROUP BY normalised"
            " ON CONFLICT (normalised) DO UPDATE SET failed = 1 WHERE failed = 0",
            (),
        )
        self._run(
            "UPDATE tell_me_requests SET topic_id = wordings.topic_id FROM wordings"
            " WHERE wordings.normalised = tell_me_requests.normalised AND wordings.topic_id > 0"
            " AND tell_me_requests.topic_id IS NOT wordings.topic_id",
            (),
        )

    def list_waiting(self, topic_id: int) -> list[TellMeRequest]:
        """Confirmed requests whose wording belongs to the topic now."""
        rows = self._all(
            f"{_CONFIRMED} SELECT {_COLUMNS} FROM tell_me_requests WHERE key IN"  # noqa: S608
            " (SELECT key FROM waiting WHERE topic_id = ?)",
            (topic_id,),
        )
        return [_request_from(row) for row in rows]

    def list_answered(self) -> list[AnsweredTopic]:
        """Answered topics that somebody waits for."""
        rows = self._all(
            f"{_CONFIRMED} SELECT DISTINCT topic_id, answer FROM waiting"  # noqa: S608
            " WHERE state = 'answered' AND answer <> '' ORDER BY topic_id",
            (),
        )
        return [AnsweredTopic(*row) for row in rows]

    def count_waiting(self, topic_ids: Collection[int]) -> dict[int, int]:
        """How many wait for each of these topics; those without are left out."""
        marks = ", ".join("?" * len(topic_ids))
        rows = self._all(
            f"{_CONFIRMED} SELECT topic_id, count(*) FROM waiting"  # noqa: S608
            f" WHERE topic_id IN ({marks}) GROUP BY topic_id",
            tuple(topic_ids),
        )
        return dict(rows)

    def _find(self, condition: str, values: Sequence[Any]) -> TellMeRequest | None:
        rows = self._all(
            f"SELECT {_COLUMNS} FROM tell_me_requests WHERE {condition}",  # noqa: S608
            values,
        )
        return _request_from(rows[0]) if rows else None

    def _run(self, sql: str, values: Sequence[Any]) -> None:
        self._file.connection().conn.execute(sql, values)

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _request_from(row: tuple[Any, ...]) -> TellMeRequest:
    key, email, text, normalised, is_confirmed, expires_at, language = row
    return TellMeRequest(
        key, email, text, normalised, bool(is_confirmed), from_ms(expires_at), language
    )
