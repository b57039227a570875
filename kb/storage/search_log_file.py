"""The file of the search log: reading, writing, and its units of time.

Times are milliseconds since 1970, days are days since 1970, in UTC.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from kb.storage.sqlite import SqliteFile, translated_errors

Row = tuple[Any, ...]

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SearchLogFile:
    """What the parts of the search log's store share."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    @property
    def _database(self) -> Database:
        return self._file.connection()

    def _run(self, sql: str, values: Sequence[Any]) -> int:
        return int(self._database.conn.execute(sql, values).rowcount)

    def _one(self, sql: str, values: Sequence[Any]) -> Row | None:
        rows = self._all(sql, values)
        return rows[0] if rows else None

    def _all(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with translated_errors(self._file.path):
            return self._database.conn.execute(sql, values).fetchall()


def to_ms(at: datetime) -> int:
    """An aware time as milliseconds since 1970."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    """The time of so many milliseconds since 1970, in UTC."""
    return _EPOCH + timedelta(milliseconds=value)


def to_day(day: date) -> int:
    """A date as days since 1970."""
    return (day - _EPOCH.date()).days


def from_day(value: int) -> date:
    """The date of so many days since 1970."""
    return _EPOCH.date() + timedelta(days=value)
