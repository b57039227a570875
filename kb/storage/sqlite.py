"""The database: one SQLite file that is read and written, brought up to date when opened."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kb.errors import DatabaseError
from kb.storage.sqlite_library import BUSY_TIMEOUT_MS, SqliteError, sqlite3


class SqliteFile:
    """One SQLite file in WAL mode with a connection for each thread.

    ``synchronous=FULL`` keeps a committed transaction through a power cut, ``NORMAL``
    only through a crash of the process; both never corrupt the file. ``migrations`` are
    applied when the file is opened, so that it is right whoever opens it first.
    """

    def __init__(
        self,
        path: Path,
        *,
        synchronous: str = "FULL",
        busy_timeout_ms: int = BUSY_TIMEOUT_MS,
        migrations: Migrations | None = None,
    ) -> None:
        self.path = path
        self.busy_timeout_ms = busy_timeout_ms
        self._migrations = migrations
        self._synchronous = synchronous
        self._local = threading.local()

    def connection(self) -> Database:
        """This thread's connection, opened at first use.

        Raises:
            DatabaseError: the file cannot be opened; names it and says what to do.
        """
        database: Database | None = getattr(self._local, "database", None)
        if database is None:
            with translated_errors(self.path):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(
                    str(self.path), timeout=self.busy_timeout_ms / 1000, check_same_thread=False
                )
                database = Database(connection)
                database.conn.execute("PRAGMA journal_mode=WAL")
                database.conn.execute(f"PRAGMA synchronous={self._synchronous}")
                database.conn.execute("PRAGMA foreign_keys=ON")
                # What is deleted, by retention or on demand, is gone from the file as well.
                database.conn.execute("PRAGMA secure_delete=ON").fetchall()
                self._migrate(database)
                self._local.database = database
        return database

    def _migrate(self, database: Database) -> None:
        if self._migrations is None or not self._migrations.pending(database):
            return
        # One process migrates, the others wait for it and find nothing left to do.
        database.conn.execute("BEGIN IMMEDIATE")
        try:
            self._migrations.apply(database)
        except BaseException:
            database.conn.rollback()
            raise
        database.conn.commit()

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """All or nothing: commits at the end, rolls back on an exception.

        Raises:
            DatabaseError: locked for too long, read-only, full or damaged.
        """
        database = self.connection()
        with translated_errors(self.path):
            # IMMEDIATE, because a reader that turns writer in mid-transaction is refused
            # at once where a writer from the start waits for its turn.
            database.conn.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.conn.rollback()
                raise
            database.conn.commit()

    def close(self) -> None:
        """Close this thread's connection; it is opened again when needed."""
        database: Database | None = getattr(self._local, "database", None)
        if database is not None:
            database.close()
            self._local.database = None


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's and the file system's exceptions into ``DatabaseError``."""
    try:
        yield
    except (SqliteError, OSError) as error:
        text = str(error)
        if "locked" in text:
            advice = "another process holds it; try again, and look for a stuck `kb` command"
        elif "readonly" in text or isinstance(error, PermissionError):
            advice = "make the file and its folder writable for this user"
        elif "malformed" in text or "not a database" in text:
            advice = "move it away and restore a backup"
        else:
            advice = "check the path in KB_DATABASE, its permissions and the free disk space"
        raise DatabaseError(f"The database {path} cannot be used ({text}): {advice}.") from error
