"""What agents decided about topics, in SQLite; the trail keeps changes as JSON.

Times are milliseconds since 1970 and days are days since 1970, as in the search log.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kb.content_gaps.models import (
    Action,
    Change,
    Marks,
    Move,
    TopicEvent,
    TopicState,
    Wording,
)
from kb.storage.sqlite import SqliteFile, translated_errors
from kb.storage.topic_counts import FAILED_BY_WORDING

Row = tuple[Any, ...]
JsonObject = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_DAY = (date.max - _EPOCH.date()).days
_MARKS = "state, label, reason, answer, assignee, due_day, merged_into, answered_at"
_EVENT = "id, topic_id, happened_at, account_email, action, note, change, undone_by"


class SqliteTriageStore:
    """Implements ``kb.content_gaps.triage_store.TriageStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    @contextmanager
    def transaction(self) -> Iterator[object]:
        """All or nothing, and alone: other writers wait."""
        with self._file.transaction() as database:
            yield database

    def find_marks(self, topic_id: int) -> Marks | None:
        """What was decided about a topic, None when there is no such topic."""
        rows = self._all(f"SELECT {_MARKS} FROM topics WHERE id = ?", (topic_id,))  # noqa: S608
        return _marks_from(rows[0]) if rows else None

    def set_marks(self, topic_id: int, marks: Marks) -> None:
        """Replace what was decided about a topic."""
        values = _marks_values(marks)
        names = ", ".join(f"{name} = ?" for name in _MARKS.split(", "))
        self._run(f"UPDATE topics SET {names} WHERE id = ?", (*values, topic_id))  # noqa: S608

    def add_topic(self, at: datetime) -> int:
        """A new topic without wordings; its number."""
        return self._insert(
            "INSERT INTO topics (state, created_at) VALUES (?, ?)", (TopicState.NEW, _to_ms(at))
        )

    def list_wordings(self, topic_id: int) -> list[Wording]:
        """The wordings of a topic, the most frequent first."""
        rows = self._all(
            "SELECT wordings.id, wordings.text, ifnull(sum(counts.failed), 0) FROM wordings"  # noqa: S608
            f" LEFT JOIN ({FAILED_BY_WORDING}) AS counts ON counts.id = wordings.id"
            " WHERE wordings.topic_id = ?1 GROUP BY wordings.id ORDER BY 3 DESC, wordings.id",
            (topic_id, 0, _LAST_DAY),
        )
        return [Wording(*row) for row in rows]

    def move(self, source: int, target: int, wordings: Sequence[int] | None) -> Move:
        """Put wordings (all when None) into another topic, with the keys only they have."""
        if wordings is None:
            rows = self._all("SELECT id FROM wordings WHERE topic_id = ?", (source,))
            wordings = [row[0] for row in rows]
            keys = [r[0] for r in self._all(
                "SELECT key FROM topic_keys WHERE topic_id = ?", (source,))]  # fmt: skip
        else:
            keys = self._list_own_keys(source, wordings)
        move = Move(source, target, tuple(wordings), tuple(keys))
        self._place(move, source, target)
        return move

    def move_back(self, move: Move) -> None:
        """Take a move back, as far as the wordings are still where it put them."""
        self._place(move, move.target, move.source)

    def add_event(
        self,
        topic_id: int,
        at: datetime,
        account_email: str,
        action: Action,
        note: str,
        change: Change | None,
    ) -> int:
        """Add a line to the trail; its number."""
        text = json.dumps(_change_object(change)) if change else ""
        return self._insert(
            "INSERT INTO topic_events (topic_id, happened_at, account_email, action, note, change)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (topic_id, _to_ms(at), account_email, action, note, text),
        )

    def find_event(self, event_id: int) -> TopicEvent | None:
        """One line of the trail."""
        rows = self._all(f"SELECT {_EVENT} FROM topic_events WHERE id = ?", (event_id,))  # noqa: S608
        return _event_from(rows[0]) if rows else None

    def list_events(self, topic_id: int) -> list[TopicEvent]:
        """The trail of a topic, the latest first."""
        rows = self._all(
            f"SELECT {_EVENT} FROM topic_events WHERE topic_id = ? ORDER BY id DESC",  # noqa: S608
            (topic_id,),
        )
        return [_event_from(row) for row in rows]

    def mark_undone(self, event_id: int, by: int) -> None:
        """Note which event took this one back."""
        self._run("UPDATE topic_events SET undone_by = ? WHERE id = ?", (by, event_id))

    def _list_own_keys(self, topic_id: int, wordings: Sequence[int]) -> list[str]:
        chosen = set(wordings)
        rows = self._all("SELECT id, key FROM wordings WHERE topic_id = ?", (topic_id,))
        staying = {key for wording, key in rows if wording not in chosen}
        return sorted({key for wording, key in rows if wording in chosen and key} - staying)

    def _place(self, move: Move, source: int, target: int) -> None:
        execute = self._file.connection().conn.executemany
        execute(
            "UPDATE wordings SET topic_id = ? WHERE id = ? AND topic_id = ?",
            [(target, wording, source) for wording in move.wordings],
        )
        execute(
            "UPDATE topic_keys SET topic_id = ? WHERE key = ? AND topic_id = ?",
            [(target, key, source) for key in move.keys],
        )

    def _insert(self, sql: str, values: Sequence[Any]) -> int:
        return int(self._file.connection().conn.execute(sql, values).lastrowid or 0)

    def _run(self, sql: str, values: Sequence[Any]) -> None:
        self._file.connection().conn.execute(sql, values)

    def _all(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _marks_values(marks: Marks) -> Row:
    return (
        marks.state.value, marks.label, marks.reason, marks.answer, marks.assignee,
        (marks.due - _EPOCH.date()).days if marks.due else None,
        marks.merged_into,
        _to_ms(marks.answered_at) if marks.answered_at else None,
    )  # fmt: skip


def _marks_from(row: Sequence[Any]) -> Marks:
    state, label, reason, answer, assignee, due, merged_into, answered_at = row
    return Marks(
        state=TopicState(state),
        label=label,
        reason=reason,
        answer=answer,
        assignee=assignee,
        due=None if due is None else day_from(due),
        merged_into=merged_into,
        answered_at=None if answered_at is None else _from_ms(answered_at),
    )


def _change_object(change: Change) -> JsonObject:
    return {
        "before": {str(number): _marks_values(marks) for number, marks in change.before.items()},
        "after": {str(number): _marks_values(marks) for number, marks in change.after.items()},
        "moves": [[m.source, m.target, m.wordings, m.keys] for m in change.moves],
        "added": change.added,
    }


def _change_from(text: str) -> Change:
    read: JsonObject = json.loads(text)
    return Change(
        before={int(number): _marks_from(row) for number, row in read["before"].items()},
        after={int(number): _marks_from(row) for number, row in read["after"].items()},
        moves=tuple(Move(m[0], m[1], tuple(m[2]), tuple(m[3])) for m in read["moves"]),
        added=read["added"],
    )


def _event_from(row: Row) -> TopicEvent:
    number, topic_id, at, email, action, note, change, undone_by = row
    return TopicEvent(
        number, topic_id, _from_ms(at), email, Action(action), note,
        _change_from(change) if change else None, undone_by,
    )  # fmt: skip


def day_from(days: int) -> date:
    """The day that is stored as so many days since 1970."""
    return _EPOCH.date() + timedelta(days=days)


def _to_ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)
