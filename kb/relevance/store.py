"""What regression needs from the database: the runs, and where each question stood last."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from kb.relevance.models import FailingQuery, RegressionReport, RegressionRun


class RegressionRunStore(Protocol):
    """Keeps runs. Every method may raise DatabaseError."""

    def record(self, run: RegressionRun, report: RegressionReport) -> None:
        """Keep a run; one of the same generation is replaced. Older ones are bounded."""
        ...

    def confirm(self, generation: str, at: datetime) -> None:
        """Make the run of a generation the latest again: the content is what it was then."""
        ...

    def find_run(self, generation: str) -> RegressionRun | None:
        """The run of a generation."""
        ...

    def find_last(self) -> RegressionRun | None:
        """The latest run, a refused one included."""
        ...

    def list_runs(self, since: date | None, limit: int) -> Sequence[RegressionRun]:
        """Runs since a day (UTC), the latest first."""
        ...

    def list_held(self) -> Mapping[tuple[str, str], int]:
        """Where each question stood in the last run in which it held, by slug and text."""
        ...

    def list_failing(self, generation: str) -> Sequence[FailingQuery]:
        """The questions that failed in the run of a generation, by article and text."""
        ...
