"""The search quality dashboard: right figures, in a page, a CSV and JSON."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from kb.search.models import SearchOutcome, SearchPage, Stage

HOSTILE = '<script>alert(1)</script>"onmouseover=x'


@pytest.fixture
def busy(site):
    """Two weeks: in the second twice as many searches, and one of them hostile."""
    log = site.services.search_log
    slug = site.services.generations.current().library.list_articles()[0].slug
    site.clock.advance(timedelta(days=-13))
    for day in range(14):
        for number in range(1 + day // 7):
            page = make_page("gift wrap" if number else "=cmd()")
            log.record_search(page, None)
        visit = log.record_search(make_page(HOSTILE, total=3), None)
        log.record_opening(visit, slug, from_results=True)
        log.record_vote(visit, slug, False)
        log.record_vote_reason(visit, slug, "outdated")
        site.clock.advance(timedelta(days=1))
    site.clock.advance(timedelta(days=-1))
    today = site.clock.now().date()
    return f"since={today - timedelta(days=6)}&until={today}"


def make_page(text, total=0):
    return SearchPage(
        query=text, searched=text, correction=None, stage=Stage.ANY_WORDS if total else Stage.NONE,
        outcome=SearchOutcome.CONFIDENT if total else SearchOutcome.NONE, confidence=0.9,
        total=total, hits=(), offset=0, mode="lexical", degraded=False, took_ms=1.0,
    )  # fmt: skip


def test_the_figures_as_json(agent, busy):
    answer = agent.get(f"/staff/quality?format=json&{busy}")
    value = json.loads(answer.text)
    assert (value["total"]["searches"], value["before"]["searches"]) == (21, 14)
    assert value["total"]["zero_results_rate"] == round(14 / 21, 4)
    assert value["total"]["success_rate"] == 0.0
    assert len(value["days"]) == 7
    assert value["top_failed"][0]["failed"] == 7
    (article,) = value["top_unhelpful"]
    assert (article["unhelpful"], article["reasons"]) == (7, {"outdated": 7})


def test_the_figures_as_csv_run_no_formula(agent, busy):
    answer = agent.get(f"/staff/quality?format=csv&{busy}")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["part"] for row in rows} == {
        "total", "before", "days", "top_searches", "top_failed", "top_opened", "top_unhelpful",
    }  # fmt: skip
    assert not [row for row in rows if row["name"].startswith("=")]
    assert [r["value"] for r in rows if r["name"] == "'=cmd()" and r["field"] == "failed"] == [
        "7",
        "7",
    ]


def test_the_page_has_a_chart_and_a_table_for_each_rate(agent, busy):
    page = agent.get(f"/staff/quality?{busy}").text
    assert page.count('<svg class="chart"') == 5
    assert page.count("<details>") == 5
    assert "14 in the period before" in page
    assert "It is out of date (7)" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_days_without_searches(agent):
    page = agent.get("/staff/quality?since=2020-01-01&until=2020-01-07")
    assert page.status_code == 200
    assert "nothing to compare with" in page.text


def test_only_staff_see_it(make_customer):
    assert make_customer().get("/staff/quality?format=json").status_code == 303


def test_the_number_of_unhelpful_articles_leads_to_as_many(site, agent):
    slugs = [
        summary.slug for summary in site.services.generations.current().library.summaries.values()
    ]
    for slug in slugs[:12]:
        token = site.services.search_log.record_search(make_page("filter", 1), None)
        site.services.search_log.record_vote(token, slug, helpful=False)
    front = agent.get("/staff/").text
    link = re.search(r'href="([^"]*#unhelpful)"', front)[1].replace("&amp;", "&")
    assert _count_unhelpful(agent.get(link).text) == 12
    top = agent.get("/staff/quality").text
    assert _count_unhelpful(top) == 10
    assert "Show all 12 articles" in top
    assert re.search(r">12<", front)


def _count_unhelpful(page):
    return page[page.index('id="unhelpful"') :].count('<th scope="row">')
