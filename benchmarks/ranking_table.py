"""One table: how well each system finds, and how far the best is ahead of each.

Differences are given with a paired bootstrap interval: the questions are drawn again and
again, both systems answer the same draw.  An interval that holds 0 means no difference
was shown.  The judgments are incomplete, so compare systems here, not with figures from
elsewhere.
"""

from collections.abc import Mapping, Sequence

from workbench import Rank

from kb.relevance.intervals import mean_interval
from kb.relevance.judgments import JudgedQuery
from kb.relevance.metrics import MEASURES, average, score

Scores = list[dict[str, float]]
COMPARED = ("success@1", "success@5", "ndcg@10")


def print_ranking(
    title: str, queries: Sequence[JudgedQuery], systems: Mapping[str, Rank]
) -> dict[str, Scores]:
    """Ask every system; the last one is compared with each of the others."""
    scores = {
        name: [score(query, rank(query.text)) for query in queries]
        for name, rank in systems.items()
    }
    width = max(map(len, systems))
    print(f"\n{title}: {len(queries)} questions")
    print(f"{'':{width}}" + "".join(f"{measure:>11}" for measure in MEASURES))
    for name, rows in scores.items():
        means = average(rows)
        print(f"{name:{width}}" + "".join(f"{means[measure]:11.3f}" for measure in MEASURES))
    if len(scores) > 1:
        _print_differences(scores, width)
    return scores


def difference(mine: Scores, theirs: Scores, measure: str) -> tuple[float, tuple[float, float]]:
    """By how much the first is better, with the interval of 95 % of draws."""
    pairs = zip(mine, theirs, strict=True)
    differences = [a[measure] - b[measure] for a, b in pairs]
    return sum(differences) / len(differences), mean_interval(differences)


def _print_differences(scores: Mapping[str, Scores], width: int) -> None:
    *others, best = scores
    print(f"{best} minus each, with the interval of 95 % of draws")
    print(f"{'':{width}}" + "".join(f"{measure:>26}" for measure in COMPARED))
    for name in others:
        cells = []
        for measure in COMPARED:
            mean, (low, high) = difference(scores[best], scores[name], measure)
            cells.append(f"{mean:+10.3f} ({low:+.3f}, {high:+.3f})".rjust(26))
        print(f"{name:{width}}" + "".join(cells))
