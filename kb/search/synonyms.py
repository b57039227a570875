"""Words that mean the same here, kept by editors in ``_synonyms.yml``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.content.models import Problem
from kb.content.yaml_document import FieldReader, YamlDocument
from kb.search.analysis import Analyzer
from kb.search.query import Query, QueryTerm

SYNONYM_WEIGHT = 0.5
"""A synonym is weaker evidence than the customer's own word."""
MAX_SYNONYMS = 24
"""Added terms of one question, so that long lists cannot slow a search down."""

Terms = tuple[str, ...]


@dataclass(frozen=True)
class Synonyms:
    """From the terms of a word or phrase to those of its synonyms."""

    alternatives: Mapping[Terms, tuple[Terms, ...]] = field(default_factory=dict)

    def expand(self, query: Query) -> Query:
        """The query with the synonyms of every word and phrase in it."""
        terms = [term.term for term in query.terms]
        added: dict[str, float] = {}
        for alternative in self._find(terms):
            for term in alternative:
                if term not in terms and len(added) < MAX_SYNONYMS:
                    weight = SYNONYM_WEIGHT / len(alternative)
                    added[term] = max(weight, added.get(term, 0.0))
        if not added:
            return query
        return replace(query, synonyms=tuple(QueryTerm(t, w) for t, w in added.items()))

    def _find(self, terms: Sequence[str]) -> Iterator[Terms]:
        longest = max((len(phrase) for phrase in self.alternatives), default=0)
        for start in range(len(terms)):
            for length in range(1, min(longest, len(terms) - start) + 1):
                yield from self.alternatives.get(tuple(terms[start : start + length]), ())


def parse_synonyms(document: YamlDocument, analyzer: Analyzer) -> tuple[Synonyms, list[Problem]]:
    """Read ``_synonyms.yml``: groups under ``synonyms``, and ``one_way`` pairs of from and to."""
    reader = FieldReader(document)
    alternatives: dict[Terms, dict[Terms, None]] = {}

    def add(source: str, target: str) -> None:
        left, right = tuple(analyzer.terms(source)), tuple(analyzer.terms(target))
        if left and right and left != right:
            alternatives.setdefault(left, {})[right] = None

    for group in _groups(reader):
        for word in group:
            for other in group:
                if word != other:
                    add(word, other)
    pairs = reader.children("one_way")
    for pair in pairs:
        source, targets = pair.text("from", required=True), pair.texts("to")
        if not targets:
            pair.report(
                "missing-field", "to", "`to` is missing", "add what it also finds: `to: [word]`"
            )
        for target in targets:
            add(source, target)
    for part in (reader, *pairs):
        part.report_unknown()
    problems = [problem for part in (reader, *pairs) for problem in part.problems]
    return Synonyms({left: tuple(right) for left, right in alternatives.items()}), problems


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
