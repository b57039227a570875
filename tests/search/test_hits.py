"""Hits of articles that have little text."""

from kb.content.models import ArticleSummary, Kind, Section, State
from kb.search.analysis import Analyzer
from kb.search.documents import SearchSection, build_search_sections
from kb.search.fusion import Candidate
from kb.search.hits import HitBuilder
from kb.search.query import parse_query
from kb.search.ranking import Ranking
from kb.search.search_texts import SearchText
from kb.search.text_matching import TextMatcher

ENGLISH = Analyzer.for_language("en")
ARTICLE = ArticleSummary(
    "set-up",
    "Set it up",
    Kind.FAQ,
    State.PUBLISHED,
    "",
    "set-up.md",
    summary="Log in by e-mail & pair the WH-1000XM4.",
)


def snippet(question: str, *sections: Section) -> str:
    built: list[SearchSection] = build_search_sections(sections, ENGLISH)
    text = SearchText(ARTICLE, " set it up ", (), " set it up ", built, built)
    query = parse_query(question, ENGLISH, lambda term: 1)
    weights = {term.term: term.weight for term in query.all_terms}
    builder = HitBuilder(TextMatcher(query, weights, {"set-up": text}.get))
    (match,) = builder.matches([Candidate("set-up", 1.0), Candidate("gone", 0.5)])
    return builder.build(match, Ranking()).snippet


def test_without_text_the_summary_is_shown() -> None:
    shown = "Log in by e-mail &amp; pair the WH-1000XM4."
    assert snippet("set up") == shown


def test_below_a_heading_without_text_the_next_is_shown() -> None:
    steps = (Section("how", "Set up", 2, ""), Section("one", "Step 1", 3, "Plug it in to set it."))
    assert snippet("set up", *steps) == "Plug it in to <mark>set</mark> it."


def test_a_word_with_several_terms_is_shown_once() -> None:
    text = "Log in to e-mail the WH-1000XM4"
    shown = "<mark>Log in</mark> to <mark>e-mail</mark> the <mark>WH-1000XM4</mark>"
    question = "login email mail xm4 wh1000xm4"
    assert snippet(question, Section("", "", 1, text)) == shown
    assert snippet(question) == (
        "<mark>Log in</mark> by <mark>e-mail</mark> &amp; pair the <mark>WH-1000XM4</mark>."
    )
