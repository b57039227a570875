"""The values of content gaps: topics, what was decided about them, and FAQ drafts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class TopicState(StrEnum):
    """How far a topic has come."""

    NEW = "new"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    IGNORED = "ignored"


TO_DO = (TopicState.NEW, TopicState.DRAFTED)
"""The states in which somebody still has something to do."""


@dataclass(frozen=True, slots=True)
class Words:
    """What grouping needs to know of the content: its language and the words it uses."""

    language: str = "en"
    known: Mapping[str, int] = field(default_factory=dict)
    """Folded words of the articles with the number of articles they occur in."""


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


@dataclass(frozen=True, slots=True)
class Topic:
    """Failed searches that ask the same thing, counted over a range of days."""

    id: int
    label: str
    """The most frequent wording."""
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


@dataclass(frozen=True, slots=True)
class Decision:
    """Who made what of a topic, and when."""

    decided_at: datetime
    account_email: str
    state: TopicState
    note: str


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
class Author:
    """In whose name a draft is committed."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class FaqDraft:
    """A draft article made from a topic, before it is kept anywhere."""

    path: str
    """Below the content folder, with slashes."""
    text: str
    branch: str
    message: str


@dataclass(frozen=True, slots=True)
class CommittedDraft:
    """Where a draft was committed. Path and branch may differ from those asked for."""

    path: str
    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class DraftResult:
    """A draft, and where it is; ``committed`` is None when it can only be downloaded."""

    draft: FaqDraft
    committed: CommittedDraft | None
