"""Runs trials of changes in this process."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from time import monotonic

from kb.content.models import Problem, Severity
from kb.errors import GenerationUnavailable, PublishError, SourceError, TrialError
from kb.publishing.generation import Generation
from kb.publishing.trial import Trial, TrialBuilder
from kb.relevance.models import RegressionEffect, TrialChange
from kb.relevance.regression import build_effect

QUERY_SECONDS = 8.0
"""For regression queries; those for which there is no more time are counted as skipped."""


@dataclass(frozen=True)
class LocalTrialRunner:
    """Implements ``kb.relevance.service.TrialRunner``."""

    trials: TrialBuilder
    open_published: Callable[[], AbstractContextManager[Generation]]
    within: int

    def run(self, change: TrialChange) -> RegressionEffect:
        """What the change would do to what is found."""
        try:
            with self.trials.prepare(change.overlay) as trial, trial.open() as after:
                effect = self._compare(change, trial, after)
                return replace(effect, problems=_new_errors(trial, change))
        except (SourceError, PublishError, GenerationUnavailable) as error:
            raise TrialError("The change cannot be tried: %(error)s", error=error) from error

    def _compare(self, change: TrialChange, trial: Trial, after: Generation) -> RegressionEffect:
        # What others saved and nobody published yet is not the effect of this change.
        with self.open_published() if trial.is_published else self.trials.build() as before:
            until = monotonic() + QUERY_SECONDS
            return build_effect(before, after, change.queries, self.within, until)


def _new_errors(trial: Trial, change: TrialChange) -> tuple[str, ...]:
    def concerns(problem: Problem) -> bool:
        return problem.severity is Severity.ERROR and problem.path in change.overlay

    return tuple(
        f"{problem.path}:{problem.line}: {problem.message}"
        for problem in trial.problems
        if concerns(problem)
    )
