"""Saved filters in the product's own database."""

from collections.abc import Sequence

from kb.accounts.saved_filters import SavedFilter
from kb.storage.sqlite import SqliteFile, translated_errors

_SAVE = """
    INSERT INTO saved_filters (account_id, name, query, saved_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (account_id, name) DO UPDATE SET query = excluded.query, saved_at = excluded.saved_at
"""


class SqliteSavedFilterStore:
    """Implements ``kb.accounts.saved_filters.SavedFilterStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def list_filters(self, account_id: int) -> Sequence[SavedFilter]:
        """Those of one account, by name."""
        database = self._file.connection()
        with translated_errors(self._file.path):
            rows = database.execute(
                "SELECT id, name, query FROM saved_filters WHERE account_id = ?"
                " ORDER BY name COLLATE NOCASE, id",
                (account_id,),
            ).fetchall()
        return [SavedFilter(*row) for row in rows]

    def save_filter(self, account_id: int, name: str, query: str, at: str) -> None:
        """Keep it; one with the same name becomes this one."""
        with self._file.transaction() as database:
            database.execute(_SAVE, (account_id, name, query, at))

    def remove_filter(self, account_id: int, filter_id: int) -> bool:
        """Forget it; False when the account has no such filter."""
        with self._file.transaction() as database:
            cursor = database.execute(
                "DELETE FROM saved_filters WHERE id = ? AND account_id = ?", (filter_id, account_id)
            )
            return bool(cursor.rowcount)
