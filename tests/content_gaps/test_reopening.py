"""What an answer changed, measured on the log; a topic whose searches fail again opens by itself."""

from datetime import timedelta

import pytest

from kb.content_gaps.effect import TopicCounts, build_effect
from kb.content_gaps.models import Action, TopicState
from kb.content_gaps.reopening import TopicEffectService
from kb.storage.topic_effect import SqliteTopicEffectStore

ADA = "ada@example.com"


@pytest.fixture
def effects(file, gaps, log, clock):
    return TopicEffectService(SqliteTopicEffectStore(file), gaps.triage, log, clock, visits=3)


@pytest.fixture
def gift(search, gaps, clock, log):
    """The number of a topic that failed in four visits, on the days before it was answered."""
    for _ in range(4):
        search("gift wrap")
        clock.advance(timedelta(days=1))
    log.settle()
    (topic,) = gaps.list_topics(clock.now().date() - timedelta(days=10), clock.now().date())
    return topic.id


@pytest.fixture
def asked(search, log, clock):
    """Visits that ask for gift wrap and find an article: opened or not."""

    def run(visits, *, opened):
        for _ in range(visits):
            token = search("gift wrap", "gift-wrapping")
            if opened:
                log.record_opening(token, "gift-wrapping", from_results=True)
            clock.advance(timedelta(hours=2))
        log.settle()

    return run


def test_before_and_after_have_the_same_length(gaps, effects, gift, asked, clock):
    assert effects.find_effect(gift) is None, "not answered yet"
    gaps.triage.answer(gift, "gift-wrapping", ADA)
    clock.advance(timedelta(days=1))
    asked(6, opened=True)
    effect = effects.find_effect(gift)
    assert (effect.days_before, effect.days_after) == (1.5, 1.5)
    assert (effect.searches_before, effect.failed_before, effect.visits_before) == (1, 1, 1)
    assert (effect.searches_after, effect.failed_after, effect.visits_after) == (6, 0, 6)
    assert (effect.share_before, effect.share_after) == (1.0, 0.0)
    assert (effect.failed_per_day_before, effect.failed_per_day_after) == (1 / 1.5, 0.0)
    assert effect.is_clearly_lower


def test_the_log_may_not_reach_back_as_far(gaps, effects, gift, clock):
    gaps.triage.answer(gift, "gift-wrapping", ADA)
    clock.advance(timedelta(days=20))
    effect = effects.find_effect(gift)
    assert (effect.days_before, effect.days_after, effect.failed_before) == (4, 20, 4)
    assert (effect.share_after, effect.is_clearly_lower) == (None, False)
    clock.advance(timedelta(days=60))
    assert effects.find_effect(gift).days_after == 28


def test_an_open_topic_has_no_effect(effects):
    assert effects.find_effect(4711) is None


def test_a_topic_that_fails_again_opens_with_the_figures(gaps, effects, gift, asked, clock):
    gaps.triage.answer(gift, "gift-wrapping", ADA)
    asked(1, opened=True)
    asked(2, opened=False)
    assert effects.reopen_failing() == [], "two visits are not enough"
    asked(1, opened=False)
    assert effects.reopen_failing() == [gift]
    topic = gaps.find_topic(gift)
    assert (topic.state, topic.answer) == (TopicState.NEW, "")
    event = gaps.triage.list_events(gift)[0]
    assert (event.account_email, event.action) == ("", Action.REOPENED)
    assert event.note == (
        "3 of 4 visits failed in 0.33 days since it was answered; before nobody asked in 0.33 days"
    )
    assert effects.reopen_failing() == [], "once is enough"
    gaps.triage.undo(event.id, ADA)
    assert gaps.find_topic(gift).state is TopicState.ANSWERED


def test_an_answer_that_helps_most_stays(gaps, effects, gift, asked):
    gaps.triage.answer(gift, "gift-wrapping", ADA)
    asked(27, opened=True)
    asked(3, opened=False)
    assert effects.reopen_failing() == []
    assert gaps.find_topic(gift).state is TopicState.ANSWERED


def test_what_failed_before_the_answer_opens_nothing(gaps, effects, gift, search, log, clock):
    gaps.triage.answer(gift, "gift-wrapping", ADA)
    assert effects.reopen_failing() == []
    for _ in range(3):
        search("something else altogether")
    clock.advance(timedelta(hours=1))
    log.settle()
    gaps.refresh()
    assert effects.reopen_failing() == []


def test_it_goes_back_to_whoever_had_it_and_ignored_topics_stay(
    gaps, effects, gift, asked, search, clock
):
    gaps.triage.assign(gift, ADA, None, ADA)
    gaps.triage.answer(gift, "gift-wrapping", ADA)
    asked(4, opened=False)
    assert effects.reopen_failing() == [gift]
    assert gaps.find_topic(gift).state is TopicState.ASSIGNED
    gaps.triage.ignore(gift, "not ours", ADA)
    asked(4, opened=False)
    assert effects.reopen_failing() == []


def test_one_visit_that_asks_three_times_is_one(gaps, effects, gift, search, log, clock):
    gaps.triage.answer(gift, "gift-wrapping", ADA)
    token = search("gift wrap")
    for text in ("kettle lid", "gift wrap", "printer", "gift wrap"):
        clock.advance(timedelta(minutes=2))
        token = search(text, visit=token)
    clock.advance(timedelta(hours=2))
    log.settle()
    assert effects.reopen_failing() == []
    assert effects.find_effect(gift).failed_visits_after == 1


@pytest.mark.parametrize(
    ("before", "after", "lower"),
    [
        ((10, 10), (0, 0), False),
        ((10, 10), (3, 3), False),
        ((10, 10), (3, 5), False),
        ((10, 10), (3, 30), True),
        ((5, 10), (3, 12), False),
        ((5, 10), (3, 60), True),
        ((0, 0), (1, 40), True),
    ],
)
def test_clearly_lower(before, after, lower):
    def counts(pair):
        failed, visits = pair
        return TopicCounts(visits, failed, visits, failed)

    day = timedelta(days=1)
    assert build_effect(day, counts(before), day, counts(after)).is_clearly_lower is lower
