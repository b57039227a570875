"""The search object: plain values in the shape that the API describes."""

import json

from kb.api.openapi import build_openapi
from kb.search.models import BestPassage, Hit, Reasons, SearchOutcome, SearchPage, Stage
from kb.search.search_object import search_object

REASONS = Reasons(("late",), (("parcel", "package"),), pinned=True, meaning=0.71239)
HIT = Hit("a", "A", "delivery", "", "", "/articles/a", 1.23456, "<mark>late</mark>", False, REASONS)
BEST = BestPassage("a", "A", "Wait", "/articles/a#wait", "It is <mark>late</mark>.")
PAGE = SearchPage(
    query="late parcel", searched="late parcel", correction=None, stage=Stage.SEMANTIC,
    outcome=SearchOutcome.CONFIDENT, confidence=0.91, total=1, hits=(HIT,), offset=0,
    mode="hybrid", degraded=False, took_ms=1.0, best=BEST,
)  # fmt: skip


def test_reasons_and_best_passage_are_plain_values():
    found = json.loads(json.dumps(search_object(PAGE)))
    assert found["stage"] == "semantic"
    assert found["best"] == {
        "slug": "a", "title": "A", "section": "Wait", "url": "/articles/a#wait",
        "text": "It is <mark>late</mark>.",
    }  # fmt: skip
    assert found["hits"][0]["reasons"] == {
        "words": ["late"], "synonyms": [{"word": "parcel", "finds": "package"}],
        "pinned": True, "asked": False, "meaning": 0.712,
    }  # fmt: skip


def test_the_description_has_the_same_keys():
    schemas = build_openapi()["components"]["schemas"]
    found = search_object(PAGE)
    assert set(found) == set(schemas["Search"]["required"])
    assert set(found["hits"][0]) == set(schemas["Hit"]["required"])
    assert set(found["best"]) == set(schemas["BestPassage"]["required"])
    reasons = schemas["Reasons"]
    assert (
        set(found["hits"][0]["reasons"]) == set(reasons["required"]) == set(reasons["properties"])
    )
    synonym = reasons["properties"]["synonyms"]["items"]
    assert set(found["hits"][0]["reasons"]["synonyms"][0]) == set(synonym["required"])
