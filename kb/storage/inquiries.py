"""Inquiries in SQLite. The only link to the search log are texts without personal data."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from kb.inquiries.models import Entry, EntryKind, GivenAnswer, Inquiry, Status, Tried
from kb.storage.search_log_file import from_ms, to_ms
from kb.storage.sqlite import SqliteFile, translated_errors

Row = tuple[Any, ...]

_COLUMNS = (
    "id, key, email, name, message, question, article, department, status, created_at,"
    " changed_at, due_at, answered_at, tried, assignee"
)
_ENTRY = "kind, text, by, at, before, id, inquiry_id, undone_by"
_OF_TOPIC = """
WITH RECURSIVE same (id) AS (
    SELECT ? UNION SELECT topics.id FROM topics JOIN same ON topics.merged_into = same.id
),
asked (id) AS (
    SELECT DISTINCT inquiry_id FROM inquiry_searches
    JOIN wordings ON wordings.normalised = inquiry_searches.normalised
    WHERE wordings.topic_id IN (SELECT id FROM same)
)
"""
"""The inquiries that followed a search for the topic, as agents have merged and split until now."""


class SqliteInquiryStore:
    """Implements ``kb.inquiries.store.InquiryStore``; shares its file with the outbox."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    @contextmanager
    def transaction(self) -> Iterator[object]:
        """All or nothing, messages of the outbox included."""
        with self._file.transaction() as database:
            yield database

    def add(self, inquiry: Inquiry, wordings: Collection[str]) -> Inquiry:
        """Keep a new inquiry, with the normalised texts that were searched; with its number."""
        tried = msgspec.json.encode(inquiry.tried).decode()
        places = ", ".join("?" * 14)
        cursor = self._run(
            f"INSERT INTO inquiries ({_COLUMNS.removeprefix('id, ')}) VALUES ({places})",  # noqa: S608
            (inquiry.key, inquiry.email, inquiry.name, inquiry.message, inquiry.question,
             inquiry.article, inquiry.department, inquiry.status, to_ms(inquiry.created_at),
             to_ms(inquiry.changed_at), _ms(inquiry.due_at), _ms(inquiry.answered_at), tried,
             inquiry.assignee),
        )  # fmt: skip
        number = int(cursor.lastrowid)
        for text in sorted(wordings):
            self._run("INSERT INTO inquiry_searches VALUES (?, ?)", (number, text))
        return replace(inquiry, id=number)

    def find(self, inquiry_id: int) -> Inquiry | None:
        """One inquiry."""
        return self._find("id = ?", inquiry_id)

    def find_by_key(self, key: str) -> Inquiry | None:
        """The inquiry with this key."""
        return self._find("key = ?", key)

    def list_inquiries(
        self,
        statuses: Sequence[Status],
        limit: int,
        offset: int = 0,
        assignee: str | None = None,
    ) -> list[Inquiry]:
        """Those in one of the statuses: first what is due, the earliest first, then the newest."""
        chosen = ", ".join("?" * len(statuses))
        rows = self._all(
            f"SELECT {_COLUMNS} FROM inquiries WHERE status IN ({chosen})"  # noqa: S608
            " AND assignee = ifnull(?, assignee) ORDER BY answered_at IS NOT NULL OR due_at IS NULL,"
            " iif(answered_at, NULL, due_at), created_at DESC LIMIT ? OFFSET ?",
            (*statuses, assignee, limit, offset),
        )
        return [_read(row) for row in rows]

    def count_by_status(self, assignee: str | None = None) -> Mapping[Status, int]:
        """How many there are; statuses without any are left out."""
        rows = self._all(
            "SELECT status, count(*) FROM inquiries WHERE assignee = ifnull(?, assignee)"
            " GROUP BY status",
            (assignee,),
        )
        return {Status(status): count for status, count in rows}

    def change(
        self, inquiry_id: int, status: Status, at: datetime, answered_at: datetime | None
    ) -> None:
        """Set where it stands."""
        self._run(
            "UPDATE inquiries SET status = ?, changed_at = ?, answered_at = ? WHERE id = ?",
            (status, to_ms(at), _ms(answered_at), inquiry_id),
        )

    def assign(self, inquiry_id: int, assignee: str) -> None:
        """Set who takes care of it."""
        self._run("UPDATE inquiries SET assignee = ? WHERE id = ?", (assignee, inquiry_id))

    def add_entry(self, inquiry_id: int, entry: Entry) -> int:
        """Something happened to it; the number of the entry."""
        at = to_ms(entry.at)
        cursor = self._run(
            "INSERT INTO inquiry_entries (inquiry_id, kind, text, by, at, before)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (inquiry_id, entry.kind, entry.text, entry.by, at, entry.before),
        )
        self._run("UPDATE inquiries SET changed_at = ? WHERE id = ?", (at, inquiry_id))
        return int(cursor.lastrowid)

    def find_entry(self, entry_id: int) -> Entry | None:
        """One entry of any inquiry."""
        rows = self._all(f"SELECT {_ENTRY} FROM inquiry_entries WHERE id = ?", (entry_id,))  # noqa: S608
        return _read_entry(rows[0]) if rows else None

    def mark_undone(self, entry_id: int, by: int) -> None:
        """Note which entry took this one back."""
        self._run("UPDATE inquiry_entries SET undone_by = ? WHERE id = ?", (by, entry_id))

    def list_entries(self, inquiry_id: int) -> list[Entry]:
        """What happened to it, the oldest first."""
        rows = self._all(
            f"SELECT {_ENTRY} FROM inquiry_entries WHERE inquiry_id = ? ORDER BY id",  # noqa: S608
            (inquiry_id,),
        )
        return [_read_entry(row) for row in rows]

    def list_of_topic(self, topic_id: int, limit: int) -> list[Inquiry]:
        """The newest inquiries of customers who searched for the topic before."""
        rows = self._all(
            f"{_OF_TOPIC} SELECT {_COLUMNS} FROM inquiries WHERE id IN asked"  # noqa: S608
            " ORDER BY created_at DESC LIMIT ?",
            (topic_id, limit),
        )
        return [_read(row) for row in rows]

    def count_of_topic(self, topic_id: int) -> int:
        """How many there are."""
        rows = self._all(f"{_OF_TOPIC} SELECT count(*) FROM asked", (topic_id,))  # noqa: S608
        return int(rows[0][0])

    def list_answers(self, topic_id: int, limit: int) -> list[GivenAnswer]:
        """The last reply of each solved inquiry on the topic, the newest first."""
        rows = self._all(
            f"{_OF_TOPIC} SELECT inquiry_id, text, at, max(inquiry_entries.id) FROM inquiry_entries"  # noqa: S608
            " JOIN inquiries ON inquiries.id = inquiry_id"
            " WHERE kind = ? AND status = ? AND inquiry_id IN asked"
            " GROUP BY inquiry_id ORDER BY at DESC LIMIT ?",
            (topic_id, EntryKind.REPLY, Status.SOLVED, limit),
        )
        return [GivenAnswer(number, text, from_ms(at)) for number, text, at, _ in rows]

    def delete(self, inquiry_id: int) -> None:
        """Remove it with everything that belongs to it."""
        self._run("DELETE FROM inquiries WHERE id = ?", (inquiry_id,))

    def list_unchanged(self, before: datetime) -> list[int]:
        """Inquiries to which nothing has happened since."""
        rows = self._all("SELECT id FROM inquiries WHERE changed_at < ?", (to_ms(before),))
        return [row[0] for row in rows]

    def _find(self, condition: str, value: object) -> Inquiry | None:
        rows = self._all(f"SELECT {_COLUMNS} FROM inquiries WHERE {condition}", (value,))  # noqa: S608
        return _read(rows[0]) if rows else None

    def _run(self, sql: str, values: Sequence[Any]) -> Any:  # noqa: ANN401  # a cursor
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values)

    def _all(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _read(row: Row) -> Inquiry:
    number, key, email, name, message, question, article, department, status, *rest = row
    created_at, changed_at, due_at, answered_at, tried, assignee = rest
    return Inquiry(
        number,
        key,
        email,
        name,
        message,
        question,
        article,
        department,
        Status(status),
        from_ms(created_at),
        from_ms(changed_at),
        None if due_at is None else from_ms(due_at),
        None if answered_at is None else from_ms(answered_at),
        msgspec.json.decode(tried, type=Tried),
        assignee,
    )


def _read_entry(row: Row) -> Entry:
    kind, text, by, at, *rest = row
    return Entry(EntryKind(kind), text, by, from_ms(at), *rest)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)
