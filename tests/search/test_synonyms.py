"""Synonyms as editors write them, and what they can get wrong."""

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
