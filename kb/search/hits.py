"""Makes hits of ranked articles: the section that answers, an excerpt, and why it was found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.content.library import Library
from kb.content.models import ArticleSummary, State
from kb.search.analysis import Analyzer
from kb.search.confidence import covered_share
from kb.search.documents import SearchSection
from kb.search.fusion import Candidate
from kb.search.models import BestPassage, Hit, Reasons
from kb.search.query import Query
from kb.search.ranking import Ranking
from kb.search.section_choice import choose_section, find_beginning, without_contents
from kb.search.snippets import LENGTH, build_snippet
from kb.search.word_finder import WordFinder

PASSAGE_LENGTH = 360
"""Characters of the best passage: three or four sentences."""
_TOLD_BY_WORDS = 0.5
"""Share of the question that a section must have for words to choose it; below, the section
that is nearest in meaning is shown. The beginning is shown wherever it is the nearest: "shipping
cost" is answered above "When an order ships", though only the heading below has "ship"."""
_SIMILAR = 0.4
"""Cosine from which "similar meaning" is given as a reason: of judged questions, articles that
answer reach it in 83 of 100 cases, others in 11 (MiniLM)."""

LoadSections = Callable[[str], Sequence[SearchSection]]


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked article with what of the question it has."""

    candidate: Candidate
    article: ArticleSummary
    sections: Sequence[SearchSection]
    """All but a table of contents."""
    section: SearchSection | None
    """The one that is shown."""
    article_head: tuple[str, ...]
    """Terms of title, questions, tags and wordings, in this order."""
    found: frozenset[str]
    """Those of the terms searched for that occur anywhere in the article."""

    @property
    def head(self) -> tuple[str, ...]:
        """``article_head``, and behind it the terms of the heading of the section."""
        if self.section is None:
            return self.article_head
        analyzer = Analyzer.for_language(self.article.language)
        return (*self.article_head, *analyzer.terms(self.section.heading))

    @property
    def url(self) -> str:
        """Path of the article with the anchor of the section."""
        anchor = self.section.anchor if self.section else ""
        return self.article.url + (f"#{anchor}" if anchor else "")


@dataclass(frozen=True, slots=True)
class _Text:
    """What an article has of a question, whatever else is known of it."""

    sections: Sequence[SearchSection]
    """``Match.sections``."""
    head: tuple[str, ...]
    """``Match.article_head``."""
    found: frozenset[str]
    section: SearchSection | None
    """The one that the words point to."""


@dataclass(frozen=True)
class HitBuilder:
    """Reads the text of ranked articles for one question."""

    library: Library
    load_sections: LoadSections
    query: Query
    weights: Mapping[str, float]
    """How much each term searched for tells (idf times its weight)."""
    wordings: Mapping[str, Sequence[str]]
    """What customers asked who were answered by an article, by its slug."""
    _texts: dict[str, _Text] = field(default_factory=dict)
    _excerpts: dict[tuple[str, SearchSection | None], str] = field(default_factory=dict)
    _finders: dict[tuple[str, frozenset[str]], WordFinder] = field(default_factory=dict)

    def prepare(self, slugs: Iterable[str]) -> None:
        """Read articles that are likely to be shown, with the excerpts that words point to."""
        for slug in slugs:
            if (article := self.library.summaries.get(slug)) is not None:
                text = self._text(article)
                self._excerpt(article, text.section, text.found)

    def matches(self, candidates: Iterable[Candidate]) -> list[Match]:
        """Candidates with their texts."""
        summaries = self.library.summaries
        return [self._match(c, summaries[c.slug]) for c in candidates if c.slug in summaries]

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
            snippet=self._excerpt(article, section, match.found),
            internal=article.state is State.INTERNAL,
            reasons=self._reasons(match, ranking),
        )

    def build_passage(self, match: Match) -> BestPassage | None:
        """The quotation above the hits; None when the article has no text there."""
        section = match.section
        if section is None or not section.text:
            return None
        article = match.article
        text = self._make_excerpt(article, section, match.found, PASSAGE_LENGTH)
        return BestPassage(article.slug, article.title, section.heading, match.url, text)

    def _text(self, article: ArticleSummary) -> _Text:
        known = self._texts.get(article.slug)
        if known is None:
            known = self._texts[article.slug] = self._read(article)
        return known

    def _read(self, article: ArticleSummary) -> _Text:
        sections = self.load_sections(article.slug)
        analyzer = Analyzer.for_language(article.language)
        title = analyzer.terms(article.title, keep_stop_words=True)
        head = [*title, *analyzer.terms(" \n ".join((*article.questions, *article.tags)))]
        for wording in self.wordings.get(article.slug, ()):
            head += analyzer.terms(wording)
        text = "".join(part.terms for part in sections)
        in_head = frozenset(head)
        found = frozenset(t for t in self.weights if t in in_head or f" {t} " in text)
        found -= self.query.in_parts(found)
        shown = without_contents(sections)
        section = self._choose_by_words(shown, title, found)
        return _Text(shown, tuple(head), found, section)

    def _match(self, candidate: Candidate, article: ArticleSummary) -> Match:
        text = self._text(article)
        section = self._choose_section(candidate, text)
        return Match(candidate, article, text.sections, section, text.head, text.found)

    def _choose_by_words(
        self, sections: Sequence[SearchSection], title: Sequence[str], found: frozenset[str]
    ) -> SearchSection | None:
        own = {term.term for term in self.query.terms}
        if sections and len(self.query.covered(frozenset(title))) == len(own):
            return find_beginning(sections, own)  # what is asked is what it is called
        telling = {term: weight for term, weight in self.weights.items() if term in found}
        return choose_section(sections, telling, title)

    def _choose_section(self, candidate: Candidate, text: _Text) -> SearchSection | None:
        """The one that the words point to; the nearest in meaning when they tell too little."""
        sections, section = text.sections, text.section
        if candidate.anchor is None:
            return section
        if not candidate.anchor and candidate.cosine >= _SIMILAR and sections:
            return sections[0]
        own = {term.term: self.weights[term.term] for term in self.query.terms}
        head = frozenset(text.head)
        there = {t for t in own if t in head or (section and section.count(t))}
        if covered_share(own, self.query.covered(there)) >= _TOLD_BY_WORDS:
            return section
        return next((s for s in sections if s.anchor == candidate.anchor), section)

    def _excerpt(
        self, article: ArticleSummary, section: SearchSection | None, found: frozenset[str]
    ) -> str:
        place = (article.slug, section)
        known = self._excerpts.get(place)
        if known is None:
            known = self._excerpts[place] = self._make_excerpt(article, section, found, LENGTH)
        return known

    def _make_excerpt(
        self,
        article: ArticleSummary,
        section: SearchSection | None,
        found: frozenset[str],
        length: int,
    ) -> str:
        text = self._shown_text(article, section)
        terms = frozenset(self.weights) - self.query.in_parts(found)
        return build_snippet(text, self._finder(article.language, terms), length)

    def _shown_text(self, article: ArticleSummary, section: SearchSection | None) -> str:
        """What a section says; below a heading with no text of its own, what stands next."""
        if section is None or section.text:
            return section.text if section else article.summary
        sections = self._text(article).sections
        following = sections[sections.index(section) :]
        return next((s.text for s in following if s.text), article.summary)

    def _finder(self, language: str, terms: frozenset[str]) -> WordFinder:
        finder = self._finders.get((language, terms))
        if finder is None:
            finder = WordFinder(Analyzer.for_language(language), terms)
            self._finders[language, terms] = finder
        return finder

    def _reasons(self, match: Match, ranking: Ranking) -> Reasons:
        covered = self.query.covered(match.found)
        terms = (*self.query.terms, *self.query.variants)
        words = (t.typed or t.term for t in terms if t.term in covered or t.term in match.found)
        return Reasons(
            words=tuple(dict.fromkeys(words)),
            synonyms=tuple(
                (synonym.typed, synonym.written)
                for synonym in self.query.synonym_matches
                if match.found.issuperset(synonym.terms)
            ),
            pinned=match.article.slug in ranking.pinned,
            asked=match.article.slug in ranking.asked,
            meaning=(
                round(match.candidate.cosine, 3) if match.candidate.cosine >= _SIMILAR else 0.0
            ),
        )
