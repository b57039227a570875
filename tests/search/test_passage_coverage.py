"""How much of a question one passage has, which decides between the hits of short ones."""

import pytest

from kb.content.models import ArticleSummary, Kind, Section, State
from kb.search.analysis import Analyzer
from kb.search.documents import build_search_sections
from kb.search.passage_coverage import cover, passage_share
from kb.search.query import parse_query

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
    weights = {term.term: 1.0 for term in query.terms}
    assert cover(query, weights, ARTICLE, SECTIONS) == covered


def test_words_that_tell_much_count_for_more() -> None:
    query = parse_query("dry purchase", ENGLISH)
    assert cover(query, {"dry": 1.0, "purchas": 3.0}, ARTICLE, SECTIONS) == 0.75


def test_an_article_without_text_is_covered_by_its_title() -> None:
    query = parse_query("battery", ENGLISH)
    assert cover(query, {"batteri": 1.0}, ARTICLE, ()) == 1.0


def test_the_more_words_the_less_it_counts() -> None:
    shares = [passage_share(words) for words in (0, 1, 2, 4, 9)]
    assert shares == pytest.approx([0.5, 0.5, 2 / 9, 0.08, 0.02])
