"""The rules of outcomes, one visit at a time."""

from datetime import UTC, datetime

import pytest

from kb.search_log.models import Outcome, RecordedSearch, Source
from kb.search_log.outcomes import settle_visit

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)


def make_search(**changes):
    values = {
        "visit_id": 1, "recorded_at": AT, "touched_at": AT, "text": "q", "normalised": "q",
        "searched": "q", "correction": None, "stage": "any-words", "mode": "lexical", "total": 3,
        "confidence": 0.9, "weak": False, "language": "en", "shown": ("a",), "took_ms": 1.0,
        "source": Source.PAGE, "opens_visit": True,
    }  # fmt: skip
    return RecordedSearch(**(values | changes))


def asking(text, **changes):
    return make_search(text=text, normalised=text, searched=text, **changes)


HITS = make_search()
NONE = make_search(total=0)
WEAK = make_search(weak=True)
OPENED = make_search(opened=True)
UNKNOWN = make_search(total=None, source=Source.IMPORT)


@pytest.mark.parametrize(
    ("visit", "is_over", "outcomes", "failed"),
    [
        ([HITS], False, [None], [False]),
        ([HITS], True, ["abandoned"], [True]),
        ([NONE], False, ["zero-result"], [True]),
        ([WEAK], False, ["weak"], [True]),
        ([make_search(weak=True, opened=True)], False, ["answered"], [False]),
        ([OPENED], True, ["answered"], [False]),
        ([make_search(total=0, helpful=True)], True, ["answered"], [False]),
        ([make_search(opened=True, helpful=False)], True, ["unhelpful"], [True]),
        ([make_search(opened=True, contacted=True)], True, ["contacted"], [True]),
        ([make_search(helpful=False, contacted=True)], True, ["contacted"], [True]),
        ([HITS, OPENED], True, ["refined", "answered"], [False, False]),
        ([HITS, HITS, HITS], True, ["refined", "refined", "abandoned"], [True, True, True]),
        ([HITS, HITS], False, ["refined", None], [False, False]),
        ([WEAK, OPENED], True, ["refined", "answered"], [False, False]),
        ([NONE, OPENED], True, ["zero-result", "answered"], [True, False]),
        ([HITS, NONE, OPENED], True, ["refined", "zero-result", "answered"], [True, True, False]),
        ([OPENED, asking("other")], True, ["answered", "abandoned"], [False, True]),
        ([OPENED, HITS], True, ["refined", "abandoned"], [True, True]),
        ([OPENED, OPENED], True, ["refined", "answered"], [False, False]),
        ([make_search(opened=True, returned=True)], True, ["abandoned"], [True]),
        ([make_search(opened=True, returned=True)], False, [None], [False]),
        ([make_search(opened=True, returned=True, weak=True)], True, ["weak"], [True]),
        ([make_search(opened=True, returned=True, helpful=True)], True, ["answered"], [False]),
        (
            [make_search(opened=True, helpful=True), HITS],
            True,
            ["answered", "abandoned"],
            [False, True],
        ),
        ([OPENED, make_search(contacted=True)], True, ["refined", "contacted"], [True, True]),
        ([UNKNOWN], True, [None], [False]),
        ([make_search(total=None, opened=True)], True, ["answered"], [False]),
    ],
)
def test_rules(visit, is_over, outcomes, failed):
    settled = settle_visit(visit, is_over=is_over)
    assert [search.outcome for search in settled] == [name and Outcome(name) for name in outcomes]
    assert [search.failed for search in settled] == failed


@pytest.mark.parametrize(
    ("first", "again", "is_same"),
    [
        ("kettle leaks", "leaking kettle", True),
        ("where is my parcel", "where are my parcels", True),
        ("printer offline", "printr offline", True),
        ("error e-42", "error e-43", False),
        ("kettle", "kettle descaling", False),
        ("cancel my order", "where is my order", False),
        ("warranty", "gift wrap", False),
    ],
)
def test_asking_the_same_again_means_that_the_hit_did_not_do(first, again, is_same):
    settled = settle_visit([asking(first, opened=True), asking(again, total=0)], is_over=True)
    assert settled[0].outcome == (Outcome.REFINED if is_same else Outcome.ANSWERED)
    assert settled[0].failed is is_same


def test_settling_twice_changes_nothing():
    visit = [HITS, NONE, WEAK, OPENED, HITS]
    once = settle_visit(visit, is_over=True)
    assert settle_visit(once, is_over=True) == once


def test_no_searches_no_outcomes():
    assert settle_visit([], is_over=True) == []
