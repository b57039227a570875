"""The excerpt shows the words that were found, wherever in a section they stand."""

from random import Random

import pytest

from kb.content.models import Section
from kb.search.analysis import Analyzer
from kb.search.documents import build_search_sections
from kb.search.snippets import build_snippet, find_beginning, without_contents
from kb.search.word_finder import WordFinder

ENGLISH = Analyzer.for_language("en")


def snippet(text: str, question: str) -> str:
    return build_snippet(text, WordFinder(ENGLISH, frozenset(ENGLISH.terms(question))))


def test_a_row_far_down_a_long_table_is_shown() -> None:
    table = "".join(f"E-{number} pump {number} failed\n" for number in range(3000))
    assert "<mark>E-2999</mark>" in snippet(table, "E-2999")
    assert "<mark>E-7</mark>" in snippet(table, "E-7")


def test_without_a_match_the_text_begins_at_its_beginning() -> None:
    assert snippet("Descale it. " * 2000, "kettle").startswith("Descale it. Descale")


def test_cells_and_items_are_told_apart() -> None:
    table = "It switches off\nLikely cause\nAfter a few seconds\nLever not down.\nOne more try"
    assert snippet(table, "kettle") == (
        "It switches off · Likely cause · After a few seconds · Lever not down. One more try"
    )
    assert snippet("one step\n" * 100, "kettle").endswith("one step …")


def test_the_excerpt_goes_on_behind_the_last_word() -> None:
    text = (
        "Open gift cards in the shop and choose a sum. " * 3
        + "At checkout, select the gift card and type the characters without spaces. "
        + "Check the balance. Go to the page of cards and enter the code. "
        + "More about it is below. " * 20
    )
    found = snippet(text, "gift card balance")
    assert "<mark>balance</mark>. Go to the page of" in found
    assert "<mark>gift</mark>" in found
    assert len(found.replace("<mark>", "").replace("</mark>", "")) < 230


def test_an_excerpt_at_the_end_is_filled_with_what_stands_before() -> None:
    short = "Put the filter in. The kettle does not start without a filter."
    assert snippet(short, "start").startswith("Put the filter in.")
    long = "One more sentence. " * 30 + "The kettle does not start."
    found = snippet(long, "start")
    assert found.startswith("… One more sentence.")
    assert found.endswith("The kettle does not <mark>start</mark>.")
    assert len(found) > 150


def test_words_are_found_as_in_the_whole_text_however_they_stand_together() -> None:
    random = Random(3)
    words = [
        "start",
        "Start",
        "re-start",
        "start-up",
        "don't",
        "starts.",
        "e-mail",
        "5",
        "5.1",
        "GB",
    ]
    words += [
        "restart",
        "(start)",
        "start/stop",
        "C++",
        "start_up",
        "log",
        "in",
        "x" * 30,
        "·",
        "$5",
    ]
    for wanted in (("start",), ("5", "c++"), ("login", "mail"), ("5gb", "start"), ("none",)):
        finder = WordFinder(ENGLISH, frozenset(wanted))
        for _ in range(60):
            text = " ".join(random.choices(words, k=random.randrange(30)))
            assert finder.find(text) == ENGLISH.find(text, frozenset(wanted))


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
