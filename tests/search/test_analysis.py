"""Articles and questions meet in the same terms."""

import pytest

from kb.search.analysis import Analyzer
from kb.search.query import MAX_TERMS, parse_query

ENGLISH = Analyzer.for_language("en")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("returns", "return"),
        ("RETURNING", "returned"),
        ("café", "Cafe"),
        ("e42", "E-42"),
        ("wh1000xm4", "WH-1000XM4"),
        ("wifi", "Wi-Fi"),
        ("kettle's", "kettles"),
        ("e-mail", "email"),
        ("ﬁlter", "filter"),
        ("ＦＶ３００", "fv300"),
        ("c++", "C++."),
        ("c#", "(C#)"),
    ],
)
def test_the_same_word_in_other_clothes(typed: str, written: str) -> None:
    assert set(ENGLISH.terms(typed)) & set(ENGLISH.terms(written))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C++", "C#"),
        ("c", "C++"),
        ("E-42", "E-43"),
        ("FV-200", "FV-300X"),
        ("17.4.1", "17.4"),
        ("on", "off"),
    ],
)
def test_codes_stay_apart(one: str, other: str) -> None:
    assert (
        ENGLISH.terms(one, keep_stop_words=True)[:1]
        != ENGLISH.terms(other, keep_stop_words=True)[:1]
    )


def test_function_words_are_left_out_unless_there_is_nothing_else() -> None:
    assert [t.term for t in parse_query("How do I return it?", ENGLISH).terms] == ["return"]
    assert [t.term for t in parse_query("who are you", ENGLISH).terms] == ["who", "are", "you"]


def test_a_language_without_rules_is_folded_only() -> None:
    assert Analyzer.for_language("xx").terms("Über Cafés") == ["uber", "cafes"]
    assert Analyzer.for_language("de-AT").terms("Häuser") == Analyzer.for_language("de").terms(
        "Hauser"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!…",
        "\x00\x1b[31m",
        "😀😀",
        '"unbalanced',
        "field:value",
        "*",
        "[a TO z]",
        "((((",
        "NOT " * 2000,
        "x* " * 200,
        "a" * 100_000,
        "שלום עולם",
        "‮gnp‬",
        "AND OR NOT",
        "^2~",
        "\u2028\u2029",
    ],
)
def test_any_text_is_a_bounded_query(text: str) -> None:
    query = parse_query(text, ENGLISH)
    assert len(query.terms) <= MAX_TERMS
    assert len(query.text) <= 200
    assert all(term.term and " " not in term.term for term in query.terms)


def test_long_questions_keep_their_rarest_words() -> None:
    words = [f"word{n}" for n in range(20)]
    query = parse_query(" ".join(words), ENGLISH, lambda term: int(term.removeprefix("word")))
    assert [t.term for t in query.terms] == words[1:13]  # word0 occurs nowhere
