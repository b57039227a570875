"""Failed searches become topics that keep their number and state."""

from datetime import date, timedelta

import pytest

from kb.content_gaps.models import TO_DO, Nearest, TopicState
from kb.errors import InvalidInput

DAY = date(2026, 11, 18)


@pytest.fixture
def topics(gaps):
    def read(states=None, since=DAY, until=DAY + timedelta(days=100), **options):
        return gaps.list_topics(since, until, states, **options)

    return read


def test_spellings_and_word_order_are_one_topic_with_counts(search, topics):
    for text in ("gift wrap", "gift wrap", "wrap gift", "gfit wraps"):
        search(text)
    search("kettle lid")
    first, second = topics()
    assert (first.label, first.visits, first.searches) == ("gift wrap", 4, 4)
    assert first.queries[0] == ("gift wrap", 2)
    assert {text for text, _ in first.queries} == {"gift wrap", "wrap gift", "gfit wraps"}
    assert first.outcomes == {"zero-result": 4}
    assert (second.label, second.state) == ("kettle lid", TopicState.NEW)


def test_answered_searches_are_no_topic(search, log, topics, clock):
    visit = search("kettle", "kettle")
    log.record_opening(visit, "kettle")
    search("parcel", "a")  # looked and left: known when the visit is over
    assert topics() == ()
    clock.advance(timedelta(hours=1))
    assert [(t.label, t.outcomes) for t in topics()] == [("parcel", {"abandoned": 1})]


def test_a_topic_keeps_its_number_and_state_while_searches_arrive(search, gaps, topics, clock):
    search("gift wrap")
    (before,) = topics()
    gaps.triage.ignore(before.id, "we do not sell gifts", "ada@example.com")
    clock.advance(timedelta(days=3))
    search("wrapping gifts")
    search("something else")
    assert [t.label for t in topics(TO_DO)] == ["something else"]
    (after,) = topics([TopicState.IGNORED])
    assert (after.id, after.searches, after.reason) == (before.id, 2, "we do not sell gifts")


def test_demand_is_visits_first(search, topics):
    visit = search("loud noise")
    for text in ("loud noise again", "loud noise still here"):
        visit = search(text, visit=visit)
    search("gift wrap")
    search("gift wrap")
    assert next(iter(topics())).label == "gift wrap"


def test_days_outside_the_range_do_not_count(search, topics, clock):
    search("gift wrap")
    clock.advance(timedelta(days=10))
    search("gift wrap")
    (topic,) = topics(since=DAY + timedelta(days=5))
    assert topic.searches == 1
    assert topics(since=DAY + timedelta(days=20)) == ()


def test_decisions_are_kept_with_name_and_time(search, gaps, topics, clock):
    search("gift wrap")
    (topic,) = topics()
    gaps.triage.ignore(topic.id, "  not\nours ", "ada@example.com")
    clock.advance(timedelta(hours=1))
    gaps.triage.reopen(topic.id, "bob@example.com")
    gaps.triage.answer(topic.id, "gift-wrapping", "bob@example.com")
    found = gaps.find_topic(topic.id)
    assert (found.state, found.reason, found.answer) == ("answered", "", "gift-wrapping")
    events = gaps.triage.list_events(topic.id)
    assert [(e.account_email, e.action, e.note) for e in events] == [
        ("bob@example.com", "answered", "gift-wrapping"),
        ("bob@example.com", "reopened", ""),
        ("ada@example.com", "ignored", "not ours"),
    ]


def test_ignoring_takes_a_reason(search, gaps, topics):
    search("gift wrap")
    with pytest.raises(InvalidInput) as caught:
        gaps.triage.ignore(topics()[0].id, " \n", "ada@example.com")
    assert caught.value.field == "reason"


def test_deciding_on_a_topic_that_is_not_there_changes_nothing(gaps):
    with pytest.raises(InvalidInput):
        gaps.triage.ignore(4711, "why", "ada@example.com")
    assert gaps.triage.list_events(4711) == []
    assert gaps.find_topic(4711) is None


def test_nearest_articles_are_asked_for_by_label(search, topics):
    search("gift wrap")
    (topic,) = topics(with_nearest=lambda text: [Nearest(text.replace(" ", "-"), text, 0.5)])
    assert topic.nearest == (Nearest("gift-wrap", "gift wrap", 0.5),)


def test_what_people_opened_anyway_and_when_they_asked(search, log, gaps, topics, clock):
    visit = search("gift wrap")
    log.record_opening(visit, "shipping-costs", from_results=True)
    clock.advance(timedelta(days=1))
    search("gift wrap")
    (topic,) = topics()
    assert [(o.slug, o.openings) for o in gaps.list_opened_anyway(topic.id)] == [
        ("shipping-costs", 1)
    ]
    days = gaps.list_days(topic.id, DAY - timedelta(days=1), DAY + timedelta(days=1))
    assert [day.searches for day in days] == [0, 1, 1]


def test_pages_of_topics(search, gaps, topics):
    for word in ("alpha", "bravo", "delta", "hotel", "kilo"):
        search(word)
    assert gaps.count_topics(DAY, DAY) == 0  # counted when listed
    assert len(topics(limit=2)) == 2
    assert gaps.count_topics(DAY, DAY) == 5
    assert len(topics(limit=2, offset=4)) == 1


def test_personal_data_and_punctuation_make_no_topic(search, topics):
    search("jane@example.com")
    search("???")
    assert topics() == ()
    assert topics() == ()


def test_retention_empties_new_topics_and_keeps_decided_ones(search, log, gaps, topics, clock):
    search("gift wrap")
    search("kettle lid")
    ignored = next(t for t in topics() if t.label == "gift wrap")
    gaps.triage.ignore(ignored.id, "not ours", "ada@example.com")
    clock.advance(timedelta(days=120))
    log.maintain()
    assert gaps.maintain() == 1
    assert gaps.find_topic(ignored.id).state is TopicState.IGNORED
    search("gift wraps")
    assert [t.id for t in topics([TopicState.IGNORED], until=DAY + timedelta(days=200))] == [
        ignored.id
    ]
