"""Regression as entry points use it: how it stands, how it went, what a change would do."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol

from kb.errors import InvalidInput
from kb.relevance.models import (
    FailingQuery,
    RegressionEffect,
    RegressionReport,
    RegressionRun,
    TrialChange,
)
from kb.relevance.regression import Searched, list_queries, run_queries
from kb.relevance.store import RegressionRunStore

MAX_WORDINGS = 200
"""Questions that are asked about one change, each twice."""
RUNS_SHOWN = 200


class Published(Searched, Protocol):
    """A published generation."""

    @property
    def id(self) -> str:
        """Tells it from others."""
        ...


class TrialRunner(Protocol):
    """Tries changes of the content without saving them, within bounded time."""

    def run(self, change: TrialChange) -> RegressionEffect:
        """What the change would do.

        Raises:
            TrialError: it cannot be tried, or took too long.
            InvalidInput: a path does not lie below the content folder.
        """
        ...


class RegressionService:
    """Regression queries of what is published, and of what might be."""

    def __init__(
        self,
        current: Callable[[], Published],
        store: RegressionRunStore,
        trials: TrialRunner,
        within: int,
    ) -> None:
        """Put the service together.

        Args:
            current: the published generation; raises GenerationUnavailable without one.
            store: the runs of publishes.
            trials: tries changes.
            within: the last place that is good enough.
        """
        self._current = current
        self._store = store
        self._trials = trials
        self.within = within
        self._lock = threading.Lock()
        self._asked: tuple[tuple[str, bool], RegressionReport] | None = None

    def check_published(self) -> RegressionReport:
        """Ask the regression queries of what is served; kept until something else is served.

        Raises:
            GenerationUnavailable: nothing is published.
        """
        published = self._current()
        semantic = published.search.semantic
        key = (published.id, semantic is not None and semantic.complete)
        with self._lock:
            if self._asked is None or self._asked[0] != key:
                queries = list_queries(published.library.summaries.values())
                self._asked = (key, run_queries(published, queries, self.within))
            return self._asked[1]

    def try_change(
        self,
        overlay: Mapping[str, str | None],
        extra_queries: Sequence[tuple[str, str]] = (),
    ) -> RegressionEffect:
        """What a change of the content would do to these questions and all regression queries.

        Takes a second or two, within bounds; nothing is saved.

        Args:
            overlay: new text of each changed file by its path below the content folder, None
                for one that is removed.
            extra_queries: questions with the slug of the article that each should find.

        Raises:
            TrialError: it cannot be tried, or took too long.
            InvalidInput: a path does not lie below the content folder, or too many questions.
        """
        if len(extra_queries) > MAX_WORDINGS:
            raise InvalidInput(f"At most {MAX_WORDINGS} questions can be asked at once.", "queries")
        return self._trials.run(TrialChange(dict(overlay), tuple(extra_queries)))

    def list_runs(
        self, since: date | None = None, limit: int = RUNS_SHOWN
    ) -> Sequence[RegressionRun]:
        """The runs of publishes since a day, the latest first."""
        return self._store.list_runs(since, limit)

    def find_last_run(self) -> RegressionRun | None:
        """The latest run, a refused one included."""
        return self._store.find_last()

    def list_failing(self, run: RegressionRun) -> Sequence[FailingQuery]:
        """The questions that failed in one of the latest runs."""
        return self._store.list_failing(run.generation)
