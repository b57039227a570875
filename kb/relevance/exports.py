"""Regression as JSON values, and back. Scripts depend on the keys."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kb.errors import InvalidInput
from kb.relevance.models import (
    FailingQuery,
    FoundArticle,
    RankChange,
    RegressionEffect,
    RegressionRun,
    TrialChange,
)

JsonObject = dict[str, Any]


def run_object(run: RegressionRun) -> JsonObject:
    """One run of the trend."""
    return {
        "date": run.run_at.isoformat(),
        "revision": run.revision,
        "generation": run.generation,
        "mode": run.mode,
        "within": run.within,
        "queries": run.queries,
        "passed": run.passed,
        "failed": run.failed,
        "share": None if run.share is None else round(run.share, 4),
        "mrr": run.mean_reciprocal_rank,
        "refused": run.is_refused,
    }


def failing_object(failing: FailingQuery) -> JsonObject:
    """One question that fails, with the place it had when it last held."""
    return {
        "query": failing.text,
        "article": failing.slug,
        "title": failing.title,
        "rank": failing.rank,
        "held_rank": failing.held_rank,
        "held_at": failing.held_at.isoformat() if failing.held_at else None,
        "held_revision": failing.held_revision,
        "first": [_article_object(article) for article in failing.first],
    }


def effect_object(effect: RegressionEffect) -> JsonObject:
    """What a change would do."""
    return {
        "mode": effect.mode,
        "skipped": effect.skipped,
        "problems": list(effect.problems),
        "wordings": [_change_object(change) for change in effect.wordings],
        "regression": [_change_object(change) for change in effect.regression],
    }


def parse_effect(text: str) -> RegressionEffect:
    """What ``effect_object`` gave, read again."""
    value = json.loads(text)
    return RegressionEffect(
        wordings=_changes_from(value["wordings"]),
        regression=_changes_from(value["regression"]),
        mode=value["mode"],
        problems=tuple(value["problems"]),
        skipped=value["skipped"],
    )


def change_object(change: TrialChange) -> JsonObject:
    """A change to be tried."""
    return {"overlay": dict(change.overlay), "queries": [list(pair) for pair in change.queries]}


def parse_change(text: str) -> TrialChange:
    """A change that somebody wrote.

    Raises:
        InvalidInput: it is no such JSON object; says how it has to look.
    """
    try:
        value = json.loads(text)
        overlay, queries = value["overlay"], value.get("queries", [])
        pairs = tuple((str(question), str(slug)) for question, slug in queries)
        if not all(t is None or isinstance(t, str) for t in overlay.values()):
            raise TypeError("a file's text is neither text nor null")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            'Not a JSON object like {"overlay": {"care/filter.md": "new text, or null"}, '
            f'"queries": [["a question", "slug-of-its-article"]]}} ({error}).'
        ) from error
    return TrialChange(dict(overlay), pairs)


def _change_object(change: RankChange) -> JsonObject:
    return {
        "query": change.text,
        "article": change.slug,
        "title": change.title,
        "before": change.before,
        "after": change.after,
        "within": change.within,
        "holds": change.holds,
        "lost": change.is_lost,
        "new": change.is_new,
        "first": [_article_object(article) for article in change.first],
    }


def _changes_from(values: Sequence[Mapping[str, Any]]) -> tuple[RankChange, ...]:
    return tuple(
        RankChange(
            text=value["query"],
            slug=value["article"],
            title=value["title"],
            before=value["before"],
            after=value["after"],
            within=value["within"],
            first=tuple(FoundArticle(a["slug"], a["title"]) for a in value["first"]),
            is_new=value["new"],
        )
        for value in values
    )


def _article_object(article: FoundArticle) -> JsonObject:
    return {"slug": article.slug, "title": article.title}
