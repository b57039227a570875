"""The values of content gaps: topics, what was decided about them, and FAQ drafts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from kb.content_changes.models import CommittedDraft, FaqDraft
from kb.content_gaps.demand import Demand


class TopicState(StrEnum):
    """How far a topic has come."""

    NEW = "new"
    ASSIGNED = "assigned"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    IGNORED = "ignored"


TO_DO = (TopicState.NEW, TopicState.ASSIGNED, TopicState.DRAFTED)
"""The states in which somebody still has something to do."""


@dataclass(frozen=True, slots=True)
class Words:
    """What grouping needs to know of the content: its language and the words it uses."""

    language: str = "en"
    known: Mapping[str, int] = field(default_factory=dict)
    """Folded words of the articles with the number of articles they occur in."""
    dictionaries: Path | None = None
    """Where the words of languages are kept."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which customers ask, with the number of failed searches in these words."""

    id: int
    text: str
    searches: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """An article that comes near to answering a topic."""

    slug: str
    title: str
    score: float
    url: str = ""
    has: tuple[str, ...] = ()
    """Words of the question that occur in it."""
    lacks: tuple[str, ...] = ()
    """Words of the question that do not: why it did not win."""
    meaning: float = 0.0
    """Cosine of its nearest passage; 0 when it is not similar, or not compared."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Failed searches that ask the same thing, counted over a range of days."""

    id: int
    label: str
    """The name an agent gave it, else its most frequent wording."""
    state: TopicState
    reason: str
    """Why it is ignored; "" in other states."""
    answer: str
    """Slug of the article that answers it, or the branch or file of its draft."""
    searches: int
    visits: int
    first: datetime
    last: datetime
    outcomes: Mapping[str, int]
    queries: tuple[tuple[str, int], ...]
    """The wordings with their counts, most frequent first."""
    nearest: tuple[Nearest, ...] = ()
    assignee: str = ""
    """E-mail address of the one who takes care of it; "" for nobody."""
    due: date | None = None
    demand: Demand | None = None
    """What its place in a list is made of; None of a topic that was asked for alone."""
    is_noise: bool = False
    """Whether it collects what nobody can have meant."""


@dataclass(frozen=True, slots=True)
class Marks:
    """All that agents decide about a topic; what customers do never changes it."""

    state: TopicState = TopicState.NEW
    label: str = ""
    """The name an agent gave it; "" for the most frequent wording."""
    reason: str = ""
    answer: str = ""
    assignee: str = ""
    due: date | None = None
    merged_into: int | None = None
    answered_at: datetime | None = None


class Action(StrEnum):
    """What somebody did with a topic."""

    ASSIGNED = "assigned"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    IGNORED = "ignored"
    REOPENED = "reopened"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    COMMENTED = "commented"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Move:
    """Wordings and keys that went from one topic to another."""

    source: int
    target: int
    wordings: tuple[int, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What an action changed, in enough detail to take it back."""

    before: Mapping[int, Marks]
    """Marks of every topic that was changed, by number."""
    after: Mapping[int, Marks]
    moves: tuple[Move, ...] = ()
    added: int | None = None
    """The topic that was made by it."""


@dataclass(frozen=True, slots=True)
class TopicEvent:
    """One line of a topic's trail: who did what, when, and whether it was taken back."""

    id: int
    topic_id: int
    happened_at: datetime
    account_email: str
    """Empty where the system did it by itself."""
    action: Action
    note: str
    change: Change | None = None
    """None for what changed nothing, such as a comment."""
    undone_by: int | None = None

    @property
    def is_undoable(self) -> bool:
        """Whether it can be taken back, unless the topic was changed after it."""
        return self.change is not None and self.undone_by is None


@dataclass(frozen=True, slots=True)
class OpenedAnyway:
    """An article that people opened after a failed search on the topic."""

    slug: str
    openings: int


@dataclass(frozen=True, slots=True)
class DayDemand:
    """Failed searches of a topic on one day."""

    day: date
    searches: int


@dataclass(frozen=True, slots=True)
class DraftResult:
    """A draft, and where it is; ``committed`` is None when it can only be downloaded."""

    draft: FaqDraft
    committed: CommittedDraft | None
