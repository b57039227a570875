"""How good a ranking is, by the usual measures over judged questions.

An article counts as relevant from grade 1 on; nDCG uses the grades themselves with
gain 2^grade - 1 (Burges et al., 2005).  Every measure is the mean over questions.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from kb.relevance.judgments import JudgedQuery

DEPTH = 10
"""Results that are looked at."""

MEASURES = ("success@1", "success@5", "mrr@10", "ndcg@10", "recall@10")
"""In the order in which they are shown."""


def evaluate(
    queries: Sequence[JudgedQuery], rank: Callable[[str], Sequence[str]]
) -> dict[str, float]:
    """Run every question; ``rank`` gives the slugs for a text, best first."""
    return average([score(query, rank(query.text)) for query in queries])


def score(query: JudgedQuery, found: Sequence[str]) -> dict[str, float]:
    """The measures of one question, given the slugs that were found, best first."""
    found = found[:DEPTH]
    relevant = {slug for slug, grade in query.grades.items() if grade > 0}
    places = [place for place, slug in enumerate(found, 1) if slug in relevant]
    values = (
        float(bool(places and places[0] == 1)),
        float(bool(places and places[0] <= 5)),
        1 / places[0] if places else 0.0,
        _ndcg(found, query),
        len(places) / len(relevant) if relevant else 0.0,
    )
    return dict(zip(MEASURES, values, strict=True))


def average(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The means over questions, rounded to four digits, and how many questions there are."""
    count = len(scores)
    means = {
        name: round(sum(row[name] for row in scores) / count, 4) if count else 0.0
        for name in MEASURES
    }
    return {"queries": count, **means}


def _ndcg(found: Sequence[str], query: JudgedQuery) -> float:
    ideal = _dcg(sorted(query.grades.values(), reverse=True)[:DEPTH])
    return _dcg([query.grades.get(slug, 0) for slug in found]) / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))
