"""Synonyms as editors write them, and what they can get wrong."""

import time

import pytest

from kb.content.yaml_document import parse_yaml
from kb.search.analysis import Analyzer
from kb.search.query import parse_query
from kb.search.synonyms import MAX_SYNONYMS, parse_synonyms
from tests.conftest import RunningSite

ENGLISH = Analyzer.for_language("en")


def expand(text: str, question: str) -> dict[str, float]:
    synonyms, problems = parse_synonyms(parse_yaml(text, "_synonyms.yml"), ENGLISH)
    assert problems == []
    return {t.term: t.weight for t in synonyms.expand(parse_query(question, ENGLISH)).synonyms}


def test_groups_work_both_ways_and_pairs_one_way() -> None:
    text = "synonyms:\n  - [vacuum, hoover]\none_way:\n  - {from: dead, to: [no power]}\n"
    assert expand(text, "hoover bag") == {"vacuum": 0.5}
    assert expand(text, "my vacuum") == {"hoover": 0.5}
    assert expand(text, "kettle is dead") == {"no": 0.25, "power": 0.25}
    assert expand(text, "no power") == {}


def test_phrases_are_found_inside_a_question() -> None:
    assert (
        expand("synonyms:\n  - [money back, refund]\n", "when do I get my money back")["refund"]
        == 0.5
    )


def test_the_longest_phrase_comes_first() -> None:
    text = "synonyms:\n  - [power cable, cord]\n  - [power, electricity]\n  - [cable, wire]\n"
    assert set(expand(text, "power cable broken")) == {"cord"}
    assert set(expand(text, "cable without power")) == {"wire", "electr"}


def test_function_words_of_a_phrase_count_when_it_has_only_one_other_word() -> None:
    text = "one_way:\n  - {from: wont switch on, to: [no power]}\n"
    assert expand(text, "light switch") == {}
    for question in ("wont switch on", "it won't switch on", "will not switch it on anymore"):
        assert set(expand(text, question)) == {"no", "power"}
    text = "one_way:\n  - {from: where is my stuff, to: [track]}\n"
    assert set(expand(text, "where's all my stuff")) == {"track"}


def test_spellings_of_a_synonym_meet() -> None:
    text = "synonyms:\n  - [log in, sign in]\n  - [wi-fi, wireless]\n"
    assert set(expand(text, "login fails")) == {"signin"}
    assert set(expand(text, "wi fi")) == {"wireless"}
    assert set(expand(text, "wireless")) == {"wifi"}


def test_it_is_known_where_a_synonym_comes_from() -> None:
    text = "synonyms:\n  - [Money back, Refunds]\none_way:\n  - {from: dead, to: [No power]}\n"
    synonyms, _ = parse_synonyms(parse_yaml(text, "_synonyms.yml"), ENGLISH)
    query = synonyms.expand(parse_query("Dead kettle, I want my money back!", ENGLISH))
    assert [(m.typed, m.written, m.terms) for m in query.synonym_matches] == [
        ("dead", "No power", ("no", "power")),
        ("money back", "Refunds", ("refund",)),
    ]
    assert {t.term: t.typed for t in query.synonyms} == {
        "no": "dead",
        "power": "dead",
        "refund": "money back",
    }


def test_loops_end() -> None:
    text = (
        "synonyms:\n  - [a1, b1]\n  - [b1, c1]\n  - [c1, a1]\n  - [x1, x1]\n"
        "one_way:\n  - {from: b1, to: [b1, d1]}\n"
    )
    assert set(expand(text, "b1")) == {"a1", "c1", "d1"}
    assert expand(text, "x1") == {}


def test_languages_have_their_own_synonyms() -> None:
    text = "languages:\n  de:\n    synonyms:\n      - [Rechnung, Faktura]\n"
    german = Analyzer.for_language("de")
    assert set(expand(text, "Rechnung")) == {german.stem("faktura")}


def test_every_word_of_a_question_has_its_share() -> None:
    many = ", ".join(f"word{n}" for n in range(1_000))
    text = f"synonyms:\n  - [{many}]\n  - [parcel, package]\n"
    added = expand(text, "word7 parcel")
    assert "packag" in added
    assert len(added) <= MAX_SYNONYMS


def test_a_large_file_is_read_and_used_quickly() -> None:
    groups = "".join(f"  - [word{n} thing, other{n}, third{n}]\n" for n in range(5_000))
    many = ", ".join(f"many{n}" for n in range(1_000))
    document = parse_yaml(
        f"synonyms:\n  - [{many}]\n{groups}", "_synonyms.yml", max_bytes=1_000_000
    )
    started = time.process_time()
    synonyms, _ = parse_synonyms(document, ENGLISH)
    assert time.process_time() - started < 3
    query = parse_query("why does many7 word8 thing not work with other9", ENGLISH)
    started = time.process_time()
    for _ in range(1_000):
        expanded = synonyms.expand(query)
    assert time.process_time() - started < 1
    assert {"other8", "third9", "many8"} <= {term.term for term in expanded.synonyms}


def test_many_synonyms_are_bounded() -> None:
    words = ", ".join(f"word{n}" for n in range(1_000))
    assert len(expand(f"synonyms:\n  - [{words}]\n", "word7")) == MAX_SYNONYMS


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("synonyms:\n  - [a, b]\n  - [alone]\n", 3, "invalid-value"),
        ("synonyms:\n  - word\n", 2, "invalid-value"),
        ("synonyms: word\n", 1, "invalid-value"),
        ("one_way:\n  - {from: a}\n", 2, "missing-field"),
        ("one_way:\n  - {to: [a]}\n", 2, "missing-field"),
        ("synonims:\n  - [a, b]\n", 1, "unknown-key"),
        ("languages: de\n", 1, "invalid-value"),
        ("languages:\n  German:\n    synonyms: []\n", 1, "invalid-value"),
        ("languages:\n  de: [a, b]\n", 2, "invalid-value"),
        ("languages:\n  de:\n    synonyms:\n      - [alone]\n", 4, "invalid-value"),
        ("languages:\n  de:\n    one_way:\n      - {from: a}\n", 4, "missing-field"),
        ("languages:\n  de:\n    synonims: []\n", 3, "unknown-key"),
    ],
)
def test_mistakes_are_reported_on_their_line(text: str, line: int, code: str) -> None:
    problems = parse_synonyms(parse_yaml(text, "_synonyms.yml"), ENGLISH)[1]
    assert [(p.line, p.code) for p in problems] == [(line, code)]


def test_the_demo_understands_other_words(site: RunningSite) -> None:
    page = site.services.generations.current().search.search("hoover does not charge")
    assert "vacuum" in page.hits[0].title.lower()


def test_words_that_exist_are_not_corrected(site: RunningSite) -> None:
    search = site.services.generations.current().search
    for question in ("toaster", "waffle iron", "ice cream maker"):
        assert search.search(question).correction is None
    guessed, typed = search.search("vacuum batery"), search.search("vacuum battery")
    assert (guessed.searched, guessed.hits[0].slug) == ("vacuum battery", typed.hits[0].slug)
    assert guessed.confidence < typed.confidence
