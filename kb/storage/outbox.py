"""The outbox in SQLite: rows that are gone when their message is. Times are milliseconds since 1970."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from kb.mail.models import Channel, GivenUp, Message, OutboxState, Waiting
from kb.mail.outbox import LONGEST_PAUSE
from kb.storage.search_log_file import from_ms, to_ms
from kb.storage.sqlite import SqliteFile, translated_errors
from kb.storage.sqlite_library import Connection, SqliteError

_MESSAGE = (
    "kind, body, channel, recipient, subject, unsubscribe_url, reference, reply_to, is_to_staff"
)
_SHOWN = 200
_CLOCK_SET_BACK = LONGEST_PAUSE + timedelta(minutes=5)
"""No message is ever due later than that: a later time was written by a clock that was wrong."""


class SqliteOutboxStore:
    """Implements ``kb.mail.store.OutboxStore``; shares the file of those who post."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def add(self, message: Message, message_id: str, at: datetime) -> None:
        """Keep a message, in the transaction that causes it."""
        self._check_transaction()
        self._connection.execute(
            f"INSERT INTO outbox ({_MESSAGE}, message_id, posted_at, next_at)"  # noqa: S608
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (message.kind, message.body, message.channel, message.recipient, message.subject,
             message.unsubscribe_url, message.reference, message.reply_to,
             message.is_to_staff,             message_id, to_ms(at), to_ms(at)),
        )  # fmt: skip

    def cancel(self, reference: str) -> None:
        """Remove the messages that belong to something, in the transaction that ends it."""
        self._check_transaction()
        self._connection.execute("DELETE FROM outbox WHERE reference = ?", (reference,))

    @contextmanager
    def exclusive(self, *, wait: bool) -> Iterator[bool]:
        """Be the only one of all processes that delivers; a killed one leaves no lock behind."""
        path = self._file.path.with_name(self._file.path.name + ".outbox-lock")
        with translated_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("w")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    def list_due(self, now: datetime, channels: Sequence[Channel], limit: int) -> list[Waiting]:
        """The oldest messages whose time has come."""
        marks = ", ".join("?" * len(channels))
        rows = self._all(
            f"SELECT id, message_id, posted_at, attempts, problem, {_MESSAGE} FROM outbox"  # noqa: S608
            " WHERE given_up_at IS NULL AND (next_at <= ? OR next_at > ?)"
            f" AND channel IN ({marks}) ORDER BY id LIMIT ?",
            (to_ms(now), to_ms(now + _CLOCK_SET_BACK), *channels, limit),
        )
        return [_waiting_from(row) for row in rows]

    def find_next(self) -> datetime | None:
        """When the next message is due; None when none waits."""
        rows = self._all("SELECT min(next_at) FROM outbox WHERE given_up_at IS NULL", ())
        return None if rows[0][0] is None else from_ms(rows[0][0])

    def remove(self, waiting_id: int) -> None:
        """The message was delivered: nothing of it is kept."""
        self._run("DELETE FROM outbox WHERE id = ?", (waiting_id,))

    def postpone(self, waiting_id: int, until: datetime, problem: str) -> None:
        """Try it again later."""
        self._run(
            "UPDATE outbox SET attempts = attempts + 1, next_at = ?, problem = ? WHERE id = ?",
            (to_ms(until), problem, waiting_id),
        )

    def postpone_all(self, channel: Channel, until: datetime) -> None:
        """Try none of this channel earlier."""
        self._run(
            "UPDATE outbox SET next_at = ?1 WHERE channel = ?2 AND next_at < ?1"
            " AND given_up_at IS NULL",
            (to_ms(until), channel),
        )

    def give_up(self, waiting_id: int, at: datetime, problem: str) -> None:
        """Try it never again; keep why, but neither the text nor a customer's address."""
        self._run(
            "UPDATE outbox SET given_up_at = ?, problem = ?, body = '', subject = '',"
            " unsubscribe_url = '', reference = '',"
            " recipient = CASE WHEN is_to_staff THEN recipient ELSE '' END WHERE id = ?",
            (to_ms(at), problem, waiting_id),
        )

    def delete_given_up(self, before: datetime) -> None:
        """Forget what was given up before a time."""
        old = "given_up_at < ?"
        if self._all(f"SELECT 1 FROM outbox WHERE {old} LIMIT 1", (to_ms(before),)):  # noqa: S608
            self._run(f"DELETE FROM outbox WHERE {old}", (to_ms(before),))  # noqa: S608

    def get_state(self) -> OutboxState:
        """What waits and what was given up, the latest first."""
        waiting, oldest = self._all(
            "SELECT count(*), min(posted_at) FROM outbox WHERE given_up_at IS NULL", ()
        )[0]
        problems = self._all(
            "SELECT problem FROM outbox WHERE given_up_at IS NULL AND problem <> ''"
            " ORDER BY next_at DESC LIMIT 1",
            (),
        )
        given_up = self._all(
            "SELECT kind, channel, recipient, posted_at, given_up_at, problem FROM outbox"
            " WHERE given_up_at IS NOT NULL ORDER BY given_up_at DESC, id DESC LIMIT ?",
            (_SHOWN,),
        )
        return OutboxState(
            waiting=int(waiting),
            oldest=None if oldest is None else from_ms(oldest),
            problem=problems[0][0] if problems else "",
            given_up=tuple(
                GivenUp(r[0], Channel(r[1]), r[2], from_ms(r[3]), from_ms(r[4]), r[5])
                for r in given_up
            ),
        )

    def erase(self) -> None:
        """Empty the write-ahead log, in which deleted rows can still be read.

        The file itself holds zeros in their place (secure_delete).  Somebody who is reading
        keeps the log alive; the next round of delivery gets another chance.
        """
        connection = self._connection
        connection.execute("PRAGMA busy_timeout=200")
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except SqliteError:
            return  # busy: nothing is lost, only later
        finally:
            connection.execute(f"PRAGMA busy_timeout={self._file.busy_timeout_ms}")

    def close(self) -> None:
        """Close this thread's connection."""
        self._file.close()

    @property
    def _connection(self) -> Connection:
        return self._file.connection().conn

    def _check_transaction(self) -> None:
        if not self._connection.in_transaction:
            raise RuntimeError("a message is posted or cancelled in the transaction that causes it")

    def _run(self, sql: str, values: Sequence[Any]) -> None:
        with self._file.transaction() as database:
            database.conn.execute(sql, values)

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(self._file.path):
            return self._connection.execute(sql, values).fetchall()


def _waiting_from(row: tuple[Any, ...]) -> Waiting:
    id_, message_id, posted_at, attempts, problem, *message = row
    kind, body, channel, recipient, subject, unsubscribe_url, *rest = message
    reference, reply_to, is_to_staff = rest
    return Waiting(
        id=id_,
        message=Message(
            kind=kind,
            body=body,
            channel=Channel(channel),
            recipient=recipient,
            subject=subject,
            unsubscribe_url=unsubscribe_url,
            reference=reference,
            reply_to=reply_to,
            is_to_staff=bool(is_to_staff),
        ),
        message_id=message_id,
        posted_at=from_ms(posted_at),
        attempts=attempts,
        problem=problem,
    )
