"""The values of the search feature: what is asked, what is found, and how it was found."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What it took to find the first hit; the page and the log say so.

    That quoted phrases were given up is told apart from it (``SearchPage.relaxed``), for
    the words may still stand near each other.
    """

    ALL_WORDS = "all-words"
    """All words near each other in the first hit."""
    ANY_WORDS = "any-words"
    """All words optional, best match first."""
    CORRECTED = "corrected"
    """The same after spelling correction."""
    PREFIX = "prefix"
    """Words and codes that begin with what was typed."""
    SEMANTIC = "semantic"
    """No word matched; articles that mean something similar."""
    NONE = "none"
    """Nothing was found, or there was nothing to look for."""


class SearchOutcome(StrEnum):
    """What the page can promise at the time of the search (the visit decides the rest)."""

    CONFIDENT = "confident"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an article was found, for "why this result"."""

    words: tuple[str, ...] = ()
    """Words of the question, as they were searched, that occur in the article."""
    synonyms: tuple[tuple[str, str], ...] = ()
    """Word of the question, and what editors said means the same and occurs in the article."""
    pinned: bool = False
    """Editors put it first for this question."""
    asked: bool = False
    """The question is written down in the article, word for word."""
    meaning: float = 0.0
    """Cosine between question and nearest passage; 0 when they are not similar, and without the
    semantic stage."""


@dataclass(frozen=True, slots=True)
class BestPassage:
    """The passage that most likely answers, quoted above the hits."""

    slug: str
    title: str
    section: str
    url: str
    """Path with the anchor."""
    text: str
    """Escaped HTML with ``<mark>``."""


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
    reasons: Reasons = Reasons()


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
    """How hits were ranked: ``lexical`` by words, ``hybrid`` by words and meaning."""
    degraded: bool
    """Answered without an optional stage, or by a fallback after a failure."""
    took_ms: float
    best: BestPassage | None = None
    """Only when the confidence is high."""
    relaxed: bool = False
    """No article has what stands in quotation marks word for word; these have some of it."""


@dataclass(frozen=True, slots=True)
class RankedArticles:
    """The order of a whole search without the texts of its hits."""

    slugs: tuple[str, ...]
    """Best first."""
    mode: str
    """As in ``SearchPage``."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article offered while the customer is typing."""

    title: str
    url: str
    slug: str
