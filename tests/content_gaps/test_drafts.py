"""A draft is valid front matter whatever customers typed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.front_matter import parse_article
from kb.content.models import Kind, Severity, State
from kb.content_gaps.drafts import MAX_QUESTIONS, build_faq_draft
from kb.content_gaps.models import Topic, TopicState

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)


def make_topic(*texts):
    queries = tuple((text, 1) for text in texts)
    label = texts[0] if texts else "gift wrap"
    return Topic(7, label, TopicState.NEW, "", "", 3, 2, AT, AT, {"weak": 3}, queries)


def parse(draft):
    parsed = parse_article(draft.path, draft.text.encode("utf-8"))
    assert [p for p in parsed.problems if p.severity is Severity.ERROR] == []
    return parsed.front_matter


def test_a_draft_carries_the_customers_wordings():
    topic = make_topic("gift wrap", "can you wrap it?")
    draft = build_faq_draft(topic, "Gift wrapping", "orders")
    found = parse(draft)
    assert (found.title, found.kind, found.state) == ("Gift wrapping", Kind.FAQ, State.DRAFT)
    assert found.questions == ("gift wrap", "can you wrap it?")
    assert (draft.path, draft.branch) == ("orders/gift-wrapping.md", "faq/7-gift-wrapping")
    assert draft.message.startswith(
        "Draft: Gift wrapping\n\nTopic 7: 3 failed searches in 2 visits"
    )


@pytest.mark.parametrize(
    "text",
    [
        "---",
        "a\n---\nb",
        'say "hi" \\ twice',
        "it's: a #comment",
        "null",
        "&anchor *alias !tag",
        "- list",
        "{a: b}",
        "tab\there",
        "bell\x07 nul\x00 del\x7f nel\x85 ls\u2028 bom\ufeff",
        "rtl \u202e mark",
        "\ud83d lone",
        "emoji 🫖 ok",
        "%YAML 1.1",
        "<!-- --> <script>",
        "x" * 3000,
    ],
)
def test_hostile_wordings_are_quoted(text):
    found = parse(build_faq_draft(make_topic(text, "plain"), text, "a"))
    assert found.state is State.DRAFT
    assert found.questions[-1] == "plain"
    assert "\n" not in found.title


@given(st.lists(st.text(max_size=300), max_size=30), st.text(max_size=300))
def test_any_text_makes_a_valid_draft(texts, title):
    draft = build_faq_draft(make_topic(*texts), title, "")
    found = parse(draft)
    assert found.kind is Kind.FAQ
    assert len(found.questions) <= MAX_QUESTIONS
    assert "\n" not in draft.message.partition("\n\n")[0]


def test_slugs_of_other_articles_are_not_taken_again():
    draft = build_faq_draft(make_topic("q"), "Gift wrapping", "", taken={"gift-wrapping"})
    assert draft.path == "gift-wrapping-2.md"


@pytest.mark.parametrize("title", ["", "???", "\x00"])
def test_titles_without_a_letter_get_a_name(title):
    draft = build_faq_draft(make_topic("!!"), title, "")
    assert draft.path == "question.md"
    assert parse(draft).title
