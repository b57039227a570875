"""Search as the site uses it: one question in, one page of hits out, and suggestions.

One service belongs to one generation and never changes.  A question is answered by
stages, and the page says which one did: all words optional and ranked, then the same
after spelling correction.  Whatever happens, the customer gets a page.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Protocol

from kb.content.library import Library
from kb.content.models import ArticleSummary, Audience, State
from kb.search.analysis import Analyzer
from kb.search.confidence import Evidence, covered_share, estimate_confidence
from kb.search.corrections import Corrector
from kb.search.dictionary import Dictionary
from kb.search.documents import SearchSection
from kb.search.engine import EngineHit, EngineReader, EngineResult
from kb.search.filters import EVERYTHING_PUBLIC, SearchFilters
from kb.search.models import Hit, SearchOutcome, SearchPage, Stage, Suggestion
from kb.search.query import Query, parse_query
from kb.search.snippets import build_snippet, choose_section
from kb.search.suggestions import SuggestionIndex
from kb.search.synonyms import Synonyms
from kb.search.wordings import Wordings, put_first
from kb.text import clean_query_text

MAX_RESULTS = 100
"""Nobody reads further; deeper paging only serves scrapers."""

_log = logging.getLogger(__name__)


class SectionTexts(Protocol):
    """Loads the sections of one article as they were analysed at publish."""

    def load_search_sections(self, slug: str) -> Sequence[SearchSection]:
        """The sections in reading order."""
        ...


class SearchService:
    """Answers questions from one generation; safe to share between threads."""

    def __init__(
        self,
        library: Library,
        engine: EngineReader,
        sections: SectionTexts,
        vocabulary: Mapping[str, int],
        synonyms: Synonyms,
        weak_confidence: float,
    ) -> None:
        self._library = library
        self._engine = engine
        self._sections = sections
        self._synonyms = synonyms
        self._weak_confidence = weak_confidence
        self._frequency = lru_cache(maxsize=65_536)(engine.document_frequency)
        self._analyzer = Analyzer.for_language(library.site.language)
        self._dictionary = Dictionary.for_language(library.site.language)
        self._corrector = Corrector(vocabulary, self._dictionary)
        self._wordings = Wordings(library.list_articles(Audience.STAFF))
        self._suggestions = SuggestionIndex(library.list_articles(Audience.STAFF), self._analyzer)
        self.vocabulary = vocabulary
        """Folded words of all articles, with the number of articles they occur in."""

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        filters: SearchFilters = EVERYTHING_PUBLIC,
        exact: bool = False,
    ) -> SearchPage:
        """Answer one question; never raises. ``exact`` searches without spelling correction."""
        started = time.perf_counter()
        limit = max(1, min(limit, MAX_RESULTS))
        offset = max(0, min(offset, MAX_RESULTS - limit))
        cleaned = clean_query_text(text)
        try:
            correction = self._corrector.correct(cleaned, self._analyzer, self._occurs)
            corrected = correction is not None and not exact
            searched = correction if correction is not None and corrected else cleaned
            query = self._parse(searched, typed=cleaned)
            result = self._rank(query, limit + offset, filters)
            page = self._build_page(cleaned, query, result, offset, filters.audience)
        except Exception:
            # The engine is a third party's; whatever it raises, the customer gets an answer.
            _log.exception("search failed; answered by titles")
            correction, corrected = None, False
            page = self._fall_back(cleaned, limit, filters.audience)
        if corrected and page.stage is Stage.ANY_WORDS:
            page = replace(page, stage=Stage.CORRECTED)
        took_ms = round((time.perf_counter() - started) * 1000, 3)
        return replace(page, correction=correction, offset=offset, took_ms=took_ms)

    def suggest(
        self, text: str, *, limit: int = 8, audience: Audience = Audience.PUBLIC
    ) -> tuple[Suggestion, ...]:
        """Articles whose title or question fits what has been typed so far; never raises."""
        return self._suggestions.suggest(text, limit, audience)

    def warm(self) -> None:
        """Load what only some searches need; for a thread that nobody waits for."""
        self._dictionary.load()

    def close(self) -> None:
        """Release the index."""
        self._engine.close()

    def _parse(self, text: str, typed: str) -> Query:
        query = parse_query(text, self._analyzer, self._frequency)
        if text != typed:
            own = set(self._analyzer.terms(typed))
            guessed = frozenset(term.term for term in query.terms if term.term not in own)
            query = replace(query, corrected=guessed)
        return self._synonyms.expand(query)

    def _rank(self, query: Query, limit: int, filters: SearchFilters) -> EngineResult:
        if not query:
            return EngineResult(0, ())
        result = self._engine.search(query.all_terms, limit, filters=filters)
        worded = [
            slug
            for slug in self._wordings.find(query.text, self._analyzer)
            if filters.allow(self._library.summaries[slug])
        ]
        return put_first(result, worded, limit)

    def _build_page(
        self, cleaned: str, query: Query, result: EngineResult, offset: int, audience: Audience
    ) -> SearchPage:
        weights = {t.term: self._idf(t.term) * t.weight for t in query.all_terms}
        load = cache(self._sections.load_search_sections)  # the first hit's are needed twice
        hits = [
            self._build_hit(hit, article, weights, load(hit.key))
            for hit in result.hits[offset:]
            if (article := self._library.find_summary(hit.key, audience))
        ]
        confidence = self._confidence(query, result, load)
        return SearchPage(
            query=cleaned,
            searched=query.text,
            correction=None,
            stage=Stage.ANY_WORDS if result.hits else Stage.NONE,
            outcome=self._outcome(result.total, confidence),
            confidence=confidence,
            total=result.total,
            hits=tuple(hits),
            offset=offset,
            mode="lexical",
            degraded=False,
            took_ms=0.0,
        )

    def _outcome(self, total: int, confidence: float) -> SearchOutcome:
        if total == 0:
            return SearchOutcome.NONE
        return SearchOutcome.WEAK if confidence < self._weak_confidence else SearchOutcome.CONFIDENT

    def _build_hit(
        self,
        hit: EngineHit,
        article: ArticleSummary,
        weights: Mapping[str, float],
        sections: Sequence[SearchSection],
    ) -> Hit:
        analyzer = Analyzer.for_language(article.language)
        section = choose_section(sections, weights, analyzer.terms(article.title))
        anchor = section.anchor if section else ""
        text = section.text if section and section.text else article.summary
        return Hit(
            slug=article.slug,
            title=article.title,
            collection=article.collection,
            section=section.heading if section else "",
            anchor=anchor,
            url=article.url + (f"#{anchor}" if anchor else ""),
            score=round(hit.score, 4),
            snippet=build_snippet(text, frozenset(weights), analyzer),
            internal=article.state is State.INTERNAL,
        )

    def _confidence(
        self, query: Query, result: EngineResult, load: Callable[[str], Sequence[SearchSection]]
    ) -> float:
        if not result.hits:
            return 0.0
        best = result.hits[0]
        article = self._library.summaries.get(best.key)
        if article is None:
            return 0.0
        if best.key in self._wordings.find(query.text, self._analyzer):
            return estimate_confidence(Evidence(1.0, 1.0, 1.0, 1.0))
        own = {t.term: self._idf(t.term) for t in query.terms}
        sections = load(best.key)
        section = choose_section(sections, own)
        analyzer = Analyzer.for_language(article.language)
        head = set(analyzer.terms(" \n ".join((article.title, *article.questions, *article.tags))))
        if section:
            head.update(analyzer.terms(section.heading))
        in_section = {t for t in own if section and section.count(t)} | head
        anywhere = in_section | {t for t in own if any(s.count(t) for s in sections)}
        second = result.hits[1].score if len(result.hits) > 1 else 0.0
        # A corrected word may be another word altogether, so it counts half.
        doubt = 1.0 - 0.5 * covered_share(own, query.corrected)
        coverage = covered_share(own, anywhere)
        lead = (best.score - second) / best.score if best.score > 0 else 0.0
        evidence = Evidence(
            coverage=coverage,
            head_coverage=covered_share(own, head),
            section_coverage=covered_share(own, in_section),
            margin=lead * coverage,
        )
        return round(estimate_confidence(evidence) * doubt, 4)

    def _fall_back(self, cleaned: str, limit: int, audience: Audience) -> SearchPage:
        hits = tuple(
            Hit(s.slug, s.title, self._library.summaries[s.slug].collection, "", "", s.url, 0.0, "")
            for s in self._suggestions.suggest(cleaned, limit, audience)
        )
        outcome = SearchOutcome.WEAK if hits else SearchOutcome.NONE
        stage = Stage.ANY_WORDS if hits else Stage.NONE
        return SearchPage(
            cleaned, cleaned, None, stage, outcome, 0.0, len(hits), hits, 0, "lexical", True, 0.0
        )

    def _idf(self, term: str) -> float:
        return math.log(1.0 + (self._engine.count() + 1) / (self._frequency(term) + 1))

    def _occurs(self, term: str) -> bool:
        return self._frequency(term) > 0
