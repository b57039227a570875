"""Reads what was learned from the search log, for a publish: one query over counts.

Without sqlite-utils, which takes longer to import than this query to run, and without
making a database where there is none: who publishes articles need not have one.
"""

from collections.abc import Mapping
from pathlib import Path

from kb.errors import DatabaseError
from kb.search_log.models import LEARNED_FROM_VISITS
from kb.storage.sqlite_library import BUSY_TIMEOUT_MS, SqliteError, sqlite3

LEARNED = (
    "FROM wording_answers AS answers JOIN wording_visits AS asked USING (wording)"
    f" WHERE answers.visits >= {LEARNED_FROM_VISITS} AND answers.last_day > answers.first_day"
    " AND 2 * answers.visits >= asked.visits AND answers.removed = 0"
)
"""Enough visits, on more than one day, most of those that searched it, and nobody objects."""


class SqliteLearnedWordings:
    """Implements ``kb.publishing.store.LearnedWordings`` on the database of the search log."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Mapping[str, tuple[str, ...]]:
        """Wordings by slug, those with most visits first; none where there is no database."""
        found: dict[str, list[str]] = {}
        try:
            if not self._path.exists():
                return {}
            # Not immutable: the site writes this file while it is read.
            connection = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=BUSY_TIMEOUT_MS / 1000,
            )
            try:
                for slug, wording in self._query(connection):
                    found.setdefault(slug, []).append(wording)
            finally:
                connection.close()
        except (SqliteError, OSError) as error:
            raise DatabaseError(f"The database {self._path} cannot be read: {error}.") from error
        return {slug: tuple(wordings) for slug, wordings in found.items()}

    def _query(self, connection: sqlite3.Connection) -> list[tuple[str, str]]:
        tables = (
            "SELECT count(*) FROM sqlite_master WHERE name IN ('wording_answers', 'wording_visits')"
        )
        if connection.execute(tables).fetchone()[0] < 2:
            return []  # of an earlier version; the next search or job brings it up to date
        return connection.execute(
            f"SELECT slug, wording {LEARNED} ORDER BY slug, answers.visits DESC, wording"
        ).fetchall()
