"""A regression query that fails, as a problem of the content that editors can act on."""

from collections.abc import Callable, Mapping

from kb.content.models import Problem, Severity
from kb.relevance.models import FoundArticle, QueryRank, RegressionQuery, RegressionReport

TellBefore = Callable[[RegressionQuery], str]
"""Where the article stood before, as the rest of a sentence; "" if nobody knows."""


def tell_published(ranks: Mapping[RegressionQuery, int | None]) -> TellBefore:
    """Where articles stand in what is published."""
    return lambda query: f", {_place(ranks[query])} in what is published"


def tell_held(ranks: Mapping[tuple[str, str], int]) -> TellBefore:
    """Where articles stood in the last publish in which they held, by slug and question."""

    def tell(query: RegressionQuery) -> str:
        rank = ranks.get((query.slug, query.text))
        return "; it has not held before" if rank is None else f", {_place(rank)} when it last held"

    return tell


def tell_nothing(query: RegressionQuery) -> str:
    """Where nothing was published."""
    return ""


def build_problems(report: RegressionReport, tell_before: TellBefore) -> tuple[Problem, ...]:
    """One error for each failed question."""
    return tuple(
        _build_problem(found, report.within, tell_before(found.query)) for found in report.failed
    )


def _build_problem(found: QueryRank, within: int, before: str) -> Problem:
    query = found.query
    others = [article for article in found.first if article.slug != query.slug]
    return Problem(
        query.path,
        query.line,
        "regression-failed",
        Severity.ERROR,
        f"{query.text!r} must find {query.slug!r} within the first {within}: it is "
        f"{_place(found.rank)} now{before}. {_first(others)}",
        "give the article back the words that are missing, add the question to its `questions:`, "
        "or move the line to the article that answers it now",
        "regression_queries",
    )


def _place(rank: int | None) -> str:
    return "not found" if rank is None else f"at place {rank}"


def _first(others: list[FoundArticle]) -> str:
    if not others:
        return "No other article is found"
    return "Before it: " + ", ".join(f"{a.title!r} ({a.slug})" for a in others)
