"""The values of regression: questions that must keep finding their article, and whether they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RegressionQuery:
    """A question, the article that it must find, and where it is written."""

    text: str
    slug: str
    title: str
    path: str
    """Of the article's file below the content folder."""
    line: int
    is_internal: bool = False
    """The article is for staff only, so staff has to find it."""


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article that a question finds."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class QueryRank:
    """What one question finds now."""

    query: RegressionQuery
    rank: int | None
    """Place of its article, from 1; None when it is not among the first 100."""
    first: tuple[FoundArticle, ...]
    """The first hits, best first."""


@dataclass(frozen=True, slots=True)
class RegressionReport:
    """All regression queries of one generation, and what they find."""

    ranks: tuple[QueryRank, ...]
    mode: str
    """``hybrid`` when some were ranked by words and meaning, ``lexical`` when all by words."""
    within: int
    """The last place that is good enough."""
    skipped: int = 0
    """Questions for which there was no time."""

    def holds(self, found: QueryRank) -> bool:
        """Whether a question finds its article where it should."""
        return found.rank is not None and found.rank <= self.within

    @property
    def failed(self) -> tuple[QueryRank, ...]:
        """Questions that do not find their article where they should."""
        return tuple(found for found in self.ranks if not self.holds(found))

    @property
    def passed(self) -> int:
        """How many questions find their article where they should."""
        return len(self.ranks) - len(self.failed)

    @property
    def mean_reciprocal_rank(self) -> float:
        """The mean of 1/place, 0 for what is not found; 0 without questions."""
        if not self.ranks:
            return 0.0
        return sum(1 / found.rank for found in self.ranks if found.rank) / len(self.ranks)


@dataclass(frozen=True, slots=True)
class RankChange:
    """The place of an article for one question before and after."""

    text: str
    slug: str
    title: str
    before: int | None
    """None when it was not found, or there was no such article."""
    after: int | None
    within: int
    first: tuple[FoundArticle, ...] = ()
    """The first hits afterwards, best first."""
    is_new: bool = False
    """There was no such regression query before."""

    @property
    def holds(self) -> bool:
        """Whether it is found where it should afterwards."""
        return self.after is not None and self.after <= self.within

    @property
    def held(self) -> bool:
        """Whether it was found where it should before."""
        return self.before is not None and self.before <= self.within

    @property
    def is_lost(self) -> bool:
        """Whether it was found where it should, and is no longer."""
        return self.held and not self.holds

    @property
    def is_gained(self) -> bool:
        """Whether it is found where it should, and was not."""
        return self.holds and not self.held


@dataclass(frozen=True, slots=True)
class RegressionEffect:
    """What a change of the content would do, shown before it is saved."""

    wordings: tuple[RankChange, ...]
    """Of the questions that were asked about, in their order."""
    regression: tuple[RankChange, ...]
    """Of all regression queries: lost ones first, then gained ones, then the rest."""
    mode: str
    """As in ``RegressionReport``, of the search afterwards."""
    problems: tuple[str, ...] = ()
    """Errors that the change would bring into the content, a line each."""
    skipped: int = 0
    """Regression queries for which there was no time."""

    @property
    def lost(self) -> tuple[RankChange, ...]:
        """Regression queries that would fail and do not now."""
        return tuple(change for change in self.regression if change.is_lost)


@dataclass(frozen=True, slots=True)
class TrialChange:
    """A change of the content that is tried, and what to ask about it."""

    overlay: Mapping[str, str | None]
    """New text of each changed file by its path below the content folder; None removes it."""
    queries: tuple[tuple[str, str], ...] = ()
    """Questions with the slug of the article each should find."""


@dataclass(frozen=True, slots=True)
class RegressionRun:
    """One check of a published, or refused, generation as it is kept."""

    generation: str
    revision: str
    run_at: datetime
    mode: str
    within: int
    queries: int
    passed: int
    mean_reciprocal_rank: float
    is_refused: bool = False
    """The generation was not published because of it."""

    @property
    def failed(self) -> int:
        """How many questions did not find their article where they should."""
        return self.queries - self.passed

    @property
    def share(self) -> float | None:
        """Share of the questions that held; None without any."""
        return self.passed / self.queries if self.queries else None


@dataclass(frozen=True, slots=True)
class FailingQuery:
    """A question that failed in a run, and when it last held."""

    text: str
    slug: str
    title: str
    rank: int | None
    first: tuple[FoundArticle, ...]
    held_rank: int | None = None
    """Its place in the last run in which it held; None when it never did."""
    held_at: datetime | None = None
    held_revision: str = ""
