"""The values of the search log: what was searched, opened and voted, and how it ended.

A visit is known by a random value that lives in the customer's browser as long as the
visit and is forgotten with it.  Nothing here names a person, an address or a device.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How a search ended; the rules are in ``outcomes.py``."""

    ANSWERED = "answered"
    ZERO_RESULT = "zero-result"
    WEAK = "weak"
    ABANDONED = "abandoned"
    REFINED = "refined"
    UNHELPFUL = "unhelpful"
    CONTACTED = "contacted"


class VoteReason(StrEnum):
    """Why an article did not help; the customer chooses one or none."""

    OTHER_QUESTION = "other-question"
    UNCLEAR = "unclear"
    DID_NOT_WORK = "did-not-work"
    OUTDATED = "outdated"


class Source(StrEnum):
    """Where a search came from."""

    PAGE = "page"
    API = "api"
    SUGGESTION = "suggestion"
    """An article was chosen from the suggestions while typing; there was no results page."""
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's searches close in time, without identity."""

    id: int
    started_at: datetime
    last_event_at: datetime
    is_flood: bool = False
    """Whether it belongs to a script that sends one search after the other."""


@dataclass(frozen=True, slots=True)
class RecordedSearch:
    """One search as it is kept: typing, paging and repeats are folded into it."""

    visit_id: int
    recorded_at: datetime
    touched_at: datetime
    """When it was last typed on, paged or repeated; decides which search came last."""
    text: str
    """The query text, redacted."""
    normalised: str
    """The text with case, accents and surrounding punctuation taken away."""
    searched: str
    correction: str | None
    stage: str
    mode: str
    total: int | None
    """Number of hits; None when an imported log does not say."""
    confidence: float
    weak: bool
    language: str
    shown: tuple[str, ...]
    """Slugs of the hits that the customer saw, best first."""
    took_ms: float
    source: Source
    opens_visit: bool
    """Whether it is the first of its visit, so that counting these counts visits."""
    opened: bool = False
    """Whether one of the hits was opened."""
    returned: bool = False
    """Whether the same was searched once more after the last hit was opened."""
    helpful: bool | None = None
    """The last vote on an article opened from it."""
    contacted: bool = False
    outcome: Outcome | None = None
    """None while the visit goes on and nothing is decided."""
    failed: bool = False
    id: int = 0
    """0 until it is stored."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An article opened in a visit. ``search_id`` is the search before it."""

    visit_id: int
    search_id: int
    opened_at: datetime
    slug: str
    position: int | None
    """1-based place among the hits; None when it was not one of them."""
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """Yes or no below an article; without a visit when the customer came without a search."""

    visit_id: int | None
    voted_at: datetime
    slug: str
    helpful: bool
    reason: str = ""
    """Why not, one of ``VoteReason``; "" when the customer did not say."""


@dataclass(frozen=True, slots=True)
class ImportedSearch:
    """A search from another system's log; None where that log is silent."""

    line: int
    at: datetime
    query: str
    total: int | None = None
    clicked: str | None = None
    """Slug of the article that was opened, "" when only that one was opened is known."""
    visit: str = ""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A row that could not be taken over, with the field that is to blame."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the rows of an import."""

    imported: int
    folded: int
    """Rows that continued or repeated another search of the same visit."""
    known: int
    """Rows that an earlier import had brought already."""
    problems: tuple[ImportProblem, ...] = ()
    """The first of the rows that could not be read."""
    problem_count: int = 0
    """How many there are in all."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """The searches of one day (in UTC)."""

    day: date
    visits: int = 0
    searches: int = 0
    zero_results: int = 0
    failed: int = 0
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """Searches that were answered."""
        return self.outcomes.get(Outcome.ANSWERED, 0)

    @property
    def success_rate(self) -> float | None:
        """Answered searches among those that succeeded or failed; None without any."""
        decided = self.answered + self.failed
        return self.answered / decided if decided else None

    @property
    def zero_result_rate(self) -> float | None:
        """Searches without a hit among all; None without any."""
        return self.zero_results / self.searches if self.searches else None

    def share_of(self, outcome: Outcome) -> float | None:
        """Searches with this outcome among all; None without any."""
        return self.outcomes.get(outcome, 0) / self.searches if self.searches else None


@dataclass(frozen=True, slots=True)
class Summary:
    """Day by day (every day of the range, also those without searches) and in total."""

    days: tuple[DayCount, ...]
    total: DayCount


@dataclass(frozen=True, slots=True)
class TopArticle:
    """An article with how often it was opened, from a search or not."""

    slug: str
    openings: int


@dataclass(frozen=True, slots=True)
class UnhelpfulArticle:
    """The votes on an article."""

    slug: str
    helpful: int
    unhelpful: int
    reasons: Mapping[VoteReason, int]
    """How often each was given; most votes have none."""


KEPT_FROM_VISITS = 3
"""Visits that must have searched a text for its daily counts to outlive the single searches."""


@dataclass(frozen=True, slots=True)
class ExportedSearch:
    """One search as it leaves in an export; the first five can be imported again."""

    time: datetime
    query: str
    results: int | None
    clicked: str
    visit: int
    searched: str
    outcome: str
    failed: bool
    confidence: float
    source: str
    language: str


@dataclass(frozen=True, slots=True)
class TopSearch:
    """One wording with how often it was searched and failed."""

    text: str
    searches: int
    zero_results: int
    failed: int
    last: date


LEARNED_FROM_VISITS = 3
"""Visits that must have ended with the same article after the same words, on more than one
day, before the words are learned: one person or one afternoon of mischief teaches nothing,
and a text that several people typed names none of them."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one visit teaches about wordings (normalised texts, as they were searched)."""

    day: date
    wordings: tuple[str, ...]
    """Everything that was searched, each once."""
    answer: tuple[str, str] | None
    """The wording that was searched last and the slug of the article that ended the visit."""


@dataclass(frozen=True, slots=True)
class LearnedWording:
    """A wording that is indexed with an article, because customers were answered by it."""

    slug: str
    wording: str
    visits: int
    """How many visits ended with the article after this wording; see ``FADE_FROM_VISITS``."""
    asked: int
    """How many visits searched the wording at all."""
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class MaintenanceResult:
    """What the regular job did."""

    settled_visits: int
    deleted_searches: int
    learned_visits: int = 0
    """Visits whose wordings were counted."""
