"""The one module that chooses the SQLite library, so that every file is used through one.

Debian 12's SQLite 3.40.1 can corrupt a database in WAL mode that several connections
write (fixed in 3.51.3), so ``pysqlite3`` with its own SQLite is used where there is
one.  sqlite-utils makes the same choice (a test says so); it is not imported here,
because files that are only read do not need it and it takes its time.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        import pysqlite3 as sqlite3
    except ImportError:  # no wheel for this platform
        import sqlite3

__all__ = [
    "BUSY_TIMEOUT_MS", "Connection", "SqliteError", "connect", "connect_read_only", "sqlite3",
]  # fmt: skip

BUSY_TIMEOUT_MS = 5_000
"""How long a statement waits for another writer. A request that would wait longer
answers without what it wanted to store."""

_READER_CACHE_KB = 256
"""Room for the inner pages of a large file. Each thread has a connection, the texts that they
read are different ones, and the system caches the file for all of them."""

Connection = sqlite3.Connection
SqliteError = sqlite3.Error


def connect(path: Path, *, journal_mode: str = "WAL", synchronous: str = "FULL") -> Connection:
    """A connection with transactions left to the caller (``BEGIN`` … ``COMMIT``)."""
    connection = sqlite3.connect(
        str(path), timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA journal_mode={journal_mode}")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    return connection


def connect_read_only(path: Path) -> Connection:
    """A connection to a file that nobody writes any more: no locks, no journal."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    connection.execute(f"PRAGMA cache_size=-{_READER_CACHE_KB}")
    return connection
