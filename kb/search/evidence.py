"""What can be seen of a first hit, from how it was ranked and what of the question it has."""

import heapq
import math
from collections.abc import Mapping, Set
from operator import mul

from kb.search.confidence import Evidence, covered_share
from kb.search.hits import Match
from kb.search.query import Query
from kb.search.ranking import Ranking

_OTHERS = 30
"""Nearest articles by meaning that the first hit's similarity is compared with."""


def collect_evidence(
    weights: Mapping[str, float], query: Query, first: Match, ranking: Ranking
) -> Evidence:
    """What speaks for the first hit. ``weights`` tells how much each word of the question says."""
    head = frozenset(first.head.split())
    terms = first.section.terms if first.section else ""
    in_section = {term for term in first.found if f" {term} " in terms} | head
    coverage = _covered(weights, query, first.found)
    similarity = max(0.0, first.candidate.similarity)
    return Evidence(
        coverage=coverage,
        head_coverage=_covered(weights, query, head),
        section_coverage=_covered(weights, query, in_section),
        margin=_margin(ranking) * coverage,
        similarity=similarity,
        lead=max(0.0, similarity - _similarity_of_others(first.article.slug, ranking)),
        word_lead=_word_lead(first.article.slug, ranking),
        agreement=_agreement(first.article.slug, ranking),
    )


def _covered(weights: Mapping[str, float], query: Query, terms: Set[str]) -> float:
    """The share of the question that ``terms`` cover.

    A corrected word may be another word altogether, so it counts half.
    """
    covered = query.covered(terms)
    return covered_share(weights, covered) - covered_share(weights, covered & query.corrected) / 2


def _margin(ranking: Ranking) -> float:
    """How far the best lexical score is ahead of the second; 0 when no word matches."""
    scores = [hit.score for hit in ranking.worded[:2]]
    if len(scores) < 2 or scores[0] <= 0:
        return 1.0 if scores else 0.0
    return (scores[0] - scores[1]) / scores[0]


def _similarity_of_others(slug: str, ranking: Ranking) -> float:
    """The mean of the nearest articles besides the first hit, each weighed by 1 / its place.

    So it counts how far the second is behind as well as how far all of them are.
    """
    others = (c.similarity for c in ranking.candidates if c.similarity and c.slug != slug)
    near = heapq.nlargest(_OTHERS, others)
    weights = [1 / place for place in range(1, len(near) + 1)]
    return sum(map(mul, near, weights)) / sum(weights) if near else 0.0


def _word_lead(slug: str, ranking: Ranking) -> float:
    """How much nearer than the mean of the other first hits its words are."""
    others = [near for other, near in ranking.nearness.items() if other != slug]
    if not others or slug not in ranking.nearness:
        return 0.0
    return max(0.0, ranking.nearness[slug] - sum(others) / len(others))


def _agreement(slug: str, ranking: Ranking) -> float:
    rank = next((n for n, hit in enumerate(ranking.worded) if hit.key == slug), None)
    return 0.0 if rank is None else 1.0 / (1.0 + math.log1p(rank))
