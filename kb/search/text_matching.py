"""What the texts of articles have of one question: by that passages are compared and chosen.

Each text is looked through once.  What it has is kept as one bit for each term that is
searched for: what the same bits mean is worked out once for all texts that have them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kb.search.confidence import covered_share
from kb.search.documents import SearchSection
from kb.search.query import Query
from kb.search.search_texts import SearchText
from kb.search.section_choice import choose_section, find_beginning


@dataclass(frozen=True, slots=True)
class TextMatch:
    """What one article has of the question."""

    text: SearchText
    found: frozenset[str]
    """Those of the terms searched for that occur anywhere in it."""
    covered: float
    """The largest share of the question that one passage has, 0 to 1: a section below the title,
    or a question that is written down."""
    section: SearchSection | None
    """The one that the words point to."""
    told: float
    """The share of the question that this section has together with what the whole is called."""


@dataclass(frozen=True, slots=True)
class _Having:
    """What it means to have some of the terms."""

    terms: frozenset[str]
    found: frozenset[str]
    """``terms`` without those that are only parts of synonyms."""
    has_all: bool
    """Of the customer's own words."""
    share: float
    """Of what these words tell."""


class TextMatcher:
    """Compares the texts of articles with one question."""

    def __init__(
        self,
        query: Query,
        weights: Mapping[str, float],
        load: Callable[[str], SearchText | None],
    ) -> None:
        """``weights`` tells how much each term searched for tells (idf times its weight)."""
        self.query = query
        self.weights = weights
        self._load = load
        self._own = {term.term: weights[term.term] for term in query.terms}
        self._wanted = [(1 << n, f" {term} ") for n, term in enumerate(weights)]
        self._having: dict[int, _Having] = {}
        self._matches: dict[str, TextMatch | None] = {}

    def match(self, slug: str) -> TextMatch | None:
        """What an article has of the question; None when there is no such article."""
        if slug not in self._matches:
            text = self._load(slug)
            self._matches[slug] = None if text is None else self._compare(text)
        return self._matches[slug]

    def _compare(self, text: SearchText) -> TextMatch:
        title, head = self._find(text.title), self._find(text.head)
        in_sections = [self._find(section.terms) for section in text.sections]
        everything = head
        for bits in in_sections:
            everything |= bits
        passages = {title, *map(self._find, text.questions), *(title | b for b in in_sections)}
        found = self._tell(everything).found
        section = self._choose(text, self._tell(title), found)
        there = head | self._find(section.terms) if section else head
        return TextMatch(
            text,
            found,
            max(self._tell(bits).share for bits in passages),
            section,
            self._tell(there).share,
        )

    def _find(self, terms: str) -> int:
        bits = 0
        for bit, spaced in self._wanted:
            if spaced in terms:
                bits |= bit
        return bits

    def _tell(self, bits: int) -> _Having:
        known = self._having.get(bits)
        if known is None:
            terms = frozenset(
                term
                for term, (bit, _) in zip(self.weights, self._wanted, strict=True)
                if bits & bit
            )
            covered = self.query.covered(terms)
            known = self._having[bits] = _Having(
                terms,
                terms - self.query.in_parts(terms),
                len(covered) == len(self._own),
                covered_share(self._own, covered),
            )
        return known

    def _choose(
        self, text: SearchText, title: _Having, found: frozenset[str]
    ) -> SearchSection | None:
        sections = text.shown
        if sections and title.has_all:
            return find_beginning(sections, self._own)  # what is asked is what it is called
        telling = {term: weight for term, weight in self.weights.items() if term in found}
        return choose_section(sections, telling, title.terms)
