"""Suggestions while typing: order, several words, slips, and who may see what."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.content.models import ArticleSummary, Audience, Kind, State
from kb.search.analysis import Analyzer
from kb.search.prefixes import MOST, PrefixExpander
from kb.search.suggestions import SuggestionIndex

ENGLISH = Analyzer.for_language("en")


def article(
    slug: str, title: str, *questions: str, state: State = State.PUBLISHED
) -> ArticleSummary:
    return ArticleSummary(slug, title, Kind.FAQ, state, "c", f"{slug}.md", questions=questions)


ARTICLES = [
    article("return", "Return an item", "How to send something back?", "How do I return it?"),
    article("refund", "Refund time", "When is my return refunded?"),
    article("reset", "How to reset the password"),
    article("wh", "The WH-1000XM4 headphones"),
    article("internal", "Return desk", state=State.INTERNAL),
    article("umlaut", "Rücksendung nach Österreich"),
    article("empty", "?!"),
    *(article(f"many{n}", "Order", f"Where is order {n} of mine?") for n in range(40)),
]
MEANT = {"pasword": "password", "passwrod": "password", "retrun": "return"}
INDEX = SuggestionIndex(ARTICLES, ENGLISH, MEANT.get)


def slugs(typed: str, limit: int = 8, audience: Audience = Audience.PUBLIC) -> list[str]:
    return [s.slug for s in INDEX.suggest(typed, limit, audience)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ret", ["return", "refund"]),
        ("Ret", ["return", "refund"]),
        ("an item ret", ["return"]),
        ("it ret", ["return", "refund"]),
        ("how to re", ["reset", "return", "refund"]),
        ("how to send", ["return"]),
        ("password reset", ["reset"]),
        ("pass", ["reset"]),
        ("rucks", ["umlaut"]),
        ("öster", ["umlaut"]),
        ("wh1000", ["wh"]),
        ("wh-1000", ["wh"]),
        ("xqz", []),
        ("xqz ret", []),
        ("", []),
        # A slip in a whole word, or in one that is long enough to be told.
        ("pasword re", ["reset"]),
        ("reset passwrod", ["reset"]),
        ("retrun it", ["return"]),
    ],
)
def test_what_is_offered(typed: str, expected: list[str]) -> None:
    assert slugs(typed) == expected


def test_internal_articles_are_for_staff_and_come_last() -> None:
    assert "internal" not in slugs("return", 50)
    assert slugs("return", 50, Audience.STAFF)[-1] == "internal"
    assert slugs("return de", 50, Audience.STAFF) == ["internal"]


def test_each_article_is_offered_once_up_to_the_limit() -> None:
    assert len(slugs("o", 8)) == 8
    found = slugs("order", 100)
    assert len(found) == len(set(found)) == 40


def test_no_articles() -> None:
    assert SuggestionIndex([], ENGLISH).suggest("a", 8, Audience.STAFF) == ()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(list(Audience)))
def test_nothing_raises_and_every_suggestion_fits(typed: str, audience: Audience) -> None:
    found = INDEX.suggest(typed, 8, audience)
    assert len(found) <= 8
    assert audience is Audience.STAFF or "internal" not in {s.slug for s in found}


def test_words_are_completed_commonest_first() -> None:
    vocabulary = {f"refurb{n}": n for n in range(1, 20)} | {"refund": 5, "wh1000xm4": 1, "e42": 2}
    prefixes = PrefixExpander(vocabulary)
    prefixes.warm()
    assert prefixes.words("refurb") == tuple(f"refurb{n}" for n in range(19, 19 - MOST, -1))
    assert prefixes.words("REFUN") == ("refund",)
    assert prefixes.words("re") == prefixes.words("4") == prefixes.words("42") == ()
    assert prefixes.words("e4") == ("e42",)
    assert prefixes.words("WH-1000") == ("wh1000xm4",)
    assert prefixes.terms("refun", ENGLISH) == ("refund",)
    assert prefixes.words("") == prefixes.words("xyz") == ()


@given(st.text(max_size=30))
def test_any_text_can_be_completed(typed: str) -> None:
    assert len(PrefixExpander({"abc": 1, "a1": 2}).terms(typed, ENGLISH)) <= MOST
