"""Bulletins are lifted while they apply and sink afterwards; nothing else ages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kb.content.models import ArticleSummary, Kind, State
from kb.search.freshness import CURRENT, FADING_DAYS, PAST, freshness

START, END = date(2026, 3, 1), date(2026, 3, 31)
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


def notice(**fields: object) -> ArticleSummary:
    values = {"kind": Kind.BULLETIN, "effective_from": START, "effective_until": END} | fields
    return ArticleSummary("n", "N", values.pop("kind"), State.PUBLISHED, "", "n.md", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days_after_end", "factor"),
    [(-30, CURRENT), (0, CURRENT), (90, (CURRENT + PAST) / 2), (180, PAST), (4_000, PAST)],
)
def test_a_bulletin_fades_after_its_last_day(days_after_end: int, factor: float) -> None:
    today = END + timedelta(days=days_after_end)
    assert freshness(notice(), today) == pytest.approx(factor)


def test_without_a_last_day_it_fades_from_its_first() -> None:
    open_ended = notice(effective_until=None)
    assert freshness(open_ended, START) == CURRENT
    assert freshness(open_ended, START + timedelta(days=FADING_DAYS)) == pytest.approx(PAST)
    undated = notice(effective_from=None, effective_until=None, updated_at=LONG_AGO)
    assert freshness(undated, START) == pytest.approx(PAST)


def test_what_is_to_come_or_has_no_date_counts_like_any_article() -> None:
    assert freshness(notice(), START - timedelta(days=1)) == 1.0
    assert freshness(notice(effective_from=None, effective_until=None), START) == 1.0


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.BULLETIN])
def test_nothing_else_ages(kind: Kind) -> None:
    assert freshness(notice(kind=kind, updated_at=LONG_AGO), date(2026, 11, 23)) == 1.0
