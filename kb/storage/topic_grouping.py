"""Which key and which wording belongs to which topic, in SQLite, and what keys mean.

Keys have their vectors beside them (float16, 768 bytes with the default model), so that
each is computed once.  Only wordings without a topic are ever given one; what agents have
decided about is moved by agents alone.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from kb.content_gaps.grouping_store import KnownKey, PlacedKey, Placement
from kb.content_gaps.models import TopicState, Wording
from kb.storage.sqlite import SqliteFile, translated_errors
from kb.storage.sqlite_library import Connection

Row = tuple[Any, ...]
T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TOPIC = 0
"""The topic of wordings without a word in them; there is no topic with this number."""
_AT_ONCE = 500
"""Keys written in one transaction: a search that is recorded meanwhile waits for 20 ms."""
_TOUCHED = (
    "(state <> 'new' OR label <> '' OR assignee <> '' OR due_day IS NOT NULL"
    " OR merged_into IS NOT NULL"
    " OR EXISTS (SELECT 1 FROM topic_events WHERE topic_events.topic_id = topics.id))"
)


class SqliteGroupingStore:
    """Implements ``kb.content_gaps.grouping_store.GroupingStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def list_ungrouped(self, limit: int) -> list[Wording]:
        """Wordings of failed searches that belong to no topic yet, the oldest first."""
        rows = self._all(
            "SELECT id, text, (SELECT count(*) FROM searches WHERE wording_id = wordings.id)"
            " FROM wordings WHERE failed = 1 AND topic_id IS NULL ORDER BY id LIMIT ?",
            (limit,),
        )
        return [Wording(*row) for row in rows]

    def list_one_off(self, least: int) -> frozenset[int]:
        """Ungrouped wordings of a single visit with at least so many of them."""
        rows = self._all(
            "WITH once AS (SELECT wordings.id, min(searches.visit_id) AS visit FROM wordings"
            " JOIN searches ON searches.wording_id = wordings.id"
            " WHERE wordings.failed = 1 AND wordings.topic_id IS NULL"
            " GROUP BY 1 HAVING min(searches.visit_id) = max(searches.visit_id))"
            " SELECT id FROM once WHERE visit IN"
            " (SELECT visit FROM once GROUP BY 1 HAVING count(*) >= ?)",
            (least,),
        )
        return frozenset(row[0] for row in rows)

    def list_keys(self) -> dict[str, int]:
        """Every key with the number of its topic, in the order of topics."""
        return dict(self._all("SELECT key, topic_id FROM topic_keys ORDER BY topic_id, key"))

    def list_known(self, model: str) -> list[KnownKey]:
        """Every key that customers searched, with its vector of this model; none of noise."""
        rows = self._all(
            "SELECT topic_keys.key, topic_id, model, iif(model = ?, vector, NULL) FROM topic_keys"
            " LEFT JOIN key_vectors ON key_vectors.key = topic_keys.key"
            " WHERE topic_id NOT IN (SELECT id FROM topics WHERE is_noise = 1) ORDER BY 1",
            (model,),
        )
        return [KnownKey(*row) for row in rows]

    def list_touched(self) -> Set[int]:
        """The topics that somebody has decided about, or done anything with."""
        return {row[0] for row in self._all(f"SELECT id FROM topics WHERE {_TOUCHED}")}  # noqa: S608

    def find_texts(self, keys: Sequence[str]) -> dict[str, str]:
        """The most frequent wording of each of the keys that have one."""
        found: dict[str, str] = {}
        for some in _slices(keys):
            chosen = f"key IN ({', '.join('?' * len(some))})"
            found |= self._all(
                "SELECT key, text FROM (SELECT key, text, max((SELECT count(*) FROM searches"  # noqa: S608
                f" WHERE wording_id = wordings.id)) FROM wordings WHERE {chosen} GROUP BY key)",
                some,
            )
        return found

    def set_aside(self, wordings: Sequence[int]) -> None:
        """These have no words: they belong to no topic, for good."""
        for some in _slices(wordings):
            with self._file.transaction():
                self._run_many(
                    "UPDATE wordings SET topic_id = ?, key = '' WHERE id = ? AND topic_id IS NULL",
                    [(_NO_TOPIC, wording) for wording in some],
                )

    def put_with_noise(self, keys: Mapping[str, Sequence[int]], at: datetime) -> None:
        """These wordings, by key, are noise."""
        for some in _slices(list(keys.items())):
            with self._file.transaction():
                found = self._all("SELECT id FROM topics WHERE is_noise = 1 ORDER BY id LIMIT 1")
                into = found[0][0] if found else self._add_topic(at, is_noise=1)
                for key, wordings in some:
                    self._put(PlacedKey(key, tuple(wordings)), into)

    def place(self, placements: Sequence[Placement], at: datetime) -> None:
        """Put keys and wordings into topics, as long as nobody else has done so meanwhile."""
        for some in _portions(placements):
            with self._file.transaction():
                for placement in some:
                    self._place(placement, at)

    def _place(self, placement: Placement, at: datetime) -> None:
        into = self._follow(placement.into)
        if into is None and all(self._find_topic(placed.key) for placed in placement.keys):
            into = self._find_topic(placement.keys[0].key)
        if into is None:
            into = self._add_topic(at)
        for topic in placement.absorbed:
            self._absorb(topic, into)
        for placed in placement.keys:
            self._put(placed, into)

    def _put(self, placed: PlacedKey, into: int) -> None:
        execute = self._connection.execute
        execute(
            "INSERT OR IGNORE INTO topic_keys (key, topic_id) VALUES (?, ?)", (placed.key, into)
        )
        if placed.model is not None:
            execute(
                "INSERT INTO key_vectors (key, model, vector) VALUES (?, ?, ?) ON CONFLICT (key)"
                " DO UPDATE SET model = excluded.model, vector = excluded.vector",
                (placed.key, placed.model, placed.vector),
            )
        if placed.wordings:
            # The key may have got another topic while this one was looked for.
            topic = self._find_topic(placed.key)
            self._run_many(
                "UPDATE wordings SET topic_id = ?, key = ? WHERE id = ? AND topic_id IS NULL",
                [(topic, placed.key, wording) for wording in placed.wordings],
            )

    def _absorb(self, topic: int, into: int) -> None:
        if topic == into:
            return
        free = self._all(f"SELECT 1 FROM topics WHERE id = ? AND NOT {_TOUCHED}", (topic,))  # noqa: S608
        if not free:
            return
        execute = self._connection.execute
        for table in ("topic_keys", "wordings"):
            execute(f"UPDATE {table} SET topic_id = ? WHERE topic_id = ?", (into, topic))  # noqa: S608
        # Its counts are found through it (the view counted_topic_days).
        # Its number leads on: somebody may have the page open, or have written it down.
        execute("UPDATE topics SET merged_into = ? WHERE id = ?", (into, topic))

    def _follow(self, topic: int | None) -> int | None:
        seen: set[int] = set()
        while topic is not None and topic not in seen:
            seen.add(topic)
            rows = self._all("SELECT merged_into FROM topics WHERE id = ?", (topic,))
            if not rows or rows[0][0] is None:
                return topic if rows else None
            topic = rows[0][0]
        return topic

    def _find_topic(self, key: str) -> int | None:
        rows = self._all("SELECT topic_id FROM topic_keys WHERE key = ?", (key,))
        return int(rows[0][0]) if rows else None

    def _add_topic(self, at: datetime, *, is_noise: int = 0) -> int:
        cursor = self._connection.execute(
            "INSERT INTO topics (state, created_at, is_noise) VALUES (?, ?, ?)",
            (TopicState.NEW, (at - _EPOCH) // timedelta(milliseconds=1), is_noise),
        )
        return int(cursor.lastrowid or 0)

    @property
    def _connection(self) -> Connection:
        return self._file.connection().conn

    def _run_many(self, sql: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(sql, rows)

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with translated_errors(self._file.path):
            return self._connection.execute(sql, values).fetchall()


def _slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _portions(placements: Sequence[Placement]) -> Iterator[list[Placement]]:
    portion: list[Placement] = []
    keys = 0
    for placement in placements:
        portion.append(placement)
        keys += len(placement.keys) + len(placement.absorbed)
        if keys >= _AT_ONCE:
            yield portion
            portion, keys = [], 0
    if portion:
        yield portion
