"""The section that is shown is the one that was asked for, and tells something."""

import pytest

from kb.content.models import Section
from kb.search.analysis import Analyzer
from kb.search.documents import build_search_sections
from kb.search.section_choice import find_beginning, without_contents

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


def test_a_table_of_contents_is_not_shown() -> None:
    entries = ["1 Turn it on", "1.1 By the menu", "2 Turn it off", "3 What was removed since"]
    entries += ["4 Sounds", "5 Colors"]
    headings = ["Turn it on", "By the menu", "Turn it off", "Sounds", "Colors"]
    cases = [
        Section("", "", 1, "In this article:\nTurn it on\nTurn it off\nSounds\nColors"),
        Section("toc", "Table of contents", 2, "\n".join(entries)),
        *(
            Section(f"h-{at}", heading, 2, "See here.\nMore.")
            for at, heading in enumerate(headings)
        ),
    ]
    shown = without_contents(build_search_sections(cases, ENGLISH))
    assert [section.heading for section in shown] == ["", *headings]


def test_steps_that_name_other_headings_are_shown() -> None:
    cases = [
        Section("how", "How to", 2, "Turn it on\nPress Start\nTurn it off"),
        Section("see", "See also", 2, "Turn it on"),
        Section("on", "Turn it on", 2, "Press I."),
        Section("off", "Turn it off", 2, ""),
    ]
    assert len(without_contents(build_search_sections(cases, ENGLISH))) == 4
