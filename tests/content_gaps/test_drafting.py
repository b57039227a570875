"""A topic becomes a draft: on a branch where there is git, else as a file."""

import pytest

from kb.content_changes.models import Author
from kb.errors import DraftError

ADA = Author("Ada Löw", "ada@example.com")


def test_drafting_a_topic_commits_and_moves_it_on(checkout, git, make_gaps, search, clock):
    gaps = make_gaps(checkout / "help")
    search("gift wrap")
    search("wrap gift")
    today = clock.now().date()
    (topic,) = gaps.list_topics(today, today)
    result = gaps.draft(topic.id, "Gift wrapping", "orders", ADA)
    found = gaps.find_topic(topic.id)
    assert (found.state, found.answer) == ("drafted", f"faq/{topic.id}-gift-wrapping")
    assert result.committed.path == "orders/gift-wrapping.md"
    text = git(checkout, "show", f"{found.answer}:help/orders/gift-wrapping.md")
    assert '  - "gift wrap"\n  - "wrap gift"\n' in text


def test_a_draft_that_git_refuses_leaves_the_topic_new(make_gaps, search, tmp_path, git, clock):
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    gaps = make_gaps(tmp_path / "empty")
    search("gift wrap")
    today = clock.now().date()
    (topic,) = gaps.list_topics(today, today)
    with pytest.raises(DraftError):
        gaps.draft(topic.id, "Gift wrapping", "", ADA)
    assert gaps.find_topic(topic.id).state == "new"


def test_without_git_the_file_is_handed_over(gaps, search, clock):
    search("gift wrap")
    today = clock.now().date()
    (topic,) = gaps.list_topics(today, today)
    result = gaps.draft(topic.id, "Gift wrapping", "orders", ADA)
    assert result.committed is None
    assert result.draft.path == "orders/gift-wrapping.md"
    assert gaps.find_topic(topic.id).state == "drafted"
