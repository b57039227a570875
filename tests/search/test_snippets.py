"""The excerpt shows the words that were found, wherever in a section they stand."""

from random import Random

from kb.search.analysis import Analyzer
from kb.search.snippets import build_snippet
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
