"""What a customer typed, as a bounded query: words and weights, never an engine's syntax.

Quotes, brackets, ``AND``, ``field:`` and ``*`` are text like any other.  The number of
terms is bounded, so that no question can cost more than another by much.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kb.search.analysis import Analyzer
from kb.text import clean_query_text

MAX_TERMS = 12
"""Informative words of a question that are looked for; long questions lose the commonest."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A term to look for. ``weight`` scales its part of the score; synonyms have less than 1."""

    term: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed question. All terms are optional; the more match, the better."""

    text: str
    """The cleaned query text it was made from."""
    terms: tuple[QueryTerm, ...]
    """The customer's own words."""
    synonyms: tuple[QueryTerm, ...] = ()
    """What editors said means the same."""
    corrected: frozenset[str] = frozenset()
    """Those of ``terms`` that the customer did not type, but a correction put there."""

    @property
    def all_terms(self) -> tuple[QueryTerm, ...]:
        """Everything an engine looks for, each term once."""
        return (*self.terms, *self.synonyms)

    def __bool__(self) -> bool:
        return bool(self.terms)


def parse_query(
    text: str, analyzer: Analyzer, document_frequency: Callable[[str], int] | None = None
) -> Query:
    """Parse any text whatever; the result is empty when there is nothing to look for."""
    cleaned = clean_query_text(text)
    found = list(dict.fromkeys(analyzer.terms(cleaned)))
    if not found:
        found = list(dict.fromkeys(analyzer.terms(cleaned, keep_stop_words=True)))
    if len(found) > MAX_TERMS and document_frequency is not None:
        rare_first = sorted(found, key=lambda term: document_frequency(term) or 1 << 30)
        kept = set(rare_first[:MAX_TERMS])
        found = [term for term in found if term in kept]
    return Query(cleaned, tuple(QueryTerm(term) for term in found[:MAX_TERMS]))
