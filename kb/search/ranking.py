"""Which articles are found, in which order: words, meaning, identifiers and editors' wishes.

Words and meaning are weighed (``fusion``); then come the rules that no weighing may
overturn, the strongest last: an article that has the very code comes before one that
has not, a question that is written down in an article leads to it, and what editors
pinned is first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import filterfalse

from kb.content.library import Library
from kb.search.analysis import Analyzer
from kb.search.best_bets import BestBets
from kb.search.codes import tells_where
from kb.search.engine import EngineHit, EngineReader, EngineResult
from kb.search.filters import SearchFilters
from kb.search.freshness import freshness
from kb.search.fusion import (
    FOREIGN_LEXICAL_SHARE,
    LEXICAL_SHARE,
    WORDS_SHARE,
    Candidate,
    order_by_both,
    order_by_words,
    passage_share,
)
from kb.search.late_interaction import weigh_pieces
from kb.search.phrases import contains_phrase
from kb.search.query import Query
from kb.search.query_syntax import read_syntax
from kb.search.search_texts import SearchText
from kb.search.semantic import Asked, SemanticHit, SemanticSearch
from kb.search.text_matching import TextMatch
from kb.search.unspaced import UNSPACED_LANGUAGES, has_unspaced
from kb.search.written_questions import WrittenQuestions

WORDED = 120
"""Best matches by words that are weighed; a hit further down is never one of the first ten."""
NEAREST = 60
"""Nearest articles by meaning that are weighed."""
COMPARED = 40
"""Best matches by words whose meaning is compared: one further down is among the nearest
itself, or not among the first hits."""
PHRASED = 300
"""Best matches in which quoted phrases are looked for; their texts have to be read."""
FIRST = 10
"""Hits of the first page, whose texts are read anyway: among these the passages are compared."""
LOWEST_SIMILARITY = 0.3
"""An article with none of the words that is less similar is not a hit: something is always
nearest, even to a keyboard that a cat walked over."""
_LIKELY = 8
"""Best matches by words that are prepared to be shown while the sentence model works, which
takes longer; most of them are shown. Twice as many make a search page 3 % faster on an idle
machine, at the cost of everybody on a busy one."""
_IDENTIFIERS = 3
"""Codes of one question that are looked up; more is a pasted log."""
_MAINLY = 0.4
"""Share of a question's information from which it is mainly about its codes. Below, only an
article that has the code in its title or questions is raised, and none for a version or a name
with its number: "76.0.1 ignores my hosts file" is not about whatever else happened in 76.0.1."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for one question, best first."""

    candidates: tuple[Candidate, ...] = ()
    total: int = 0
    """How many articles match; ``candidates`` has the best of them."""
    worded: tuple[EngineHit, ...] = ()
    """What words alone found, best first."""
    mode: str = "lexical"
    """As in ``SearchPage``."""
    degraded: bool = False
    """Search by meaning is switched on, but took no part or only with some of the articles."""
    pinned: frozenset[str] = frozenset()
    """Best bets for this very question."""
    asked: frozenset[str] = frozenset()
    """Articles in which this very question is written down."""
    nearness: Mapping[str, float] = field(default_factory=dict)
    """How near the words of the first hits are to those of the question, by slug (late
    interaction); empty when that was not compared."""
    relaxed: bool = False
    """No article has the quoted phrases; these have some of the words."""
    foreign: bool = False
    """The sentence model took part, but has not learned the language."""


def score_factors(library: Library, today: date) -> dict[str, float]:
    """Boosts and the age of bulletins; only of articles whose score they change."""
    factors = {s.slug: s.boost * freshness(s, today) for s in library.summaries.values()}
    return {slug: factor for slug, factor in factors.items() if factor != 1.0}


def allowed_slugs(library: Library, filters: SearchFilters) -> frozenset[str]:
    """The articles that may be found at all."""
    return frozenset(slug for slug, s in library.summaries.items() if filters.allow(s))


@dataclass(frozen=True)
class Ranker:
    """Ranks the articles of one generation; safe to share between threads."""

    library: Library
    engine: EngineReader
    load_text: Callable[[str], SearchText | None]
    semantic: SemanticSearch | None
    written: WrittenQuestions
    best_bets: BestBets
    analyzer: Analyzer
    frequency: Callable[[str], int]
    tell: Callable[[str], float]
    """How much a term tells (idf)."""
    allowed: Callable[[SearchFilters], Set[str]]
    """Slugs of all articles that filters let through."""
    factors: Callable[[date], Mapping[str, float]]
    """What raises or lowers the scores of some articles on a day, by slug."""

    def ask(self, text: str) -> Asked | None:
        """Have a question embedded, in case that it is searched as it was typed."""
        if self.semantic is None or not any(map(str.isalnum, text)):
            return None
        is_asked = read_syntax(text).is_plain and not self._is_unreadable(text)
        return self.semantic.ask(text) if is_asked else None

    def rank(
        self,
        query: Query,
        filters: SearchFilters,
        today: date,
        match: Callable[[str], TextMatch | None],
        asked: Asked | None = None,
        meanwhile: Callable[[Iterable[str]], None] = lambda slugs: None,
    ) -> Ranking:
        """Everything that may be shown for a question.

        Args:
            query: the question.
            filters: what may be found.
            today: what is current on this day.
            match: what an article, by its slug, has of the question.
            asked: what ``ask`` gave back for the text as it was typed.
            meanwhile: called with the best matches by words while meaning is worked out.
        """
        ranking = self._find(query, filters, today, match, asked, meanwhile)
        if query.phrases and not ranking.candidates:
            # Most quotation marks are around an error message, not around a search term.
            ranking = self._find(replace(query, phrases=()), filters, today, match)
            ranking = replace(ranking, relaxed=bool(ranking.candidates))
        ranking = self._raise_identifiers(ranking, query, filters)
        return self._put_first(ranking, query, filters, today)

    def _find(
        self,
        query: Query,
        filters: SearchFilters,
        today: date,
        match: Callable[[str], TextMatch | None],
        asked: Asked | None = None,
        meanwhile: Callable[[Iterable[str]], None] = lambda slugs: None,
    ) -> Ranking:
        result = self._find_words(query, filters)
        by_words = not query or query.is_for_words or self._is_unreadable(query.text)
        if self.semantic is None or by_words:
            return self._weigh(result, None, today)
        if asked is None or asked.text != query.text:
            asked = self.semantic.ask(query.text)
        meanwhile(hit.key for hit in result.hits[:_LIKELY])
        worded = [hit.key for hit in result.hits[:COMPARED]]
        allow = self.allowed(filters).__contains__
        near = self.semantic.search(query.text, NEAREST, allow, worded, asked)
        degraded = near is None or not self.semantic.complete
        ranking = replace(self._weigh(result, near, today), degraded=degraded)
        if near is None:
            return ranking
        nearness = self._compare_words(ranking.candidates[:FIRST], query, asked)
        return self._prefer_passages(replace(ranking, nearness=nearness), query, today, match)

    def _find_words(self, query: Query, filters: SearchFilters) -> EngineResult:
        if not query:
            return EngineResult(0, ())
        required = {term for phrase in query.phrases for term in phrase}
        has_phrases = query.phrases or query.excluded_phrases
        limit = PHRASED if has_phrases else WORDED
        result = self.engine.search(
            query.all_terms, limit, filters=filters, required=required, excluded=query.excluded
        )
        if not has_phrases:
            return result
        hits = tuple(hit for hit in result.hits if self._fits_phrases(hit.key, query))
        return EngineResult(len(hits), hits)

    def _fits_phrases(self, slug: str, query: Query) -> bool:
        text = self.load_text(slug)
        if text is None:
            return False
        article = text.article
        analyzer = Analyzer.for_language(article.language)
        heads = (f" {' '.join(analyzer.terms(t))} " for t in (article.title, *article.questions))
        texts = [*heads, *(section.terms for section in text.sections)]

        def has(phrase: Sequence[str]) -> bool:
            return any(contains_phrase(text, phrase) for text in texts)

        return all(map(has, query.phrases)) and not any(map(has, query.excluded_phrases))

    def _weigh(
        self, result: EngineResult, near: tuple[SemanticHit, ...] | None, today: date
    ) -> Ranking:
        factors = self.factors(today)
        if near is None:
            found = order_by_words(result.hits, factors)
            return Ranking(tuple(found), result.total, result.hits)
        foreign = self._is_foreign()
        share = FOREIGN_LEXICAL_SHARE if foreign else LEXICAL_SHARE
        found = order_by_both(result.hits, near, factors, LOWEST_SIMILARITY, share)
        meant_only = sum(1 for candidate in found if not candidate.lexical)
        # Matches beyond the best are not among the candidates, nor are they "meant only".
        unseen = max(0, result.total - len(result.hits))
        total = result.total + (0 if unseen else meant_only)
        return Ranking(tuple(found), total, result.hits, "hybrid", foreign=foreign)

    def _is_unreadable(self, text: str) -> bool:
        """Whether a question is in a script of which the sentence model knows single characters only.

        What it takes for similar then is worse than nothing (docs/decisions/0011-fusion.md).
        """
        if self.semantic is None or not has_unspaced(text):
            return False
        return not any(map(self.semantic.understands, UNSPACED_LANGUAGES))

    def _is_foreign(self) -> bool:
        language = self.library.site.language
        return self.semantic is not None and not self.semantic.understands(language)

    def _compare_words(
        self, candidates: Iterable[Candidate], query: Query, asked: Asked | None
    ) -> Mapping[str, float]:
        """How near the words of candidates are to those of the question, each in its place."""
        question = asked.embedding if asked is not None else None
        if question is None or self.semantic is None:
            return {}
        pieces = weigh_pieces(question, self.analyzer.placed_terms(query.text), self.tell)
        slugs = (candidate.slug for candidate in candidates)
        return self.semantic.compare_pieces(pieces, slugs) if pieces is not None else {}

    def _prefer_passages(
        self,
        ranking: Ranking,
        query: Query,
        today: date,
        match: Callable[[str], TextMatch | None],
    ) -> Ranking:
        """The first hits in the order that they have with what one passage of each has.

        That is how much of the question it covers, and how near its words are.
        """
        share = passage_share(len(query.terms))
        factors = self.factors(today)

        def add(candidate: Candidate) -> Candidate:
            found = match(candidate.slug)
            if found is None:
                return candidate
            gain = share * found.covered + WORDS_SHARE * ranking.nearness.get(candidate.slug, 0.0)
            gain *= factors.get(candidate.slug, 1.0)
            return candidate._replace(score=candidate.score + gain)

        first = sorted(map(add, ranking.candidates[:FIRST]), key=lambda c: (-c.score, c.slug))
        return replace(ranking, candidates=(*first, *ranking.candidates[FIRST:]))

    def _raise_identifiers(self, ranking: Ranking, query: Query, filters: SearchFilters) -> Ranking:
        known = [term for term in query.identifiers if self.frequency(term)][:_IDENTIFIERS]
        if not known:
            return ranking
        named = sum(self.tell(term) for term in known)
        mainly = named >= _MAINLY * sum(self.tell(term.term) for term in query.terms)
        counts: dict[str, int] = {}
        for term in known if mainly else filterfalse(tells_where, known):
            having = self.engine.search(query.all_terms, WORDED, filters=filters, required=(term,))
            for hit in having.hits:
                if mainly or self._is_headed(hit.key, term):
                    counts[hit.key] = counts.get(hit.key, 0) + 1
        ordered = sorted(ranking.candidates, key=lambda c: -counts.get(c.slug, 0))
        return replace(ranking, candidates=_descending(ordered))

    def _is_headed(self, slug: str, term: str) -> bool:
        text = self.load_text(slug)
        return text is not None and any(
            f" {term} " in terms for terms in (text.title, *text.questions)
        )

    def _put_first(
        self, ranking: Ranking, query: Query, filters: SearchFilters, today: date
    ) -> Ranking:
        def shown(slugs: Iterable[str]) -> list[str]:
            found = ((slug, self.library.summaries.get(slug)) for slug in slugs)
            return [slug for slug, article in found if article and filters.allow(article)]

        key = self.analyzer.question_key(query.text)
        pinned = shown(self.best_bets.find(key, today))
        asked = shown(self.written.find(key))
        first = dict.fromkeys((*pinned, *asked))
        if not first:
            return ranking
        known = {candidate.slug: candidate for candidate in ranking.candidates}
        head = [known.get(slug, Candidate(slug, 0.0)) for slug in first]
        rest = [candidate for candidate in ranking.candidates if candidate.slug not in first]
        return replace(
            ranking,
            candidates=_descending([*head, *rest]),
            total=ranking.total + sum(1 for slug in first if slug not in known),
            pinned=frozenset(pinned),
            asked=frozenset(asked),
        )


def _descending(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Scores of a new order that fall from first to last, as whoever reads them expects."""
    highest = 0.0
    reversed_: list[Candidate] = []
    for candidate in reversed(candidates):
        highest = max(highest, candidate.score)
        reversed_.append(candidate._replace(score=highest))
    return tuple(reversed(reversed_))
