"""What is typed, pushes that wait and publishes in SQLite. Times are UTC in ISO form."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kb.content_changes.models import KeptText, PendingPush, PublishRun
from kb.storage.sqlite import SqliteFile, translated_errors

_TEXTS = """
    SELECT key, account_id, branch, path, base_commit, text, saved_at,
        ifnull(nullif(accounts.name, ''), accounts.email)
    FROM draft_texts LEFT JOIN accounts ON accounts.id = draft_texts.account_id
"""


class SqliteContentChangeStore:
    """Implements ``kb.content_changes.store.ContentChangeStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def keep_text(self, kept: KeptText) -> None:
        """Keep what somebody typed, in place of what this editor page kept before."""
        with self._file.transaction() as database:
            database.execute(
                "INSERT INTO draft_texts"
                " (key, account_id, branch, path, base_commit, text, saved_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET branch = excluded.branch, path = excluded.path,"
                " base_commit = excluded.base_commit, text = excluded.text,"
                " saved_at = excluded.saved_at WHERE account_id = excluded.account_id",
                (
                    kept.key,
                    kept.account_id,
                    kept.branch,
                    kept.path,
                    kept.base_commit,
                    kept.text,
                    kept.saved_at.isoformat(),
                ),
            )

    def list_texts(self, branch: str = "", path: str = "") -> Sequence[KeptText]:
        """Texts that are kept, of one draft or of all, the latest first."""
        where = " WHERE branch = ? AND path = ?" if branch else ""
        rows = self._all(
            f"{_TEXTS}{where} ORDER BY saved_at DESC, draft_texts.rowid DESC",
            (branch, path) if branch else (),
        )
        return [_kept(row) for row in rows]

    def find_text(self, key: str) -> KeptText | None:
        """The text that an editor page kept."""
        rows = self._all(f"{_TEXTS} WHERE key = ?", (key,))
        return _kept(rows[0]) if rows else None

    def drop_text(self, key: str, account_id: int, saved_at: datetime | None = None) -> bool:
        """Delete a kept text of this account; only if it is as old as said, when said."""
        sql = "DELETE FROM draft_texts WHERE key = ? AND account_id = ?"
        values: list[object] = [key, account_id]
        if saved_at is not None:
            sql += " AND saved_at = ?"
            values.append(saved_at.isoformat())
        with self._file.transaction() as database:
            return int(database.execute(sql, values).rowcount) > 0

    def request_push(self, branch: str, at: datetime) -> None:
        """Note that a branch has to be pushed."""
        with self._file.transaction() as database:
            database.execute(
                "INSERT INTO pending_pushes (branch, requested_at, attempts, next_at, reason)"
                " VALUES (?1, ?2, 0, ?2, '')"
                " ON CONFLICT (branch) DO UPDATE SET requested_at = excluded.requested_at",
                (branch, at.isoformat()),
            )

    def list_pushes(self) -> Sequence[PendingPush]:
        """Branches that have to be pushed, the one that is due first at the front."""
        rows = self._all(
            "SELECT branch, requested_at, attempts, next_at, reason FROM pending_pushes"
            " ORDER BY next_at, branch",
            (),
        )
        return [
            PendingPush(branch, _time(requested), attempts, _time(next_at), reason)
            for branch, requested, attempts, next_at, reason in rows
        ]

    def fail_push(self, branch: str, reason: str, next_at: datetime) -> None:
        """Note that a push did not work, and when to try again."""
        with self._file.transaction() as database:
            database.execute(
                "UPDATE pending_pushes SET attempts = attempts + 1, reason = ?, next_at = ?"
                " WHERE branch = ?",
                (reason, next_at.isoformat(), branch),
            )

    def finish_push(self, branch: str, requested_at: datetime) -> None:
        """A push worked; a request that came later stays."""
        with self._file.transaction() as database:
            database.execute(
                "DELETE FROM pending_pushes WHERE branch = ? AND requested_at <= ?",
                (branch, requested_at.isoformat()),
            )

    def start_publish(self, branch: str, path: str, commit: str, at: datetime) -> int:
        """Note that publishing began; its number."""
        with self._file.transaction() as database:
            cursor = database.execute(
                "INSERT INTO draft_publishes (branch, path, commit_id, started_at)"
                " VALUES (?, ?, ?, ?)",
                (branch, path, commit, at.isoformat()),
            )
            return int(cursor.lastrowid or 0)

    def end_publish(self, run: int, error: str, at: datetime) -> None:
        """Note how publishing ended."""
        with self._file.transaction() as database:
            database.execute(
                "UPDATE draft_publishes SET ended_at = ?, error = ? WHERE id = ?",
                (at.isoformat(), error, run),
            )

    def find_publish(self, run: int) -> PublishRun | None:
        """One publishing."""
        rows = self._all(
            "SELECT id, branch, path, commit_id, started_at, ended_at, error"
            " FROM draft_publishes WHERE id = ?",
            (run,),
        )
        if not rows:
            return None
        number, branch, path, commit, started, ended, error = rows[0]
        return PublishRun(
            number, branch, path, commit, _time(started), _time(ended) if ended else None, error
        )

    def _all(self, sql: str, values: Sequence[object]) -> list[Any]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _kept(row: Sequence[Any]) -> KeptText:
    key, account_id, branch, path, base_commit, text, saved_at, author = row
    return KeptText(key, account_id, branch, path, base_commit, text, _time(saved_at), author or "")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
