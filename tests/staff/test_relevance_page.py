"""The page of regression queries, and what the overview says of them."""

from datetime import timedelta

import pytest

from kb.bootstrap.publishing import build_publisher
from kb.bootstrap.regression import open_run_store
from kb.relevance.models import (
    FoundArticle,
    QueryRank,
    RegressionQuery,
    RegressionReport,
    RegressionRun,
)

PAGE = "/staff/relevance"


@pytest.fixture
def record(site):
    """Keeps a run of one question that found its article at a place."""
    store = open_run_store(site.settings)

    def run(generation, rank, *, is_refused=False):
        query = RegressionQuery("<b>late</b> parcel", "late-parcel", "Late & lost", "late.md", 4)
        found = QueryRank(query, rank, (FoundArticle("other", "<i>Other</i>"),))
        report = RegressionReport((found,), "hybrid", 3)
        kept = RegressionRun(
            generation, f"{generation}ffff", site.clock.now(), "hybrid", 3, 1, report.passed,
            report.mean_reciprocal_rank, is_refused,
        )  # fmt: skip
        store.record(kept, report)
        site.clock.advance(timedelta(minutes=5))

    return run


def test_strangers_are_asked_to_sign_in(site):
    assert site.client.get(PAGE).status_code == 303


def test_before_the_first_publish_it_says_what_to_do(agent):
    page = agent.get(PAGE)
    assert page.status_code == 200
    assert "None has been asked yet" in page.text
    assert (
        "regression" not in agent.get("/staff/").text.partition("<main")[2].partition("</nav>")[2]
    )


def test_it_shows_what_fails_and_when_it_last_held(agent, record):
    record("a1", 1)
    record("b2", None)
    page = agent.get(PAGE).text
    assert "&lt;b&gt;late&lt;/b&gt; parcel" in page
    assert "Late &amp; lost" in page
    assert "not found" in page
    assert "place 1, " in page
    assert "&lt;i&gt;Other&lt;/i&gt;" in page
    assert page.count('<rect class="chart__') == 2
    assert ("a1ffff" in page, "b2ffff" in page) == (True, True)
    assert "1 regression query fails since the last publish" in agent.get("/staff/").text
    record("c3", 2)
    assert "All questions find their articles" in agent.get(PAGE).text
    assert "fails since" not in agent.get("/staff/").text


def test_a_refused_publish_is_told(agent, record):
    record("a1", 1)
    record("b2", None, is_refused=True)
    assert "was refused" in agent.get(PAGE).text
    assert "The last publish was refused: 1 regression query fails" in agent.get("/staff/").text


def test_the_demo_shows_its_own(site, agent, tmp_path):
    publisher = build_publisher(site.settings, site.clock)
    assert publisher.check_regression() == ()
    assert "All questions find their articles" in agent.get(PAGE).text
