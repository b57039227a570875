"""How good a ranking is, by the usual measures over judged questions.

An article counts as relevant from grade 1 on; nDCG uses the grades themselves with
gain 2^grade - 1 (Burges et al., 2005).  Every measure is the mean over questions.
"""

import math
from collections.abc import Callable, Sequence

from kb.relevance.judgments import JudgedQuery

DEPTH = 10
"""Results that are looked at."""


def evaluate(
    queries: Sequence[JudgedQuery], rank: Callable[[str], Sequence[str]]
) -> dict[str, float]:
    """Run every question; ``rank`` gives the slugs for a text, best first."""
    sums = dict.fromkeys(("success@1", "success@5", "mrr@10", "ndcg@10", "recall@10"), 0.0)
    for query in queries:
        found = list(rank(query.text))[:DEPTH]
        relevant = {slug for slug, grade in query.grades.items() if grade > 0}
        places = [place for place, slug in enumerate(found, 1) if slug in relevant]
        sums["success@1"] += bool(places and places[0] == 1)
        sums["success@5"] += bool(places and places[0] <= 5)
        sums["mrr@10"] += 1 / places[0] if places else 0.0
        sums["ndcg@10"] += _ndcg(found, query)
        sums["recall@10"] += len(places) / len(relevant) if relevant else 0.0
    count = len(queries)
    return {
        "queries": count,
        **{name: round(s / count, 4) if count else 0.0 for name, s in sums.items()},
    }


def _ndcg(found: Sequence[str], query: JudgedQuery) -> float:
    ideal = _dcg(sorted(query.grades.values(), reverse=True)[:DEPTH])
    return _dcg([query.grades.get(slug, 0) for slug in found]) / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))
