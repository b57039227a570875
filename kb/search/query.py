"""What a customer typed, as a bounded query: words and weights, never an engine's syntax.

Quotation marks and a hyphen before a word are read (``query_syntax``); brackets, ``AND``,
``field:`` and ``*`` are text like any other.  The number of terms is bounded, so that no
question can cost more than another by much.

A word of the question is one of ``terms``.  Other ways to write it are ``variants`` with
less weight, so that an article that has them all counts little more than one with the
word itself.
"""

from collections.abc import Callable, Container, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import zip_longest

from kb.search.analysis import Analyzer
from kb.search.compounds import NO_PAIRS, WordPairs
from kb.search.query_syntax import Syntax, read_syntax
from kb.search.spellings import Spellings
from kb.search.word_reader import Word
from kb.text import clean_query_text

MAX_TERMS = 12
"""Informative words of a question that are looked for; long questions lose the commonest."""
MAX_VARIANTS = 24
"""Other spellings of all words of a question together."""
_SENTENCE_FROM = 2
"""Function words outside of quotation marks that make a sentence: ``my kettle "does not start"``
asks for the phrase, ``I cannot find the "Cookies" option`` tells what is on the screen."""


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A term to look for. ``weight`` scales its part of the score; synonyms have less than 1."""

    term: str
    weight: float = 1.0
    typed: str = field(default="", compare=False)
    """The customer's word that it comes from, folded."""


@dataclass(frozen=True, slots=True)
class SynonymMatch:
    """A synonym that was added to a question, for "why this result"."""

    typed: str
    """The customer's words, folded."""
    written: str
    """The synonym as editors wrote it."""
    terms: tuple[str, ...]
    """Its terms; an article has the synonym when it has them all."""


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
    variants: tuple[QueryTerm, ...] = ()
    """Other spellings and pieces of the customer's words."""
    alternatives: Mapping[str, tuple[tuple[str, ...], ...]] = field(
        default_factory=dict, hash=False
    )
    """For one of ``terms``, the sequences of terms that say the same."""
    identifiers: tuple[str, ...] = ()
    """Terms of the model names, error codes and versions in it, whole."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Terms that were put in quotation marks together, for ``contains_phrase``; none of a sentence,
    in which they are names of buttons and what messages say."""
    excluded: tuple[str, ...] = ()
    """Terms that must not occur."""
    excluded_phrases: tuple[tuple[str, ...], ...] = ()
    """Terms that must not stand together, as in ``phrases``."""
    words: tuple[Word, ...] = field(default=(), compare=False)
    """What was typed, word by word, function words included."""
    synonym_matches: tuple[SynonymMatch, ...] = ()

    @property
    def all_terms(self) -> tuple[QueryTerm, ...]:
        """Everything an engine looks for, each term once."""
        return (*self.terms, *self.variants, *self.synonyms)

    @property
    def is_for_words(self) -> bool:
        """Whether it asks for what meaning does not know: words together, or what must not occur."""
        return bool(self.phrases or self.excluded or self.excluded_phrases)

    def covered(self, found: Container[str]) -> frozenset[str]:
        """Those of ``terms`` that ``found`` has, in whatever spelling."""
        return frozenset(
            own.term
            for own in self.terms
            if own.term in found
            or any(
                all(part in found for part in other)
                for other in self.alternatives.get(own.term, ())
            )
        )

    def in_parts(self, found: AbstractSet[str]) -> frozenset[str]:
        """Terms that are only searched as parts of synonyms that ``found`` does not have whole.

        An article about water is not about kettles because some say "water boiler".
        """
        synonyms = [frozenset(match.terms) for match in self.synonym_matches]
        whole = (terms for terms in synonyms if terms <= found)
        return frozenset(term.term for term in self.synonyms).difference(*whole)

    def __bool__(self) -> bool:
        return bool(self.terms)


def parse_query(
    text: str,
    analyzer: Analyzer,
    document_frequency: Callable[[str], int] | None = None,
    pairs: WordPairs = NO_PAIRS,
) -> Query:
    """Parse any text whatever; the result is empty when there is nothing to look for.

    With ``document_frequency`` other spellings are looked for that occur; ``pairs`` are the
    words that stand together in titles, for words that customers write as one.
    """
    cleaned = clean_query_text(text)
    syntax = read_syntax(cleaned)
    words = analyzer.read(syntax.text)
    leaves_out = syntax.excluded or syntax.excluded_phrases
    if leaves_out and not any(not word.is_stop for word in words):
        syntax = Syntax(cleaned)
        words = analyzer.read(cleaned)
    chosen = _choose(words, document_frequency)
    spellings = Spellings(analyzer, document_frequency, pairs)
    # Each pair once, so that a word typed a hundred times costs no more than one.
    for word, following in dict.fromkeys(zip_longest(words, words[1:])):
        if word.whole in chosen:
            spellings.add(word, following)
    own = dict(list(spellings.own.items())[:MAX_TERMS])
    others = {t: found for t, found in spellings.variants.items() if t not in own}
    wanted = () if _is_sentence(syntax, analyzer) else syntax.phrases
    excluded = [term for part in syntax.excluded for term in spellings.wholes(part)]
    return Query(
        cleaned,
        tuple(QueryTerm(term, 1.0, typed) for term, typed in own.items()),
        variants=tuple(QueryTerm(t, w, typed) for t, (w, typed) in others.items())[:MAX_VARIANTS],
        alternatives={t: tuple(others) for t, others in spellings.alternatives.items() if t in own},
        identifiers=tuple(spellings.identifiers)[:MAX_TERMS],
        phrases=tuple(p for phrase in wanted if (p := spellings.wholes(phrase))),
        excluded_phrases=tuple(filter(None, map(spellings.wholes, syntax.excluded_phrases))),
        excluded=tuple(dict.fromkeys(term for term in excluded if term not in own)),
        words=tuple(words),
    )


def _is_sentence(syntax: Syntax, analyzer: Analyzer) -> bool:
    return sum(word.is_stop for word in analyzer.read(syntax.unquoted)) >= _SENTENCE_FROM


def _choose(words: list[Word], document_frequency: Callable[[str], int] | None) -> Container[str]:
    """The wholes that are looked for: telling words, the rarest when there are too many."""
    found = list(dict.fromkeys(w.whole for w in words if not w.is_stop))
    found = found or list(dict.fromkeys(word.whole for word in words))
    if len(found) > MAX_TERMS and document_frequency is not None:
        found.sort(key=lambda term: document_frequency(term) or 1 << 30)
    return set(found[:MAX_TERMS])
