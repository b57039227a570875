"""Reads a question: corrects slips, completes beginnings of words, adds synonyms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer
from kb.search.compounds import WordPairs
from kb.search.corrections import Corrector
from kb.search.dictionary import Dictionary
from kb.search.engine import GiveWay, wait_for_nobody
from kb.search.prefixes import PrefixExpander
from kb.search.query import MAX_VARIANTS, Query, QueryTerm, parse_query
from kb.search.synonyms import Synonyms

_COMPLETED_WEIGHT = 0.5
"""What a word may be the beginning of is weaker evidence than the word."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is searched."""

    query: Query
    correction: str | None = None
    """The corrected text, whether it is searched or only offered."""
    is_corrected: bool = False
    completed: frozenset[str] = frozenset()
    """Terms that begin with a word of the question that occurs nowhere itself."""


class QuestionReader:
    """Reads questions to one generation; safe to share between threads."""

    def __init__(
        self,
        analyzer: Analyzer,
        vocabulary: Mapping[str, int],
        dictionary: Dictionary,
        synonyms: Synonyms,
        articles: Sequence[ArticleSummary],
        frequency: Callable[[str], int],
    ) -> None:
        """``articles`` are those that everyone may see: corrections quote their words."""
        self._analyzer = analyzer
        self._synonyms = synonyms
        self._frequency = frequency
        self._dictionary = dictionary
        self._corrector = Corrector(vocabulary, dictionary, articles, analyzer.language)
        self._prefixes = PrefixExpander(vocabulary)
        texts = (text for article in articles for text in (article.title, *article.questions))
        self._pairs = WordPairs(texts)

    def read(self, cleaned: str, *, exact: bool = False) -> Reading:
        """Read cleaned query text; ``exact`` leaves slips as they are, but offers to correct."""
        correction = self._corrector.correct(cleaned, self._analyzer, self._occurs)
        searched = cleaned if exact or correction is None else correction
        query = parse_query(searched, self._analyzer, self._frequency, self._pairs)
        if searched != cleaned:
            own = set(self._analyzer.terms(cleaned))
            guessed = frozenset(term.term for term in query.terms if term.term not in own)
            query = replace(query, corrected=guessed)
        query = self._synonyms.expand(query)
        added = self._complete(query)
        if added:
            query = replace(query, variants=(*query.variants, *added)[:MAX_VARIANTS])
        completed = frozenset(term.term for term in added)
        return Reading(query, correction, searched != cleaned, completed)

    def nearest(self, word: str) -> str | None:
        """The word that is meant by a folded one that occurs nowhere; None if none is likely."""
        return self._corrector.nearest(word, self._analyzer, self._occurs)

    @property
    def is_warm(self) -> bool:
        """Whether a question is read now as it will be from now on."""
        return self._corrector.is_warm

    def warm(self, give_way: GiveWay = wait_for_nobody) -> None:
        """Load what only some questions need; for a thread that nobody waits for."""
        self._dictionary.load()
        self._corrector.warm(give_way)
        self._prefixes.warm()

    def _complete(self, query: Query) -> list[QueryTerm]:
        known = {term.term for term in query.all_terms}
        return [
            QueryTerm(term, _COMPLETED_WEIGHT, own.typed)
            for own in query.terms
            if own.typed and not self._is_known(own.term, query)
            for term in self._completions(own.typed)
            if term not in known
        ]

    def _is_known(self, term: str, query: Query) -> bool:
        others = query.alternatives.get(term, ())
        return self._occurs(term) or any(all(map(self._occurs, other)) for other in others)

    def _completions(self, typed: str) -> Iterator[str]:
        return (t for t in self._prefixes.terms(typed, self._analyzer) if self._occurs(t))

    def _occurs(self, term: str) -> bool:
        return self._frequency(term) > 0
