"""Words that mean the same here, kept by editors in ``_synonyms.yml``.

A question is expanded once and never again with what was added, so loops in the file
do no harm.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from kb.content.models import Problem
from kb.content.yaml_document import FieldReader, YamlDocument
from kb.search.analysis import Analyzer
from kb.search.compounds import PARTICLES
from kb.search.query import Query, QueryTerm, SynonymMatch
from kb.search.word_reader import Word
from kb.text import fold

SYNONYM_WEIGHT = 0.5
"""A synonym is weaker evidence than the customer's own word."""
MAX_SYNONYMS = 24
"""Added terms of one question, so that long lists cannot slow a search down."""
_FEWEST = 6
"""Added terms that every word of a question may have, however many others have some."""
_LONGEST = 8
"""Words of a phrase that is looked for in a question."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")

Terms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonym:
    """What else is searched."""

    written: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Rule:
    """What is searched besides a word or phrase of a question."""

    typed: str
    """The word or phrase as editors wrote it."""
    sequence: str
    """Where it has only one telling word, that with "not" and particles, between spaces:
    "wont switch on" must not be found in every "switch". Otherwise one space."""
    synonyms: tuple[Synonym, ...]


@dataclass(frozen=True)
class Synonyms:
    """From the telling words of a word or phrase to what is searched besides."""

    rules: Mapping[Terms, tuple[Rule, ...]] = field(default_factory=dict)

    def expand(self, query: Query) -> Query:
        """The query with the synonyms of every word and phrase in it, longest phrase first."""
        found = list(self._find(query.words)) if self.rules else []
        if not found:
            return query
        own = {term.term for term in (*query.terms, *query.variants)}
        added: dict[str, QueryTerm] = {}
        matches: dict[Terms, SynonymMatch] = {}
        share = max(_FEWEST, MAX_SYNONYMS // len(found))
        for typed, synonyms in found:
            limit = min(MAX_SYNONYMS, len(added) + share)
            for synonym in synonyms:
                new = [term for term in synonym.terms if term not in own and term not in added]
                if len(added) + len(new) > limit:
                    break
                if not new and own.issuperset(synonym.terms):
                    continue
                matches.setdefault(
                    synonym.terms, SynonymMatch(typed, synonym.written, synonym.terms)
                )
                weight = SYNONYM_WEIGHT / len(synonym.terms)
                for term in synonym.terms:
                    if term not in own and (term in new or added[term].weight < weight):
                        added[term] = QueryTerm(term, weight, typed)
        return replace(
            query, synonyms=tuple(added.values()), synonym_matches=tuple(matches.values())
        )

    def _find(self, words: Sequence[Word]) -> Iterator[tuple[str, Iterator[Synonym]]]:
        telling = [word for word in words if not word.is_stop]
        wholes = tuple(word.whole for word in telling)
        sequence = _sequence(words)
        start = 0
        while start < len(telling):
            for length in range(min(_LONGEST, len(telling) - start), 0, -1):
                terms = wholes[start : start + length]
                rules = [r for r in self.rules.get(terms, ()) if r.sequence in sequence]
                if rules:
                    typed = " ".join(word.typed for word in telling[start : start + length])
                    if all(len(rule.sequence) > 1 for rule in rules):
                        typed = rules[0].typed
                    yield typed, _others(rules, terms)
                    break
            else:
                length = 1
            start += length


def _others(rules: Sequence[Rule], terms: Terms) -> Iterator[Synonym]:
    return (s for s in chain.from_iterable(r.synonyms for r in rules) if s.terms != terms)


def _sequence(words: Sequence[Word]) -> str:
    kept = [
        "not" if word.is_negation else word.whole
        for word in words
        if not word.is_stop or word.is_negation or word.typed in PARTICLES
    ]
    return f" {' '.join(kept)} "


def parse_synonyms(document: YamlDocument, analyzer: Analyzer) -> tuple[Synonyms, list[Problem]]:
    """Read ``_synonyms.yml``: groups under ``synonyms``, and ``one_way`` pairs of from and to.

    ``languages`` has the same for articles in other languages.  Questions are read in the
    language of the site, which ``analyzer`` is for; what they also find, in that of the
    articles.
    """
    reader = FieldReader(document)
    parsing = _Parsing(analyzer)
    languages = reader.named_children("languages")
    parsing.read(reader, analyzer)
    for language, part in languages:
        if _LANGUAGE.fullmatch(language):
            parsing.read(part, Analyzer.for_language(language))
        else:
            reader.report(
                "invalid-value",
                "languages",
                f"`{language}` is not a language code",
                "write `de:`, say",
            )
    problems = [problem for part in parsing.parts for problem in part.problems]
    return Synonyms({left: tuple(rules) for left, rules in parsing.rules.items()}), problems


class _Parsing:
    """Collects rules; each word of a group is analysed once, and groups are shared."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.rules: dict[Terms, list[Rule]] = {}
        self.parts: list[FieldReader] = []
        self._analyzer = analyzer

    def read(self, reader: FieldReader, articles: Analyzer) -> None:
        """Read the groups and pairs for articles that ``articles`` analyses."""
        self.parts.append(reader)
        for group in _groups(reader):
            synonyms = _targets(group, articles)
            for word in group:
                self._add(word, synonyms)
        for pair in reader.children("one_way"):
            source, targets = pair.text("from", required=True), pair.texts("to")
            if not targets:
                pair.report(
                    "missing-field", "to", "`to` is missing", "add what it also finds: `to: [word]`"
                )
            self._add(source, _targets(targets, articles))
            pair.report_unknown()
            self.parts.append(pair)
        reader.report_unknown()

    def _add(self, source: str, synonyms: tuple[Synonym, ...]) -> None:
        words = self._analyzer.read(source)
        telling = tuple(word.whole for word in words if not word.is_stop)
        if telling and synonyms:
            sequence = _sequence(words)
            whole_phrase = len(telling) == 1 and len(sequence.split()) > 1
            rule = Rule(fold(source), sequence if whole_phrase else " ", synonyms)
            self.rules.setdefault(telling, []).append(rule)


def _targets(written: Sequence[str], analyzer: Analyzer) -> tuple[Synonym, ...]:
    found = (
        Synonym(text, tuple(w.whole for w in analyzer.read(text) if not w.is_stop))
        for text in written
    )
    return tuple(synonym for synonym in found if synonym.terms)


def _groups(reader: FieldReader) -> list[list[str]]:
    groups: list[list[str]] = []
    for number, group in enumerate(reader.items("synonyms")):
        words = group if isinstance(group, list) else []
        if len(words) >= 2 and all(isinstance(word, str) for word in words):
            groups.append(words)
        else:
            reader.report(
                "invalid-value",
                "synonyms",
                "not a list of two or more words",
                "write [word, other word]",
                item=number,
            )
    return groups
