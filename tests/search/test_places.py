"""The places of terms, packed at publish, are where reading the text finds them."""

from random import Random

import pytest

from kb.content.models import Section
from kb.search.analysis import Analyzer
from kb.search.documents import SearchSection, build_search_sections

ENGLISH = Analyzer.for_language("en")
WORDS = ["start", "Start", "re-start", "start-up", "don't", "starts.", "e-mail", "5", "5.1", "GB"]
WORDS += ["restart", "(start)", "start/stop", "C++", "start_up", "log", "in", "x" * 300, "·", "$5"]
WORDS += ["ﬁle", "Größe", "№", "the", "\n"]


def section(text: str, heading: str = "") -> SearchSection:
    (built,) = build_search_sections([Section("a", heading, 2, text)], ENGLISH)
    return built


def said(built: SearchSection, *terms: str) -> list[str]:
    places = built.find_places(terms)
    return [built.text[place.start : place.end] for place in places]


def test_the_places_are_those_of_the_terms_however_words_stand_together() -> None:
    random = Random(3)
    for _ in range(300):
        text = " ".join(random.choices(WORDS, k=random.randrange(1, 40)))
        heading = " ".join(random.choices(WORDS[:-1], k=random.randrange(4)))
        built = section(text, heading)
        placed = list(ENGLISH.placed_terms(text))
        assert [term for term, _, _ in placed] == ENGLISH.terms(text)
        assert built.terms.split() == [*ENGLISH.terms(heading), *ENGLISH.terms(text)]
        assert built.terms[: built.heading_end].split() == ENGLISH.terms(heading)
        for wanted in {term for term, _, _ in placed}:
            found = {(p.start, p.end) for p in built.find_places([wanted])}
            expected = {(start, end) for term, start, end in placed if term == wanted}
            # Of two that overlap, as in "5 5 GB" with "5gb", the longer or the first stays.
            assert found <= expected
            assert all(any(s < end and start < e for s, e in found) for start, end in expected)


@pytest.mark.parametrize(
    ("text", "terms", "words"),
    [
        ("Log in to the log", ("login", "log"), ["Log in", "log"]),
        ("It has 5 GB", ("5gb", "5", "gb"), ["5 GB"]),
        ("The WH-1000XM4 and wh1000", ("wh1000",), ["WH-1000XM4", "wh1000"]),
        ("Restart the kettle. Kettles restart.", ("kettl",), ["kettle", "Kettles"]),
        ("Nothing", ("kettl",), []),
        ("", ("kettl",), []),
    ],
)
def test_words_are_marked_whole(text: str, terms: tuple[str, ...], words: list[str]) -> None:
    assert said(section(text, "Kettle"), *terms) == words


def test_the_last_heading_word_and_the_first_of_the_text_are_not_one() -> None:
    assert "login" not in section("In the shop", "The log").terms


def test_letters_in_two_signs_are_found() -> None:
    decomposed = "Cafe\u0301 or tea"
    assert said(section(decomposed), "tea") == ["tea"]


def test_a_price_list_is_not_read_to_its_end() -> None:
    built = section("price " * 30_000)
    assert len(said(built, "price")) == 200
