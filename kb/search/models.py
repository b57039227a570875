"""The values of the search feature: what is asked, what is found, and how it was found."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Which step of the search answered; the page and the log say so."""

    ANY_WORDS = "any-words"
    """All words optional, best match first."""
    CORRECTED = "corrected"
    """The same after spelling correction."""
    NONE = "none"
    """Nothing was found, or there was nothing to look for."""


class SearchOutcome(StrEnum):
    """What the page can promise at the time of the search (the visit decides the rest)."""

    CONFIDENT = "confident"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: at most one for an article, linked to the section that answers."""

    slug: str
    title: str
    collection: str
    """Slug of the collection."""
    section: str
    """Heading of the section that matches best; empty when it is the article's beginning."""
    anchor: str
    url: str
    """Path with the anchor."""
    score: float
    snippet: str
    """Escaped HTML with ``<mark>``: the only field that is HTML."""
    internal: bool = False


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results, and how it was made."""

    query: str
    """The query text as it was read: cleaned and cut to the limit."""
    searched: str
    """What was searched in the end; differs from ``query`` when it was corrected."""
    correction: str | None
    """The corrected query text, whether it was searched or is only offered."""
    stage: Stage
    outcome: SearchOutcome
    confidence: float
    """0..1: how likely the first hit answers; comparable between queries."""
    total: int
    hits: tuple[Hit, ...]
    offset: int
    mode: str
    """How hits were ranked: ``lexical``."""
    degraded: bool
    """Answered without an optional stage, or by a fallback after a failure."""
    took_ms: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article offered while the customer is typing."""

    title: str
    url: str
    slug: str
