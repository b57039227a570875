"""Search as the site uses it: one question in, one page of hits out, and suggestions.

One service belongs to one generation and never changes.  A question is read (corrected,
completed), articles are ranked, hits are made of those that the page shows, and the page
says how sure it is and which stage answered.  Whatever happens, the customer gets a page.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import islice

from cachetools import LRUCache

from kb.clock import Clock
from kb.content.library import Library
from kb.content.models import Audience
from kb.search.analysis import Analyzer
from kb.search.best_bets import BestBets
from kb.search.codes import is_mixed
from kb.search.confidence import estimate_confidence
from kb.search.dictionary import Dictionary
from kb.search.documents import AnalysedTexts
from kb.search.engine import EngineReader, GiveWay, idf, wait_for_nobody
from kb.search.evidence import collect_evidence
from kb.search.filters import EVERYTHING_PUBLIC, SearchFilters
from kb.search.hits import HitBuilder, Match
from kb.search.models import Hit, RankedArticles, SearchOutcome, SearchPage, Stage, Suggestion
from kb.search.query import Query
from kb.search.ranking import Ranker, Ranking, allowed_slugs, score_factors
from kb.search.reading import QuestionReader, Reading
from kb.search.search_texts import SearchText, SearchTexts
from kb.search.semantic import SemanticSearch
from kb.search.stages import find_stage
from kb.search.suggestions import SuggestionIndex
from kb.search.synonyms import Synonyms
from kb.search.text_matching import TextMatcher
from kb.search.written_questions import WrittenQuestions
from kb.text import clean_query_text, fold

MAX_RESULTS = 100
"""Nobody reads further; deeper paging only serves scrapers."""
QUOTED_FROM = 0.6
"""Confidence from which the best passage is quoted above the hits."""
_FILTERS_CACHED = 8
"""Sets of all slugs, 2 MB each with 50,000 articles."""
_PAGES_KEPT = 1_024
"""Pages of hits, some 10 kB each: what was shown while typing, what many ask, and the way back."""
_FREQUENCIES_CACHED = 65_536
"""Terms whose document frequency is kept, some 8 MB: every term is asked for several times."""

_log = logging.getLogger(__name__)


class SearchService:
    """Answers questions from one generation; safe to share between threads."""

    def __init__(
        self,
        library: Library,
        engine: EngineReader,
        texts: AnalysedTexts,
        vocabulary: Mapping[str, int],
        synonyms: Synonyms,
        weak_confidence: float,
        *,
        dictionary: Dictionary,
        written: WrittenQuestions,
        best_bets: BestBets | None = None,
        wordings: Mapping[str, Sequence[str]] | None = None,
        semantic: SemanticSearch | None = None,
        clock: Clock,
    ) -> None:
        self._library = library
        self._engine = engine
        self._texts = SearchTexts(library, texts, wordings or {})
        self._weak_confidence = weak_confidence
        self._semantic = semantic
        self._clock = clock
        self._kept: LRUCache[Hashable, SearchPage] = LRUCache(_PAGES_KEPT)
        self._lock = threading.Lock()
        self._frequency = lru_cache(maxsize=_FREQUENCIES_CACHED)(engine.document_frequency)
        self._analyzer = Analyzer.for_language(library.site.language)
        self._reader = QuestionReader(
            self._analyzer,
            vocabulary,
            dictionary,
            synonyms,
            library.list_articles(Audience.PUBLIC),
            self._frequency,
        )
        everything = library.list_articles(Audience.STAFF)
        self._ranker = self._build_ranker(written, best_bets or BestBets())
        self._suggestions = SuggestionIndex(everything, self._analyzer, self._reader.nearest)
        self.vocabulary = vocabulary
        """Folded words of all articles, with the number of articles they occur in."""

    @property
    def semantic(self) -> SemanticSearch | None:
        """The semantic stage; None when it is switched off."""
        return self._semantic

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        filters: SearchFilters = EVERYTHING_PUBLIC,
        exact: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
        pause: Callable[[], None] = lambda: None,
    ) -> SearchPage:
        """Answer one question; never raises.

        Args:
            text: the question as it was typed.
            limit: how many hits.
            offset: how many hits come before.
            filters: what may be found.
            exact: search without spelling correction.
            meanwhile: what the caller has to do while the sentence model works; may not be called.
            pause: called between steps of a few ms; returns when the search may go on.
        """
        started = time.perf_counter()
        limit = max(1, min(limit, MAX_RESULTS))
        offset = max(0, min(offset, MAX_RESULTS - limit))
        cleaned = clean_query_text(text)
        today = self._clock.now().date()
        key = (cleaned, limit, offset, filters, exact, today)
        with self._lock:
            page = self._kept.get(key)
        if page is None:
            part = slice(offset, offset + limit)
            is_warm = self._reader.is_warm
            try:
                page = self._answer(cleaned, part, filters, today, meanwhile, pause, exact=exact)
            except Exception:
                # The engine is a third party's; whatever it raises, the customer gets an answer.
                _log.exception("search failed; answered by titles")
                page = self._fall_back(cleaned, limit, filters.audience)
            if is_warm and not page.degraded:  # the next one may get the whole answer
                with self._lock:
                    self._kept[key] = page
        took_ms = round((time.perf_counter() - started) * 1000, 3)
        return replace(page, offset=offset, took_ms=took_ms)

    def rank(
        self, text: str, *, filters: SearchFilters = EVERYTHING_PUBLIC, limit: int = MAX_RESULTS
    ) -> RankedArticles:
        """What the pages of ``search`` show, in the same order; never raises.

        Without choosing sections and making excerpts, for who only needs the order.
        """
        cleaned = clean_query_text(text)
        try:
            query = self._reader.read(cleaned).query
            match = self._matcher(query).match
            ranking = self._ranker.rank(query, filters, self._clock.now().date(), match)
        except Exception:
            _log.exception("ranking failed; ranked by titles")
            page = self._fall_back(cleaned, limit, filters.audience)
            return RankedArticles(tuple(hit.slug for hit in page.hits), page.mode)
        found = (c.slug for c in ranking.candidates if c.slug in self._library.summaries)
        return RankedArticles(tuple(islice(found, limit)), ranking.mode)

    def suggest(
        self, text: str, *, limit: int = 8, audience: Audience = Audience.PUBLIC
    ) -> tuple[Suggestion, ...]:
        """Articles whose title or question fits what has been typed so far; never raises."""
        return self._suggestions.suggest(text, limit, audience)

    def list_telling_words(self, text: str) -> tuple[str, ...]:
        """The words of a question that tell what it is about, as they were typed."""
        tokens = self._analyzer.tokens(clean_query_text(text))
        words = (fold(text[token.start : token.end]) for token in tokens)
        return tuple(dict.fromkeys(w for w in words if w not in self._analyzer.stop_words))

    def prepare(self) -> None:
        """Load what nearly every search needs, so that the first one is as fast as others."""
        self._reader.warm()
        self._engine.document_frequency("")  # opens all segments

    def warm(self, give_way: GiveWay = wait_for_nobody) -> bool:
        """Load what only some searches need, and vectors that were computed meanwhile.

        For a thread that nobody waits for and that calls again and again: loading the
        model aside, a call works for a part of a second, and not at all when all is done.
        False when there is more to do.
        """
        if self._semantic is not None:
            self._semantic.refresh()
            self._semantic.warm()
        self._reader.warm(give_way)
        return self._engine.warm(give_way)

    def close(self) -> None:
        """Release the index."""
        self._engine.close()

    def _build_ranker(self, written: WrittenQuestions, best_bets: BestBets) -> Ranker:
        library = self._library
        return Ranker(
            library,
            self._engine,
            self._texts.load,
            self._semantic,
            written,
            best_bets,
            self._analyzer,
            self._frequency,
            self._idf,
            lru_cache(maxsize=_FILTERS_CACHED)(lambda filters: allowed_slugs(library, filters)),
            lru_cache(maxsize=2)(lambda today: score_factors(library, today)),
        )

    def _answer(
        self,
        cleaned: str,
        part: slice,
        filters: SearchFilters,
        today: date,
        meanwhile: Callable[[], None],
        pause: Callable[[], None],
        *,
        exact: bool,
    ) -> SearchPage:
        # The model works in another process or thread: what needs no vector is done meanwhile.
        asked = self._ranker.ask(cleaned)
        pause()
        reading = self._reader.read(cleaned, exact=exact)
        query = reading.query
        matcher = self._matcher(query, pause)
        builder = HitBuilder(matcher)

        def prepare(slugs: Iterable[str]) -> None:
            builder.prepare(slugs)
            pause()
            meanwhile()
            pause()

        def build(match: Match) -> Hit:
            pause()
            return builder.build(match, ranking)

        ranking = self._ranker.rank(query, filters, today, matcher.match, asked, prepare)
        matches = builder.matches(ranking.candidates[part])
        # Later pages say the same of the search as the first one.
        first = next(iter(builder.matches(ranking.candidates[:1]) if part.start else matches), None)
        confidence = self._confidence(first, reading, ranking) if first else 0.0
        is_quoted = confidence >= QUOTED_FROM and part.start == 0
        return SearchPage(
            query=cleaned,
            searched=query.text,
            correction=reading.correction,
            stage=find_stage(first, reading, ranking),
            outcome=self._outcome(ranking, confidence),
            confidence=confidence,
            total=ranking.total,
            hits=tuple(map(build, matches)),
            offset=part.start,
            mode=ranking.mode,
            degraded=ranking.degraded,
            took_ms=0.0,
            best=builder.build_passage(first) if first and is_quoted else None,
            relaxed=ranking.relaxed,
        )

    def _matcher(self, query: Query, pause: Callable[[], None] = lambda: None) -> TextMatcher:
        weights = {t.term: self._idf(t.term) * t.weight for t in query.all_terms}

        def load(slug: str) -> SearchText | None:
            # Each text that is read and compared is a step.
            pause()
            return self._texts.load(slug)

        return TextMatcher(query, weights, load)

    def _outcome(self, ranking: Ranking, confidence: float) -> SearchOutcome:
        if not ranking.candidates:
            return SearchOutcome.NONE
        return SearchOutcome.WEAK if confidence < self._weak_confidence else SearchOutcome.CONFIDENT

    def _confidence(self, first: Match, reading: Reading, ranking: Ranking) -> float:
        slug = first.article.slug
        if slug in ranking.pinned or slug in ranking.asked:
            return 1.0
        query = reading.query
        own = {t.term: self._idf(t.term) for t in query.terms}
        evidence = collect_evidence(own, query, first, ranking)
        hybrid = ranking.mode == "hybrid"
        found = estimate_confidence(evidence, hybrid=hybrid, foreign=ranking.foreign)
        if own and own.keys() <= set(filter(is_mixed, first.found)):
            # A code says nothing that a sentence model understands; the article has it or not.
            found = max(found, self._weak_confidence)
        return round(found, 4)

    def _fall_back(self, cleaned: str, limit: int, audience: Audience) -> SearchPage:
        hits = tuple(
            Hit(s.slug, s.title, self._library.summaries[s.slug].collection, "", "", s.url, 0.0, "")
            for s in self._suggestions.suggest(cleaned, limit, audience)
        )
        return SearchPage(
            query=cleaned,
            searched=cleaned,
            correction=None,
            stage=Stage.ANY_WORDS if hits else Stage.NONE,
            outcome=SearchOutcome.WEAK if hits else SearchOutcome.NONE,
            confidence=0.0,
            total=len(hits),
            hits=hits,
            offset=0,
            mode="lexical",
            degraded=True,
            took_ms=0.0,
        )

    def _idf(self, term: str) -> float:
        return idf(self._frequency(term), self._engine.count())
