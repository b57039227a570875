"""Counts attempts in a SQLite file of its own, shared by all workers.

Keys are stored as HMAC under a random salt that is thrown away after its day, so the
file holds no address and yesterday's cannot be worked out.  The price: a window that
spans midnight (UTC) begins anew there.
"""

import hmac
import logging
import math
import secrets
import threading
import time
from pathlib import Path

from sqlite_utils import Database

from kb.accounts.rate_limits import LIMITS, Limit
from kb.clock import Clock
from kb.errors import DatabaseError
from kb.storage.sqlite import SqliteFile

_SCHEMA = (
    "create table if not exists salts (day text primary key, salt blob not null)",
    "create table if not exists attempts (key blob not null, at real not null)",
    "create index if not exists attempts_by_key on attempts (key, at)",
    "create index if not exists attempts_by_time on attempts (at)",
)
_NTH_LAST = "select at from attempts where key = ? and at > ? order by at desc limit 1 offset ?"
_BUSY_MS = 100
"""A request must not wait long for the permission to begin."""
_CLEAN_EVERY = 60.0
_KEPT_SECONDS = max(limit.seconds for limit in LIMITS.values())
_WARN_EVERY = 60.0
"""While the file is unusable every request fails here; one line a minute tells it."""

_log = logging.getLogger(__name__)


class SqliteRateLimiter:
    """The ``RateLimiter`` of all workers of one machine: an exact sliding window."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._file = SqliteFile(path, synchronous="NORMAL")
        self._clock = clock
        # SQLite lets writers sleep until the file is free; threads need not come to that.
        self._writing = threading.Lock()
        self._salt: tuple[str, bytes] = ("", b"")
        self._is_ready = False
        self._cleaned_at = -math.inf
        self._warned_at = -math.inf

    def allow(self, action: str, key: str) -> int:
        """Count one attempt of ``key``: 0 when it may go on, else the seconds to wait."""
        try:
            with self._writing:
                return self._count(LIMITS[action], f"{action}\0{key}")
        except DatabaseError as error:
            self._is_ready = False
            self._salt = ("", b"")
            self._warn(error)
            return 0

    def close(self) -> None:
        """Close this thread's connection."""
        self._file.close()

    def _count(self, limit: Limit, key: str) -> int:
        now = self._clock.now().timestamp()
        with self._file.transaction() as database:
            self._prepare(database, now)
            digest = hmac.digest(
                self._find_salt(database), key.encode("utf-8", "replace"), "sha256"
            )
            blocking = database.execute(
                _NTH_LAST, [digest, now - limit.seconds, limit.count - 1]
            ).fetchone()
            if blocking is not None:
                seconds = math.ceil(float(blocking[0]) + limit.seconds - now)
                return min(limit.seconds, max(1, seconds))
            database.execute("insert into attempts (key, at) values (?, ?)", [digest, now])
        return 0

    def _prepare(self, database: Database, now: float) -> None:
        # Each time, since each thread has a connection of its own.
        database.execute(f"pragma busy_timeout={_BUSY_MS}")
        if not self._is_ready:
            for statement in _SCHEMA:
                database.execute(statement)
            self._is_ready = True
        if abs(now - self._cleaned_at) >= _CLEAN_EVERY:
            database.execute("delete from attempts where at <= ?", [now - _KEPT_SECONDS])
            self._cleaned_at = now

    def _find_salt(self, database: Database) -> bytes:
        day = self._clock.now().date().isoformat()
        if self._salt[0] != day:
            database.execute("delete from salts where day != ?", [day])
            database.execute(
                "insert into salts (day, salt) values (?, ?) on conflict (day) do nothing",
                [day, secrets.token_bytes(32)],
            )
            row = database.execute("select salt from salts where day = ?", [day]).fetchone()
            self._salt = (day, bytes(row[0]))
        return self._salt[1]

    def _warn(self, error: DatabaseError) -> None:
        now = time.monotonic()
        if now - self._warned_at >= _WARN_EVERY:
            self._warned_at = now
            _log.warning("Nobody is limited, because attempts cannot be counted: %s", error)
