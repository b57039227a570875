"""Which wordings are one topic and which are not."""

import time

import pytest

from kb.content_gaps.grouping import Grouper
from kb.content_gaps.models import Wording, Words

KNOWN = {"kettle": 9, "printer": 4, "return": 7, "coffee": 8, "charge": 2, "change": 3, "card": 1}


@pytest.fixture
def grouper():
    return Grouper(Words("en", KNOWN))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gift wrap", "Wrap gift?"),
        ("gift wrapping", "gift wraps"),
        ("kettle leaks", "my kettle is leaking"),
        ("pritner offline", "printer offline"),
        ("coffee machine", "cofee machine"),
        ("return parcel", "retrun parcels"),
        ("frobnicator broken", "frobnicater broken"),
        ("Café crème", "cafe creme"),
        ("wi-fi setup", "wifi setup"),
        ("E-42 kettle", "kettle e42"),
        ("refund [email]", "refund"),
        ("kettle kettle lid", "kettle lid"),
    ],
)
def test_one_topic(grouper, one, other):
    assert grouper.find_key(one) == grouper.find_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E-42", "E-43"),
        ("charge", "change"),
        ("gift card", "gift cart"),
        ("kettle lid", "kettle lid replacement"),
        ("cat", "car"),
        ("BrewMate 2000", "BrewMate 2001"),
        ("lost parcel", "cost parcel"),
    ],
)
def test_two_topics(other, one):
    grouper = Grouper(Words("en", KNOWN | {"cart": 1}))
    assert grouper.find_key(one) != grouper.find_key(other)


@pytest.mark.parametrize("text", ["", "?!", "[email]", "[phone] [card]", "…"])
def test_nothing_to_group_by(grouper, text):
    assert grouper.find_key(text) == ""


def test_function_words_count_when_there_is_nothing_else(grouper):
    assert grouper.find_key("how to") == grouper.find_key("to how?") == "how to"


def test_the_frequent_spelling_decides(grouper):
    wordings = [Wording(1, "blendar lid", 1), Wording(2, "blender lid", 8)]
    assert grouper.group(wordings) == {1: "blender lid", 2: "blender lid"}


def test_topics_that_exist_decide_before_new_ones():
    grouper = Grouper(Words("en", {}), ["blendar lid"])
    assert grouper.find_key("blender lid") == "blendar lid"


def test_the_order_in_which_wordings_arrive_does_not_matter_within_a_batch():
    wordings = [Wording(n, text, 1) for n, text in enumerate(["blendar", "blender", "blendor"])]
    keys = [Grouper(Words()).group(batch) for batch in (wordings, wordings[::-1])]
    assert keys[0] == keys[1]
    assert len(set(keys[0].values())) == 1


def test_other_languages_stem_by_their_own_rules():
    grouper = Grouper(Words("de", {}))
    assert grouper.find_key("Rechnungen") == grouper.find_key("rechnung")


def test_thousands_of_wordings_are_grouped_quickly():
    texts = [
        f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)} thing{n % 97} nonsense"
        for n in range(3000)
    ]
    wordings = [Wording(n, text, 1) for n, text in enumerate(texts)]
    started = time.perf_counter()
    Grouper(Words("en", KNOWN)).group(wordings)
    assert time.perf_counter() - started < 3
