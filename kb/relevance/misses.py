"""Which judged questions search answers badly: what to read before changing anything."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from kb.relevance.judgments import JudgedQuery
from kb.relevance.metrics import score


@dataclass(frozen=True, slots=True)
class Miss:
    """A question whose best article is not the first hit."""

    text: str
    wanted: str
    """Slug of the article with the highest grade."""
    rank: int | None
    """Its place; None when it is not among all that was found."""
    first: str | None
    """Slug of the first hit; None when nothing was found."""
    first_grade: int
    """Grade of the first hit: 1 when it helps at least partly."""


def list_misses(
    queries: Sequence[JudgedQuery], rank: Callable[[str], Sequence[str]], limit: int
) -> list[Miss]:
    """The questions with the lowest nDCG, worst first; ``rank`` may give more than ten slugs."""
    scored = [(query, rank(query.text)) for query in queries if query.wanted]
    scored.sort(key=lambda pair: score(*pair)["ndcg@10"])
    misses = (_miss(query, found) for query, found in scored)
    return [miss for miss in misses if miss is not None][:limit]


def list_unpublished(queries: Sequence[JudgedQuery], published: Collection[str]) -> list[str]:
    """The slugs that some question wants and nobody can find."""
    wanted = {slug for query in queries for slug, grade in query.grades.items() if grade > 0}
    return sorted(wanted.difference(published))


def _miss(query: JudgedQuery, found: Sequence[str]) -> Miss | None:
    places = [place for place, slug in enumerate(found, 1) if slug in query.wanted]
    if places and places[0] == 1:
        return None
    first = found[0] if found else None
    return Miss(
        query.text,
        found[places[0] - 1] if places else query.wanted[0],
        places[0] if places else None,
        first,
        query.grades.get(first, 0) if first else 0,
    )
