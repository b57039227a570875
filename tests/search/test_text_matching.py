"""What a text has of a question: passages that have most of it decide between the hits."""

from dataclasses import replace

import pytest

from kb.content.models import ArticleSummary, Kind, Section, State
from kb.search.analysis import Analyzer
from kb.search.documents import build_search_sections
from kb.search.fusion import passage_share
from kb.search.query import Query, parse_query
from kb.search.search_texts import SearchText
from kb.search.text_matching import TextMatch, TextMatcher

ENGLISH = Analyzer.for_language("en")
ARTICLE = ArticleSummary(
    "battery",
    "The battery",
    Kind.FAQ,
    State.PUBLISHED,
    "",
    "battery.md",
    questions=("How long may it charge at night?",),
)
SECTIONS = build_search_sections(
    [
        Section("use", "Use", 2, "Charge it in the evening. Keep it dry."),
        Section("warranty", "Warranty", 2, "Two years from the day of purchase."),
    ],
    ENGLISH,
)


def spaced(text: str) -> str:
    return f" {' '.join(ENGLISH.terms(text, keep_stop_words=True))} "


TITLE, QUESTION = spaced(ARTICLE.title), spaced(ARTICLE.questions[0])
TEXT = SearchText(ARTICLE, TITLE, (QUESTION,), TITLE + QUESTION, SECTIONS, SECTIONS)


def match(query: Query, text: SearchText = TEXT, **weights: float) -> TextMatch:
    weighed = {term.term: weights.get(term.term, 1.0) for term in query.all_terms}
    found = TextMatcher(query, weighed, {"battery": text}.get).match("battery")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "covered"),
    [
        ("battery warranty", 1.0),  # the title and one section
        ("dry purchase", 0.5),  # two sections
        ("charge at night", 1.0),  # a question that is written down
        ("dry night", 0.5),  # a section and a question
        ("battery price", 0.5),
        ("price list", 0.0),
        ("e-vening charge", 1.0),  # in another spelling
    ],
)
def test_the_passage_with_most_of_the_question_counts(question: str, covered: float) -> None:
    query = parse_query(question, ENGLISH, lambda term: 1)
    assert match(query).covered == covered


def test_words_that_tell_much_count_for_more() -> None:
    assert match(parse_query("dry purchase", ENGLISH), purchas=3.0).covered == 0.75


def test_an_article_without_text_is_covered_by_its_title() -> None:
    found = match(parse_query("battery", ENGLISH), replace(TEXT, sections=(), shown=()))
    assert (found.covered, found.section) == (1.0, None)


@pytest.mark.parametrize(
    ("question", "section", "told"),
    [
        ("battery warranty", "Warranty", 1.0),
        ("dry purchase", "Use", 0.5),
        ("battery", "Use", 1.0),
        ("dry night", "Use", 1.0),  # the question is part of what the article is called
    ],
)
def test_the_section_that_words_point_to(question: str, section: str, told: float) -> None:
    found = match(parse_query(question, ENGLISH))
    assert found.section is not None
    assert (found.section.heading, found.told) == (section, told)


def test_a_table_of_contents_covers_but_is_not_pointed_to() -> None:
    contents = SECTIONS[1]._replace(is_contents=True)
    text = replace(TEXT, sections=(SECTIONS[0], contents), shown=SECTIONS[:1])
    found = match(parse_query("battery warranty", ENGLISH), text)
    assert found.covered == 1.0
    assert found.section == SECTIONS[0]


def test_what_is_no_article_has_nothing() -> None:
    query = parse_query("battery", ENGLISH)
    assert TextMatcher(query, {"batteri": 1.0}, {"battery": TEXT}.get).match("lamp") is None


def test_the_more_words_the_less_it_counts() -> None:
    shares = [passage_share(words) for words in (0, 1, 2, 4, 9)]
    assert shares == pytest.approx([0.5, 0.5, 2 / 9, 0.08, 0.02])
