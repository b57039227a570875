"""Regression queries at a publish: asked of the new generation, kept, and perhaps obeyed.

Customers are answered by words and meaning, so that is how the queries are asked: after the
vectors of new texts are there.  A warning therefore comes after the switch, which waits for
nothing.  Who wants a publish refused waits for the vectors first.

Refused is what makes it worse: a query fails that holds in what is published, or that is
new.  One that fails there already would only keep back the change that mends it.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from kb.clock import Clock
from kb.content.models import Problem, Severity
from kb.errors import DatabaseError
from kb.relevance.failures import (
    TellBefore,
    build_problems,
    tell_held,
    tell_nothing,
    tell_published,
)
from kb.relevance.models import RegressionReport, RegressionRun
from kb.relevance.regression import Searched, find_rank, list_queries, run_queries
from kb.relevance.store import RegressionRunStore

OpenGeneration = Callable[[str], AbstractContextManager[Searched]]
"""Opens a generation by its id for as long as the context lasts."""

_log = logging.getLogger(__name__)


class PublishGuard(Protocol):
    """What a publish asks about a generation."""

    refuses: bool
    """Whether a generation that fails is not published."""

    def judge(self, generation: str, last: str) -> tuple[Problem, ...]:
        """Why a generation must not take the place of the last; nothing when it may."""
        ...

    def check(self, generation: str) -> tuple[Problem, ...]:
        """What fails in the published generation, unless it was checked before."""
        ...


class RegressionGuard:
    """Implements ``PublishGuard`` and keeps every run."""

    def __init__(
        self,
        open_generation: OpenGeneration,
        open_store: Callable[[], RegressionRunStore],
        clock: Clock,
        within: int,
        *,
        refuses: bool,
        has_model: bool,
    ) -> None:
        """Put the guard together.

        Args:
            open_generation: opens what is to be asked.
            open_store: where runs are kept; opened when there is something to keep.
            clock: tells when a run was.
            within: the last place that is good enough.
            refuses: whether what fails is not published.
            has_model: whether search by meaning is to be expected.
        """
        self._open = open_generation
        self._open_store = open_store
        self._clock = clock
        self._within = within
        self.refuses = refuses
        self._has_model = has_model
        self._judged: dict[str, tuple[RegressionReport, str]] = {}

    def judge(self, generation: str, last: str) -> tuple[Problem, ...]:
        """Why a generation must not take the place of the last; nothing when it may."""
        with self._open(generation) as new:
            report, revision = self._ask(new)
        self._judged[generation] = (report, revision)
        if not report.failed:
            return ()
        with self._open(last) as old:
            written = {
                (query.text, query.slug) for query in list_queries(old.library.summaries.values())
            }
            ranks = {found.query: find_rank(old, found.query)[0].rank for found in report.failed}
        worse = tuple(
            found
            for found in report.failed
            if (found.query.text, found.query.slug) not in written
            or ((rank := ranks[found.query]) is not None and rank <= self._within)
        )
        if not worse:
            return ()
        self._keep(generation, revision, report, is_refused=True)
        refused = RegressionReport(worse, report.mode, report.within)
        return build_problems(refused, tell_published(ranks))

    def check(self, generation: str) -> tuple[Problem, ...]:
        """What fails in the published generation, unless it was checked before."""
        if self._is_checked(generation):
            self._confirm(generation)
            return ()
        report, revision = self._judged.get(generation) or self._ask_again(generation)
        if not report.ranks:
            return ()
        before = self._find_held()
        self._keep(generation, revision, report, is_refused=False)
        # It is published already, so it keeps nothing back.
        problems = tuple(
            replace(problem, severity=Severity.WARNING)
            for problem in build_problems(report, before)
        )
        if problems:
            _log.warning(
                "%d of %d regression queries fail: `kb relevance` lists them",
                len(problems),
                len(report.ranks),
            )
        return problems

    def _is_checked(self, generation: str) -> bool:
        """Whether the published generation was checked as well as it can be."""
        try:
            run = self._open_store().find_run(generation)
        except DatabaseError:
            return False
        if run is None or run.within != self._within:
            return False
        return run.mode == "hybrid" or not self._has_model

    def _confirm(self, generation: str) -> None:
        """After a refused publish the content was put back: what is served is right again."""
        try:
            store = self._open_store()
            last = store.find_last()
            if last is not None and last.is_refused:
                store.confirm(generation, self._clock.now())
        except DatabaseError as error:
            _log.warning("the run of the regression queries is not kept: %s", error)

    def _ask_again(self, generation: str) -> tuple[RegressionReport, str]:
        with self._open(generation) as published:
            return self._ask(published)

    def _ask(self, generation: Searched) -> tuple[RegressionReport, str]:
        queries = list_queries(generation.library.summaries.values())
        report = run_queries(generation, queries, self._within)
        return report, generation.library.revision

    def _find_held(self) -> TellBefore:
        try:
            return tell_held(self._open_store().list_held())
        except DatabaseError:
            return tell_nothing

    def _keep(
        self, generation: str, revision: str, report: RegressionReport, *, is_refused: bool
    ) -> None:
        run = RegressionRun(
            generation=generation,
            revision=revision,
            run_at=self._clock.now(),
            mode=report.mode,
            within=report.within,
            queries=len(report.ranks),
            passed=report.passed,
            mean_reciprocal_rank=round(report.mean_reciprocal_rank, 4),
            is_refused=is_refused,
        )
        try:
            self._open_store().record(run, report)
        except DatabaseError as error:
            # Articles are published without a database, too.
            _log.warning("the run of the regression queries is not kept: %s", error)
