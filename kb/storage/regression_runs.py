"""Runs of the regression queries in SQLite, bounded in number. Times are ms since 1970."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kb.relevance.models import (
    FailingQuery,
    FoundArticle,
    QueryRank,
    RegressionReport,
    RegressionRun,
)
from kb.storage.sqlite import SqliteFile, translated_errors
from kb.storage.sqlite_library import Connection

RUNS_KEPT = 2_000
"""Three publishes a day for nearly two years."""
RANKS_KEPT = 20
"""Runs whose single places are kept."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RUN = (
    "generation, revision, run_at, mode, within, queries, passed, mean_reciprocal_rank, is_refused"
)


class SqliteRegressionRunStore:
    """Implements ``kb.relevance.store.RegressionRunStore``."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def record(self, run: RegressionRun, report: RegressionReport) -> None:
        """Keep a run; one of the same generation is replaced. Older ones are bounded."""
        with self._file.transaction() as database:
            connection = database.conn
            # A refused publish is tried again and again until somebody mends the content.
            connection.execute(
                "DELETE FROM regression_runs"
                " WHERE generation = ? OR (is_refused = 1 AND revision = ? AND ?)",
                (run.generation, run.revision, run.is_refused),
            )
            connection.execute(
                "DELETE FROM regression_ranks WHERE generation = ?", (run.generation,)
            )
            connection.execute(
                f"INSERT INTO regression_runs ({_RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (run.generation, run.revision, _to_ms(run.run_at), run.mode, run.within, run.queries,
                 run.passed, run.mean_reciprocal_rank, run.is_refused),
            )  # fmt: skip
            connection.executemany(
                "INSERT INTO regression_ranks (generation, slug, query, title, rank, first, holds)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [_rank_row(run.generation, found, report) for found in report.ranks],
            )
            if not run.is_refused:
                self._keep_held(connection, run, report)
            self._forget_old(connection)

    def _keep_held(
        self, connection: Connection, run: RegressionRun, report: RegressionReport
    ) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO regression_held (slug, query, rank, held_at, revision)"
            " VALUES (?, ?, ?, ?, ?)",
            [
                (found.query.slug, found.query.text, found.rank, _to_ms(run.run_at), run.revision)
                for found in report.ranks
                if report.holds(found)
            ],
        )
        # Questions that editors took out are forgotten with their last place.
        connection.execute(
            "DELETE FROM regression_held WHERE NOT EXISTS (SELECT 1 FROM regression_ranks AS ranks"
            " WHERE ranks.generation = ? AND ranks.slug = regression_held.slug"
            " AND ranks.query = regression_held.query)",
            (run.generation,),
        )

    def _forget_old(self, connection: Connection) -> None:
        for table, kept in (("regression_runs", RUNS_KEPT), ("regression_ranks", RANKS_KEPT)):
            connection.execute(
                f"DELETE FROM {table} WHERE generation NOT IN"  # noqa: S608
                " (SELECT generation FROM regression_runs ORDER BY id DESC LIMIT ?)",
                (kept,),
            )

    def confirm(self, generation: str, at: datetime) -> None:
        """Make the run of a generation the latest again: the content is what it was then."""
        with self._file.transaction() as database:
            database.conn.execute(
                "UPDATE regression_runs SET run_at = ?,"
                " id = (SELECT max(id) + 1 FROM regression_runs) WHERE generation = ?",
                (_to_ms(at), generation),
            )

    def find_run(self, generation: str) -> RegressionRun | None:
        """The run of a generation."""
        rows = self._all(
            f"SELECT {_RUN} FROM regression_runs WHERE generation = ?",  # noqa: S608
            (generation,),
        )
        return _run_from(rows[0]) if rows else None

    def find_last(self) -> RegressionRun | None:
        """The latest run, a refused one included."""
        return next(iter(self.list_runs(None, 1)), None)

    def list_runs(self, since: date | None, limit: int) -> Sequence[RegressionRun]:
        """Runs since a day (UTC), the latest first."""
        start = datetime.combine(since, time(), UTC) if since else _EPOCH
        rows = self._all(
            f"SELECT {_RUN} FROM regression_runs WHERE run_at >= ? ORDER BY id DESC LIMIT ?",  # noqa: S608
            (_to_ms(start), limit),
        )
        return [_run_from(row) for row in rows]

    def list_held(self) -> Mapping[tuple[str, str], int]:
        """Where each question stood in the last run in which it held, by slug and text."""
        rows = self._all("SELECT slug, query, rank FROM regression_held", ())
        return {(slug, query): rank for slug, query, rank in rows}

    def list_failing(self, generation: str) -> Sequence[FailingQuery]:
        """The questions that failed in the run of a generation, by article and text."""
        rows = self._all(
            "SELECT ranks.query, ranks.slug, ranks.title, ranks.rank, ranks.first,"
            " held.rank, held.held_at, held.revision FROM regression_ranks AS ranks"
            " LEFT JOIN regression_held AS held"
            " ON held.slug = ranks.slug AND held.query = ranks.query"
            " WHERE ranks.generation = ? AND ranks.holds = 0 ORDER BY ranks.slug, ranks.query",
            (generation,),
        )
        return [
            FailingQuery(
                query, slug, title, rank, tuple(FoundArticle(*pair) for pair in json.loads(first)),
                held, None if held_at is None else _from_ms(held_at), revision or "",
            )
            for query, slug, title, rank, first, held, held_at, revision in rows
        ]  # fmt: skip

    def _all(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated_errors(self._file.path):
            return self._file.connection().conn.execute(sql, values).fetchall()


def _rank_row(generation: str, found: QueryRank, report: RegressionReport) -> tuple[Any, ...]:
    query = found.query
    first = json.dumps([[article.slug, article.title] for article in found.first])
    return (
        generation, query.slug, query.text, query.title, found.rank, first, report.holds(found)
    )  # fmt: skip


def _run_from(row: Sequence[Any]) -> RegressionRun:
    generation, revision, at, mode, within, queries, passed, rank, is_refused = row
    return RegressionRun(
        generation, revision, _from_ms(at), mode, within, queries, passed, rank, bool(is_refused)
    )


def _to_ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _from_ms(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)
