"""Reports about pages in SQLite. Times are milliseconds since 1970."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kb.page_reports.models import PageReport
from kb.storage.search_log_file import from_ms, to_ms
from kb.storage.sqlite import SqliteFile, translated_errors


class SqlitePageReportStore:
    """Implements ``kb.page_reports.store.PageReportStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def add(self, slug: str, text: str, reported_at: datetime, revision: str) -> None:
        """Keep a report, the same one only once."""
        with self._file.transaction() as database:
            database.conn.execute(
                "INSERT INTO page_reports (slug, text, reported_at, revision) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (slug, text) DO UPDATE SET reported_at = excluded.reported_at,"
                " revision = excluded.revision",
                (slug, text, to_ms(reported_at), revision),
            )

    def list_newest(self, limit: int) -> list[PageReport]:
        """Newest first."""
        rows = self._all(
            "SELECT id, slug, text, reported_at, revision FROM page_reports"
            " ORDER BY reported_at DESC, id DESC LIMIT ?",
            (limit,),
        )
        return [PageReport(i, slug, text, from_ms(at), rev) for i, slug, text, at, rev in rows]

    def count(self) -> int:
        """All of them."""
        return int(self._all("SELECT count(*) FROM page_reports", ())[0][0])

    def remove(self, report_id: int) -> None:
        """Delete one."""
        with self._file.transaction() as database:
            database.conn.execute("DELETE FROM page_reports WHERE id = ?", (report_id,))

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()
