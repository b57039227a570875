"""The counts of wordings in SQLite: by text, and by text and article. Days are days since 1970."""

from collections.abc import Sequence
from datetime import date

from kb.search_log.models import LearnedWording, Lesson
from kb.storage.learned_wordings import LEARNED
from kb.storage.search_log_file import from_day, to_day
from kb.storage.sqlite import SqliteFile, translated_errors
from kb.storage.sqlite_library import Connection


class SqliteWordingStore:
    """Implements ``kb.search_log.store.WordingStore``; shares the file of the search log."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def list_unlearned_visits(self, limit: int) -> list[int]:
        """Visits that are over and not counted yet, the oldest first."""
        with translated_errors(self._file.path):
            rows = self._connection.execute(
                "SELECT id FROM visits WHERE is_over = 1 AND is_learned = 0 ORDER BY id LIMIT ?",
                (limit,),
            )
            return [row[0] for row in rows]

    def mark_learned(self, visit_ids: Sequence[int]) -> None:
        """Count these visits never again."""
        self._connection.executemany(
            "UPDATE visits SET is_learned = 1 WHERE id = ?", [(visit,) for visit in visit_ids]
        )

    def add_lessons(self, lessons: Sequence[Lesson]) -> None:
        """Count what visits taught."""
        self._connection.executemany(
            "INSERT INTO wording_visits (wording, visits, last_day) VALUES (?, 1, ?)"
            " ON CONFLICT (wording) DO UPDATE SET visits = visits + 1,"
            " last_day = max(last_day, excluded.last_day)",
            [(w, to_day(lesson.day)) for lesson in lessons for w in lesson.wordings],
        )
        self._connection.executemany(
            "INSERT INTO wording_answers (wording, slug, visits, first_day, last_day)"
            " VALUES (?, ?, 1, ?3, ?3)"
            " ON CONFLICT (wording, slug) DO UPDATE SET visits = visits + 1,"
            " first_day = min(first_day, excluded.first_day),"
            " last_day = max(last_day, excluded.last_day)",
            [(*lesson.answer, to_day(lesson.day)) for lesson in lessons if lesson.answer],
        )

    def fade_wordings(self, visits: int) -> None:
        """Halve the counts of every wording that so many visits searched."""
        often = "SELECT wording FROM wording_visits WHERE visits >= ?"
        self._connection.execute(
            f"UPDATE wording_answers SET visits = visits / 2 WHERE wording IN ({often})",  # noqa: S608
            (visits,),
        )
        self._connection.execute(
            "UPDATE wording_visits SET visits = visits / 2 WHERE visits >= ?", (visits,)
        )

    def drop_rare_wordings(self, before: date, visits: int) -> None:
        """Delete counts below so many visits that no visit since a day has added to."""
        for table, kept in (("wording_answers", " AND removed = 0"), ("wording_visits", "")):
            self._connection.execute(
                f"DELETE FROM {table} WHERE visits < ? AND last_day < ?{kept}",  # noqa: S608
                (visits, to_day(before)),
            )

    def erase_wordings(self, since: date, until: date, visits: int) -> None:
        """Delete counts below so many visits, the last of them in these days."""
        for table in ("wording_answers", "wording_visits"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE visits < ? AND last_day BETWEEN ? AND ?",  # noqa: S608
                (visits, to_day(since), to_day(until)),
            )

    def list_learned(self, slug: str) -> list[LearnedWording]:
        """What was learned, by article and most visits first; "" means of all articles."""
        with translated_errors(self._file.path):
            rows = self._connection.execute(
                "SELECT slug, wording, answers.visits, asked.visits, first_day, answers.last_day"
                f" {LEARNED} AND slug = coalesce(nullif(?, ''), slug)"
                " ORDER BY slug, answers.visits DESC, wording",
                (slug,),
            ).fetchall()
        return [
            LearnedWording(slug, wording, visits, asked, from_day(first), from_day(last))
            for slug, wording, visits, asked, first, last in rows
        ]

    def remove_learned(self, slug: str, wording: str) -> bool:
        """Never use this wording for this article; False when it was not learned for it."""
        cursor = self._connection.execute(
            "UPDATE wording_answers SET removed = 1 WHERE removed = 0 AND slug = ? AND wording = ?",
            (slug, wording),
        )
        return int(cursor.rowcount) > 0

    @property
    def _connection(self) -> Connection:
        return self._file.connection().conn
