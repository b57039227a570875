"""How well search does in a period, beside the period before: what the dashboard shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kb.search_log.models import (
    DayCount,
    Outcome,
    Summary,
    TopArticle,
    TopSearch,
    UnhelpfulArticle,
)

RATES = ("success", "zero_results", "weak", "abandoned", "contacted")
"""The rates by day, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class QualityReport:
    """A period, the equally long one before it, and what stands out."""

    summary: Summary
    before: DayCount
    left_out: int
    """Searches of floods that were counted and not kept."""
    top_searches: tuple[TopSearch, ...]
    top_failed: tuple[TopSearch, ...]
    top_opened: tuple[TopArticle, ...]
    unhelpful: tuple[UnhelpfulArticle, ...]


def period_before(since: date, until: date) -> tuple[date, date]:
    """The equally long period that ends the day before ``since``."""
    length = until - since
    last = since - timedelta(days=1)
    return last - length, last


def rates_of(count: DayCount) -> dict[str, float | None]:
    """Every rate of a day or a period; None without searches.

    Success is answered among answered and failed; the others are shares of all searches.
    """
    return {
        "success": count.success_rate,
        "zero_results": count.zero_result_rate,
        "weak": count.share_of(Outcome.WEAK),
        "abandoned": count.share_of(Outcome.ABANDONED),
        "contacted": count.share_of(Outcome.CONTACTED),
    }


def quality_object(report: QualityReport) -> dict[str, object]:
    """The report as JSON; scripts rely on the names and shapes."""
    return {
        "since": report.summary.days[0].day.isoformat(),
        "until": report.summary.days[-1].day.isoformat(),
        "total": _count_object(report.summary.total),
        "before": _count_object(report.before),
        "left_out": report.left_out,
        "days": [{"day": day.day.isoformat(), **_count_object(day)} for day in report.summary.days],
        "top_searches": [_search_object(search) for search in report.top_searches],
        "top_failed": [_search_object(search) for search in report.top_failed],
        "top_opened": [
            {"article": article.slug, "openings": article.openings} for article in report.top_opened
        ],
        "top_unhelpful": [
            {
                "article": article.slug,
                "unhelpful": article.unhelpful,
                "helpful": article.helpful,
                "reasons": {reason.value: n for reason, n in article.reasons.items()},
            }
            for article in report.unhelpful
        ],
    }


CSV_HEADER = ("part", "name", "field", "value")


def quality_rows(report: QualityReport) -> Iterator[tuple[object, ...]]:
    """The report as one table with a row for each value, so that one file holds all of it."""
    value = quality_object(report)
    for part in ("total", "before"):
        yield from _cells(part, "", value[part])
    yield ("total", "", "left_out", report.left_out)
    for part, name in (
        ("days", "day"), ("top_searches", "query"), ("top_failed", "query"),
        ("top_opened", "article"), ("top_unhelpful", "article"),
    ):  # fmt: skip
        entries = value[part]
        assert isinstance(entries, list)
        for entry in entries:
            yield from _cells(part, entry[name], {k: v for k, v in entry.items() if k != name})


def _cells(part: str, name: str, value: object) -> Iterator[tuple[object, ...]]:
    assert isinstance(value, dict)
    for field, cell in value.items():
        if isinstance(cell, dict):
            yield from ((part, name, f"{field}.{inner}", v) for inner, v in cell.items())
        else:
            yield (part, name, field, "" if cell is None else cell)


def _count_object(count: DayCount) -> dict[str, object]:
    rates = {
        f"{name}_rate": None if rate is None else round(rate, 4)
        for name, rate in rates_of(count).items()
    }
    return {
        "visits": count.visits,
        "searches": count.searches,
        "failed": count.failed,
        "outcomes": {outcome.value: count.outcomes.get(outcome, 0) for outcome in Outcome},
        **rates,
    }


def _search_object(search: TopSearch) -> dict[str, object]:
    return {
        "query": search.text,
        "searches": search.searches,
        "zero_results": search.zero_results,
        "failed": search.failed,
        "last": search.last.isoformat(),
    }
