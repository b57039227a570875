"""What many articles have in common is kept once, and what was freed goes back to the system."""

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kb.bootstrap.publishing import build_generations
from kb.content.models import ArticleSummary, Kind, State
from kb.publishing import heap
from kb.publishing.generation import Generation
from kb.search.analysis import Analyzer
from kb.search.written_questions import WrittenQuestions, pack_questions
from kb.storage.shared_values import SharedValues
from tests.conftest import RunningSite, Write

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def make_summary(slug: str, **fields: object) -> ArticleSummary:
    summary = ArticleSummary(
        slug, slug.title(), Kind.FAQ, State.PUBLISHED, "care", f"care/{slug}.md"
    )
    return replace(summary, **fields)  # type: ignore[arg-type]


def test_equal_values_are_kept_once_and_stay_what_they_are() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=2)))
    one = make_summary("one", tags=tuple("ab"), updated_at=NOON, extra={"owner": "Ann"})
    two = make_summary("two", tags=tuple("ab"), updated_at=elsewhere)
    expected = replace(one), replace(two)
    share = SharedValues()
    shared = share(one), share(two)
    assert shared == expected
    assert shared[0].tags is shared[1].tags
    # The same moment is shown in another way in another time zone.
    assert shared[1].updated_at is elsewhere


def test_published_articles_share_what_they_have_in_common(
    write: Write, publish: Callable[..., Generation]
) -> None:
    for name in ("a", "b"):
        write(f"{name}.md", f"---\ntitle: {name}\ntags: [heat, filter]\n---\nText.")
    summaries = publish().library.summaries
    assert summaries["a"].tags == ("heat", "filter")
    assert summaries["a"].tags is summaries["b"].tags


def test_a_question_leads_to_every_article_that_has_it_in_their_order() -> None:
    articles = [
        make_summary("z", title="Cancel my order", questions=("How to cancel my order?",)),
        make_summary("a", questions=("Cancel my order!", "...")),
    ]
    written = WrittenQuestions((article.slug, pack_questions(article)) for article in articles)
    key = Analyzer.for_language("en").question_key("cancel my order")
    assert written.find(key) == ("z", "a")
    assert written.find(f"{key} now") == ()
    assert written.find("") == ()
    assert written.find("\ud800") == ()
    assert WrittenQuestions([]).find(key) == ()


def test_freed_memory_can_be_given_back_at_any_time() -> None:
    heap.share_between_threads()
    heap.give_back()


def test_what_was_just_loaded_is_looked_through_for_garbage_no_more(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = build_generations(site.settings)
    monkeypatch.setattr(opened, "_watch", lambda: None)  # done here instead, step by step
    frozen: list[int] = []
    summaries = opened.current().library.summaries
    monkeypatch.setattr(opened.requests, "give_way", lambda _: frozen.append(gc.get_freeze_count()))
    gc.unfreeze()
    while not opened.settle():
        pass
    assert len(frozen) > 1
    assert min(frozen) > len(summaries)
    assert gc.get_freeze_count() > len(summaries)
    opened.close()
