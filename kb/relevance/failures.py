"""A regression query that fails, as a problem of the content that editors can act on."""

from collections.abc import Callable

from kb.content.models import Problem, Severity
from kb.relevance.models import FoundArticle, QueryRank, RegressionQuery, RegressionReport

FindBefore = Callable[[RegressionQuery], int | None]
"""The place that the article had in what is published."""


def build_problems(report: RegressionReport, find_before: FindBefore | None) -> tuple[Problem, ...]:
    """One error for each failed question; ``find_before`` is None when nothing is published."""
    return tuple(
        _build_problem(
            found, report.within, _before(find_before, found.query) if find_before else ""
        )
        for found in report.failed
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


def _before(find: FindBefore, query: RegressionQuery) -> str:
    return f", {_place(find(query))} in what is published"


def _place(rank: int | None) -> str:
    return "not found" if rank is None else f"at place {rank}"


def _first(others: list[FoundArticle]) -> str:
    if not others:
        return "No other article is found"
    return "Before it: " + ", ".join(f"{a.title!r} ({a.slug})" for a in others)
