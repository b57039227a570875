"""Knowing when there is no answer: confidence with articles and without them."""

from collections.abc import Sequence
from dataclasses import dataclass

from calibration import Judged

from kb.relevance.intervals import auroc, auroc_interval
from kb.relevance.judgments import JudgedQuery
from kb.search.models import SearchOutcome, SearchPage
from kb.search.service import SearchService


@dataclass(frozen=True)
class Told:
    """How well questions with an answer are told from those without."""

    area: float
    """AUROC of the confidence."""
    weak_with: float
    """Share of the questions with an answer that are marked weak, or find nothing."""
    weak_without: float
    """The same of the questions without."""


def ask(search: SearchService, texts: Sequence[str]) -> list[SearchPage]:
    """The page for each text."""
    return [search.search(text) for text in texts]


def print_told(name: str, with_answer: Sequence[SearchPage], without: Sequence[SearchPage]) -> Told:
    """Tell one group from the other by confidence."""
    positives = [page.confidence for page in with_answer]
    negatives = [page.confidence for page in without]
    area, (low, high) = auroc(positives, negatives), auroc_interval(positives, negatives)
    told = Told(area, _weak(with_answer), _weak(without))
    print(
        f"{name}: AUROC {area:.3f} ({low:.3f} to {high:.3f}), marked weak: "
        f"{told.weak_with:.1%} of {len(with_answer)} with an answer, "
        f"{told.weak_without:.1%} of {len(without)} without"
    )
    return told


def judge_first_hits(queries: Sequence[JudgedQuery], pages: Sequence[SearchPage]) -> list[Judged]:
    """For each search with hits: the confidence, and whether the first hit helps."""
    return [
        Judged(page.confidence, query.grades.get(page.hits[0].slug, 0) > 0)
        for query, page in zip(queries, pages, strict=True)
        if page.hits
    ]


def judge_wrong(pages: Sequence[SearchPage]) -> list[Judged]:
    """The same for questions that nothing answers: whatever comes first is wrong."""
    return [Judged(page.confidence, right=False) for page in pages if page.hits]


def _weak(pages: Sequence[SearchPage]) -> float:
    return sum(page.outcome is not SearchOutcome.CONFIDENT for page in pages) / len(pages)
