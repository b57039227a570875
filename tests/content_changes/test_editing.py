"""Texts of people keep everything but the change: comments, order, quoting, line ends."""

from datetime import date

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kb.content.front_matter import parse_article
from kb.content.yaml_document import parse_yaml
from kb.content_changes.editing import (
    Pin,
    add_best_bet,
    add_synonym,
    add_wordings,
    publish_article,
    with_line_ends_of,
)
from kb.content_changes.yaml_surgery import append_items
from kb.errors import ChangeRefused
from tests.conftest import ROOT

ARTICLE = """\
---
# who owns this: delivery
title: 'Your parcel is late'   # do not change
tags: [ tracking,  late ]
questions:
- where is my order   # most frequent
- "parcel has not arrived"

summary: >
  Two
  lines.
---
Text.
"""


def questions(text):
    return parse_article("a.md", text.encode()).front_matter.questions


def test_only_lines_are_added():
    changed = add_wordings(ARTICLE, ["has my parcel been lost"], ["parcel lost"])
    expected = ARTICLE.replace(
        '- "parcel has not arrived"\n',
        '- "parcel has not arrived"\n- "has my parcel been lost"\n',
    ).replace("  lines.\n", "  lines.\nregression_queries:\n  - parcel lost\n")
    assert changed == expected


def test_what_is_there_already_is_not_added():
    assert add_wordings(ARTICLE, ["Where is MY  order", "parcel has not arrived"]) == ARTICLE
    changed = add_wordings(ARTICLE, ["new one", "New one"])
    assert add_wordings(changed, ["new one"]) == changed
    assert questions(changed)[2:] == ("new one",)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(newline, bom):
    text = bom + ARTICLE.replace("\n", newline)
    changed = add_wordings(text, ["a new question"])
    assert questions(changed)[-1] == "a new question"
    rest = changed.replace('- "a new question"', "", 1)
    assert set(rest) <= set(text)
    assert changed.startswith(bom + "---")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("questions: [a b, c]  # x\n", "questions: [a b, c, new one]  # x\n"),
        ("questions: []\n", "questions: [new one]\n"),
        ("questions: [a,\n  b, # x\n  ]\n", "questions: [a,\n  b, new one, # x\n  ]\n"),
        ("questions:\n", "questions:\n  - new one\n"),
        ("questions: # none\ntags: [a]\n", "questions: # none\n  - new one\ntags: [a]\n"),
        ("questions: ''\n", "questions:\n  - new one\n"),
        ("questions: only one # x\n", "questions: # x\n  - only one\n  - new one\n"),
        ("questions:\n    - a\n", "questions:\n    - a\n    - new one\n"),
        (
            "questions:\n  - |\n    a\ntags: [b]\n",
            "questions:\n  - |\n    a\n  - new one\ntags: [b]\n",
        ),
        ("Questions:\n  - a\n", "Questions:\n  - a\n  - new one\n"),
        ("title: T", "title: T\nquestions:\n  - new one\n"),
    ],
)
def test_every_way_to_write_a_list(head, expected):
    changed = add_wordings(f"---\n{head.rstrip()}\n---\nText.\n", ["new one"])
    assert changed == f"---\n{expected}---\nText.\n"


def test_an_article_without_front_matter_gets_one():
    changed = add_wordings("# Late\r\n\r\nText.\r\n", ["where is it"])
    assert changed == "---\r\nquestions:\r\n  - where is it\r\n---\r\n# Late\r\n\r\nText.\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\n",
        "+++\ntitle = 'T'\n+++\nText.\n",
        "---\ntitle: a: b\n---\nText.\n",
        "---\n{title: T}\n---\nText.\n",
        "---\nquestions:\n  a: b\n---\nText.\n",
        "---\nquestions: |\n  long\n  text\n---\nText.\n",
        "---\ntitle: T\ntitle: U\n---\nText.\n",
        "---\ntitle: T\n---\n",
        "---\ntitle: " + "x" * 16_380 + "\n---\nText.\n",
    ],
)
def test_what_cannot_be_changed_safely_is_refused(text):
    with pytest.raises(ChangeRefused):
        add_wordings(text, ["a new question"])


@pytest.mark.parametrize(
    "hostile", ["a: b", "- x", "# no", "'", '"', "yes", "[x]", "{", "*a", "&b", "!c", "--- ", "x\n---\ny",
                "\u2028x", "é ü 🎁", "C:\\new", "%", "@", "`", "a #b", "null", "1.10", "\x00\x85"],
)  # fmt: skip
def test_customers_may_type_anything(hostile):
    for text in (ARTICLE, "---\nquestions: [a]\n---\nText.\n", "Text.\n"):
        changed = add_wordings(text, [hostile], [hostile])
        wanted = " ".join("".join(c if c.isprintable() else " " for c in hostile).split())
        assert questions(changed)[-1:] == ((wanted,) if wanted else questions(text)[-1:])


KEYS = st.sampled_from(["title", "tags", "kind", "summary", "note", "questions", "product"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=20
)
VALUES = st.recursive(TEXTS, lambda v: st.lists(v, max_size=3), max_leaves=6)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=6)


@given(
    document=DOCUMENTS,
    added=st.lists(TEXTS, min_size=1, max_size=3),
    indent=st.integers(2, 6),
    flow=st.sampled_from([True, False, None]),
    width=st.sampled_from([20, 80, 1000]),
    newline=st.sampled_from(["\n", "\r\n"]),
    key=st.sampled_from(["questions", "regression_queries"]),
)
@example({"questions": "x"}, ["y"], 2, None, 80, "\n", "questions")
def test_the_strict_loader_reads_the_same_values_and_the_change(
    document, added, indent, flow, width, newline, key
):
    text = yaml.dump(
        document, allow_unicode=True, indent=indent, default_flow_style=flow, width=width,
        sort_keys=False,
    ).replace("\n", newline)  # fmt: skip
    old = parse_yaml(text, "").value if document else {}
    text = text if document else ""
    try:
        changed = append_items(text, key, added)
    except ChangeRefused:
        # Only what no place can be found in: braces around everything, a text over lines.
        known = old.get(key)
        assert text.startswith("{") or (isinstance(known, str) and width == 20)
        return
    known = old.get(key) or []
    before = [known] if isinstance(known, str) else known
    assert parse_yaml(changed, "").value == {**old, key: [*before, *added]}


def test_every_article_of_the_demo_can_be_added_to():
    count = 0
    for file in (ROOT / "articles").rglob("*.md"):
        text = file.read_bytes().decode()
        if parse_article(file.name, text.encode()).is_broken or file.name == "index.md":
            continue
        changed = add_wordings(text, ["zz brand new question"], ["zz must find it"])
        old, new = text.splitlines(), changed.splitlines()
        assert [line for line in new if line not in old] != []
        position = iter(new)
        assert all(any(line == other for other in position) for line in old if "[" not in line)
        count += 1
    assert count > 50


def test_publishing_sets_the_state_in_place():
    assert publish_article("---\ntitle: T\nstate: draft # soon\n---\nx\n") == (
        "---\ntitle: T\nstate: published # soon\n---\nx\n"
    )
    assert publish_article("x\n") == "---\nstate: published\n---\nx\n"
    assert publish_article("---\nstate:\ndraft: true\n---\nx\n") == (
        "---\nstate: published\ndraft: false\n---\nx\n"
    )
    assert publish_article("---\nPublished: no\n---\nx\n").startswith("---\nPublished: true\n")


def test_synonyms():
    text = "# ours\nsynonyms:\n  - [sofa, couch]  # furniture\n"
    assert add_synonym(text, ["parcel", "lost box"]) == text + "  - [parcel, lost box]\n"
    assert add_synonym(text, ["Couch", "sofa"]) == text
    assert add_synonym("", ["a", "b: c"]) == 'synonyms:\n  - [a, "b: c"]\n'
    one_way = add_synonym(text, ["tv", "television", "screen"], one_way=True)
    assert one_way == text + "one_way:\n  - from: tv\n    to: [television, screen]\n"
    assert add_synonym(one_way, ["TV", "screen"], one_way=True) == one_way
    for words in (["a"], ["a", "A "], []):
        with pytest.raises(ChangeRefused):
            add_synonym(text, words)


def test_best_bets():
    pin = Pin(("recall?", "is my kettle safe"), "fk-120-base-recall", date(2026, 12, 31))
    text = add_best_bet("", pin)
    assert text == (
        "best_bets:\n"
        '  - queries: ["recall?", is my kettle safe]\n'
        "    article: fk-120-base-recall\n"
        "    until: 2026-12-31\n"
    )
    assert add_best_bet(text, pin) == text
    more = add_best_bet(
        text + "# end\n", Pin(("x y",), "a", date(2027, 1, 1), date(2026, 1, 1), "why")
    )
    assert more.endswith(
        "  - queries: [x y]\n    article: a\n    from: 2026-01-01\n    until: 2027-01-01\n"
        "    note: why\n# end\n"
    )
    with pytest.raises(ChangeRefused):
        add_best_bet("", Pin((" ",), "a", date(2027, 1, 1)))


def test_what_a_browser_sends_gets_the_line_ends_of_the_file():
    assert with_line_ends_of("a\r\nb\r\n", "x\ny") == "a\nb\n"
    assert with_line_ends_of("a\r\nb", "\ufeffx\r\n") == "\ufeffa\r\nb"
