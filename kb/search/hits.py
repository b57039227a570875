"""Makes hits of ranked articles: the section that answers, an excerpt, and why it was found."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.content.models import ArticleSummary, State
from kb.search.analysis import Analyzer
from kb.search.documents import SearchSection
from kb.search.fusion import Candidate
from kb.search.models import BestPassage, Hit, Reasons
from kb.search.places import Place, keep_apart
from kb.search.ranking import Ranking
from kb.search.snippets import LENGTH, build_snippet
from kb.search.text_matching import TextMatch, TextMatcher

PASSAGE_LENGTH = 360
"""Characters of the best passage: three or four sentences."""
_TOLD_BY_WORDS = 0.5
"""Share of the question that a section must have for words to choose it; below, the section
that is nearest in meaning is shown. The beginning is shown wherever it is the nearest: "shipping
cost" is answered above "When an order ships", though only the heading below has "ship"."""
_SIMILAR = 0.4
"""Cosine from which "similar meaning" is given as a reason: of judged questions, articles that
answer reach it in 83 of 100 cases, others in 11 (MiniLM)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked article with what of the question it has."""

    candidate: Candidate
    words: TextMatch
    section: SearchSection | None
    """The one that is shown."""

    @property
    def article(self) -> ArticleSummary:
        """The article itself."""
        return self.words.text.article

    @property
    def found(self) -> frozenset[str]:
        """Those of the terms searched for that occur anywhere in the article."""
        return self.words.found

    @property
    def head(self) -> str:
        """Terms of title, questions, tags, wordings and the heading of the section, in order."""
        in_heading = self.section.terms[: self.section.heading_end] if self.section else ""
        return f"{self.words.text.head}{in_heading} "

    @property
    def url(self) -> str:
        """Path of the article with the anchor of the section."""
        anchor = self.section.anchor if self.section else ""
        return self.article.url + (f"#{anchor}" if anchor else "")


@dataclass(frozen=True)
class HitBuilder:
    """Makes the hits of one question."""

    matcher: TextMatcher
    _excerpts: dict[tuple[str, SearchSection | None], str] = field(default_factory=dict)

    def prepare(self, slugs: Iterable[str]) -> None:
        """Read articles that are likely to be shown, with the excerpts that words point to."""
        for slug in slugs:
            if (words := self.matcher.match(slug)) is not None:
                self._excerpt(words, words.section)

    def matches(self, candidates: Iterable[Candidate]) -> list[Match]:
        """Candidates with their texts."""
        compared = ((candidate, self.matcher.match(candidate.slug)) for candidate in candidates)
        return [Match(c, words, self._choose_section(c, words)) for c, words in compared if words]

    def build(self, match: Match, ranking: Ranking) -> Hit:
        """The hit that a page shows."""
        article, section = match.article, match.section
        return Hit(
            slug=article.slug,
            title=article.title,
            collection=article.collection,
            section=section.heading if section else "",
            anchor=section.anchor if section else "",
            url=match.url,
            score=round(match.candidate.score, 4),
            snippet=self._excerpt(match.words, section),
            internal=article.state is State.INTERNAL,
            reasons=self._reasons(match, ranking),
        )

    def build_passage(self, match: Match) -> BestPassage | None:
        """The quotation above the hits; None when the article has no text there."""
        section = match.section
        if section is None or not section.text:
            return None
        article = match.article
        text = self._make_excerpt(match.words, section, PASSAGE_LENGTH)
        return BestPassage(article.slug, article.title, section.heading, match.url, text)

    def _choose_section(self, candidate: Candidate, words: TextMatch) -> SearchSection | None:
        """The one that the words point to; the nearest in meaning when they tell too little."""
        sections = words.text.shown
        if candidate.anchor is None:
            return words.section
        if not candidate.anchor and candidate.cosine >= _SIMILAR and sections:
            return sections[0]
        if words.told >= _TOLD_BY_WORDS:
            return words.section
        return next((s for s in sections if s.anchor == candidate.anchor), words.section)

    def _excerpt(self, words: TextMatch, section: SearchSection | None) -> str:
        place = (words.text.article.slug, section)
        known = self._excerpts.get(place)
        if known is None:
            known = self._excerpts[place] = self._make_excerpt(words, section, LENGTH)
        return known

    def _make_excerpt(self, words: TextMatch, section: SearchSection | None, length: int) -> str:
        """Of what a section says; below a heading without a text of its own, of what is next."""
        if section is not None and not section.text:
            sections = words.text.shown
            following = sections[sections.index(section) :]
            section = next((s for s in following if s.text), None)
        if section is None:
            return self._make_excerpt_of_summary(words, length)
        return build_snippet(section.text, section.find_places(words.found), length)

    def _make_excerpt_of_summary(self, words: TextMatch, length: int) -> str:
        # Shown for want of a text only, so that nothing has been looked for in it yet.
        article, query = words.text.article, self.matcher.query
        wanted = self.matcher.weights.keys() - query.in_parts(words.found)
        placed = Analyzer.for_language(article.language).placed_terms(article.summary)
        places = (Place(start, end, term) for term, start, end in placed if term in wanted)
        return build_snippet(article.summary, keep_apart(places), length)

    def _reasons(self, match: Match, ranking: Ranking) -> Reasons:
        query = self.matcher.query
        covered = query.covered(match.found)
        terms = (*query.terms, *query.variants)
        words = (t.typed or t.term for t in terms if t.term in covered or t.term in match.found)
        return Reasons(
            words=tuple(dict.fromkeys(words)),
            synonyms=tuple(
                (synonym.typed, synonym.written)
                for synonym in query.synonym_matches
                if match.found.issuperset(synonym.terms)
            ),
            pinned=match.article.slug in ranking.pinned,
            asked=match.article.slug in ranking.asked,
            meaning=(
                round(match.candidate.cosine, 3) if match.candidate.cosine >= _SIMILAR else 0.0
            ),
        )
