"""Words that stand together are told from words that stand in the same text."""

import time

import pytest

from kb.search.analysis import Analyzer
from kb.search.phrases import contains_phrase
from kb.search.query import parse_query

ENGLISH = Analyzer.for_language("en")


def contains(text: str, phrase: str) -> bool:
    terms = f" {' '.join(ENGLISH.terms(text))} "
    (wanted,) = parse_query(f'"{phrase}"', ENGLISH).phrases
    return contains_phrase(terms, wanted)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Turn off the water supply first.", "water supply"),
        ("Turn off the water supply first.", "turn off the water"),
        ("Your email address", "e-mail address"),
        ("Your e-mail address", "email address"),
        ("Log in page", "login page"),
        ("The login page", "log in page"),
        ("within 30 days money back", "30 days money back"),
        ("within 30 days money back", "days money back"),
        ("a 30-day money-back offer", "30 days"),
        ("Pair the WH-1000XM4 headphones", "WH1000XM4 headphones"),
        ("water, water, water supply", "water supply"),
    ],
)
def test_found(text: str, phrase: str) -> None:
    assert contains(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("The supply of water", "water supply"),
        ("Water and power supply", "water supply"),
        ("email delivery address", "email address"),
        ("watering supplies here", "water tank"),
        ("30 or more days", "30 days"),
        ("car carpet cleaner", "car cleaner"),
    ],
)
def test_not_found(text: str, phrase: str) -> None:
    assert not contains(text, phrase)


def test_nothing_is_no_phrase() -> None:
    assert not contains_phrase(" a b ", ())
    assert not contains_phrase("", ("a",))


def test_a_long_section_is_read_quickly() -> None:
    terms = " " + "water tank power supply " * 25_000
    started = time.process_time()
    assert not contains_phrase(terms, ("water", "supply"))
    assert time.process_time() - started < 0.5
