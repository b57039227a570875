"""Checks the content as it lies: what a publish would complain about, and what customers would.

Regression queries are asked of a generation that is built aside; without any, nothing is
built.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from kb.content.models import Problem
from kb.errors import GenerationUnavailable
from kb.publishing.generation import Generation
from kb.publishing.publisher import no_progress
from kb.publishing.revision import Progress
from kb.publishing.trial import Trial, TrialBuilder
from kb.relevance.failures import build_problems, tell_nothing, tell_published
from kb.relevance.models import RegressionReport
from kb.relevance.regression import find_rank, list_queries, run_queries


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All problems of the content, and how its regression queries were asked."""

    problems: tuple[Problem, ...]
    report: RegressionReport | None
    """None when none were asked."""


@dataclass(frozen=True)
class ContentCheck:
    """Checks content against the published generation."""

    trials: TrialBuilder
    open_published: Callable[[], AbstractContextManager[Generation]]
    """Raises GenerationUnavailable when nothing is published."""
    within: int
    """The last place that is good enough for a regression query."""

    def run(self, progress: Progress = no_progress, *, regression: bool = True) -> CheckResult:
        """All problems; nothing is published.

        Raises:
            SourceError: the content as a whole cannot be read.
            PublishError: a generation cannot be built of it.
        """
        with self.trials.prepare(progress=progress) as trial:
            if not (regression and trial.has_queries):
                trial.compile()
                return CheckResult(tuple(trial.problems), None)
            report, failures = self._ask(trial)
            return CheckResult(tuple(sorted({*trial.problems, *failures})), report)

    def _ask(self, trial: Trial) -> tuple[RegressionReport, tuple[Problem, ...]]:
        with trial.open() as generation:
            queries = list_queries(generation.library.summaries.values())
            report = run_queries(generation, queries, self.within)
        if not report.failed:
            return report, ()
        try:
            with self.open_published() as published:
                ranks = {f.query: find_rank(published, f.query)[0].rank for f in report.failed}
        except GenerationUnavailable:
            return report, build_problems(report, tell_nothing)
        return report, build_problems(report, tell_published(ranks))
