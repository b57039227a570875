"""The section that is shown is the one that was asked for, and tells something."""

import pytest

from kb.content.models import Section
from kb.search.analysis import Analyzer
from kb.search.documents import build_search_sections
from kb.search.section_choice import find_beginning

ENGLISH = Analyzer.for_language("en")


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("er1", "Er1: boiled dry"),
        ("er2", "Er2: temperature sensor"),
        ("kettle er2", "Er2: temperature sensor"),
        ("kettle", "Er1: boiled dry"),
        ("boils", "Er1: boiled dry"),
    ],
)
def test_an_article_of_several_cases_begins_with_the_one_that_is_asked_for(
    question: str, heading: str
) -> None:
    cases = [
        Section("er1", "Er1: boiled dry", 2, "Let the kettle cool down."),
        Section("er2", "Er2: temperature sensor", 2, "The kettle has to be replaced."),
        Section("more", "Er2 again", 2, "Er2 Er2"),
    ]
    sections = build_search_sections(cases, ENGLISH)
    assert find_beginning(sections, ENGLISH.terms(question)).heading == heading


def test_an_article_with_an_introduction_begins_there() -> None:
    cases = [Section("", "", 1, "How it is fixed."), Section("er2", "Er2", 2, "Unplug it.")]
    sections = build_search_sections(cases, ENGLISH)
    assert find_beginning(sections, ENGLISH.terms("er2")).heading == ""
