"""Topics over 200 days: what was searched stays counted, once, when the searches are deleted."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlite_utils import Database

from kb.content_gaps.models import DayDemand, TopicState
from kb.content_gaps.reopening import TopicEffectService
from kb.storage.content_gaps import SqliteContentGapStore
from kb.storage.migrations import migrations
from kb.storage.sqlite import SqliteFile
from kb.storage.topic_effect import SqliteTopicEffectStore

EPOCH = date(1970, 1, 1)
ADA = "ada@example.com"
DAY = date(2026, 11, 18)
ALL = (DAY, DAY + timedelta(days=400))


@pytest.fixture
def topics(gaps):
    """What is told of each topic over all days: searches, visits, outcomes, wordings."""

    def read(since=ALL[0], until=ALL[1]):
        found = gaps.list_topics(since, until)
        return {t.id: (t.searches, t.visits, t.outcomes, t.queries) for t in found}

    return read


@pytest.fixture
def maintain(log, gaps):
    def run():
        log.maintain()
        gaps.maintain()

    return run


@pytest.fixture
def live(file):
    return lambda: file.connection().table("searches").count


def only(found):
    (value,) = found.values()
    return value


def test_every_day_of_200_is_counted_once(search, gaps, topics, maintain, live, clock):
    for day in range(200):
        search("gift wrap")
        if day % 4 == 0:
            search("gift wrap", visit=search("wrapped gifts"))
        clock.advance(timedelta(days=1))
        if day % 10 == 0:
            maintain()
            assert only(topics()) == (
                2 * (day // 4) + 2 + day + 1,
                day + 1 + day // 4 + 1,
                only(topics())[2],
                (("gift wrap", day + 1 + day // 4 + 1), ("wrapped gifts", day // 4 + 1)),
            )
    maintain()
    assert live() < 160, "the older ones are deleted"
    searches, visits, outcomes, _ = only(topics())
    assert (searches, visits) == (300, 250)
    assert sum(outcomes.values()) == 300
    (topic,) = gaps.list_topics(*ALL)
    alone = gaps.find_topic(topic.id)
    assert (alone.searches, alone.visits, alone.outcomes) == (300, 250, outcomes)
    assert (alone.first.date(), alone.last.date()) == (DAY, DAY + timedelta(days=199))
    days = gaps.list_days(topic.id, DAY, DAY + timedelta(days=199))
    assert [day.searches for day in days] == [3, 1, 1, 1] * 50
    assert only(topics(DAY, DAY + timedelta(days=39)))[0] == 60
    assert [w.searches for w in gaps.triage.list_wordings(topic.id)] == [250, 50]


def test_demand_compares_with_a_period_of_which_only_counts_are_left(search, gaps, maintain, clock):
    for _ in range(100):
        search("gift wrap")
        clock.advance(timedelta(days=1))
    today = clock.now().date()
    before = gaps.list_topics(today - timedelta(days=50), today - timedelta(days=1))[0].demand
    clock.advance(timedelta(days=60))
    maintain()
    after = gaps.list_topics(today - timedelta(days=50), today - timedelta(days=1))[0].demand
    assert (after.visits, after.visits_before) == (before.visits, before.visits_before) == (50, 50)
    assert after.severity == pytest.approx(before.severity)


def test_a_day_of_which_half_is_counted(search, topics, live, log, clock, file):
    for text in ("gift wrap", "gift wraps", "gift wrap", "wrapped gift"):
        search(text, visit=search("gift wrap"))
    log.settle()
    clock.advance(timedelta(hours=1))
    whole = only(topics())
    while live():
        with log._store.transaction():
            log._store.delete_searches(DAY + timedelta(days=1), 1)
        assert only(topics())[:3] == whole[:3]
    assert only(topics())[1] == 4


def test_a_visit_over_midnight_counts_once(search, topics, maintain, clock, live, log):
    clock.advance(timedelta(hours=14, minutes=59))
    token = search("gift wrap")
    clock.advance(timedelta(minutes=2))
    search("wrapped gifts", visit=token)
    for _ in range(3):
        search("gift wrap")
        search("wrapped gifts")
    log.settle()
    clock.advance(timedelta(hours=2))
    whole = topics()
    assert only(whole)[:2] == (8, 7)
    clock.advance(timedelta(days=90))  # the day before midnight goes, the one after it does not
    maintain()
    assert 0 < live() < 8
    assert {t: counted[:2] for t, counted in topics().items()} == {
        t: counted[:2] for t, counted in whole.items()
    }


def test_merging_and_splitting_take_the_counts_along_and_back(
    search, gaps, topics, maintain, live, clock
):
    for _ in range(5):
        search("gift wrap")
        search("wrapped gifts")
        search("kettle lid")
    before = topics()
    clock.advance(timedelta(days=120))
    maintain()
    assert live() == 0
    assert topics() == before
    gift, lid = sorted(before, key=lambda topic: -before[topic][0])

    gaps.triage.merge([lid], gift, ADA)
    assert {t: counted[:2] for t, counted in topics().items()} == {gift: (15, 15)}
    wording = next(w for w in gaps.triage.list_wordings(gift) if w.text == "wrapped gifts")
    gaps.triage.split(gift, [wording.id], ADA)
    split = {t: counted[:2] for t, counted in topics().items()}
    assert sorted(split.values()) == [(5, 5), (10, 10)]
    assert split[gift] == (10, 10)

    for topic in (gift, gift):
        event = next(e for e in gaps.triage.list_events(topic) if e.change and not e.undone_by)
        gaps.triage.undo(event.id, ADA)
    assert topics() == before


def test_searches_that_come_after_a_split_join_the_counts(search, gaps, topics, maintain, clock):
    for _ in range(4):
        search("gift wrap")
        search("wrapped gifts")
    (topic,) = topics()
    clock.advance(timedelta(days=120))
    maintain()
    wording = next(w for w in gaps.triage.list_wordings(topic) if w.text == "wrapped gifts")
    gaps.triage.split(topic, [wording.id], ADA)
    search("wrapped gifts")
    clock.advance(timedelta(days=120))
    maintain()
    assert sorted(counted[0] for counted in topics().values()) == [4, 5]


def test_rare_wordings_count_without_their_text(search, gaps, topics, maintain, clock, file):
    for _ in range(3):
        search("gift wrap")
    search("wrapped gifts")
    assert len(only(topics())[3]) == 2
    clock.advance(timedelta(days=120))
    maintain()
    assert only(topics())[0] == 4
    assert only(topics())[3] == (("gift wrap", 3),)
    assert b"wrapped gifts" not in file.path.read_bytes()


def test_the_counts_of_a_topic_that_is_gone_are_nobody_elses(search, topics, maintain, clock, file):
    search("kettle lid")
    clock.advance(timedelta(days=120))
    maintain()
    assert topics() == {}
    search("gift wrap")
    assert only(topics())[0] == 1
    assert file.connection().table("topic_days").count == 0


def test_the_effect_of_an_answer_long_ago(search, gaps, log, maintain, clock, file, live):
    effects = TopicEffectService(SqliteTopicEffectStore(file), gaps.triage, log, clock, visits=3)
    for _ in range(40):
        search("gift wrap")
        clock.advance(timedelta(days=1))
    (topic,) = gaps.list_topics(*ALL)
    gaps.triage.answer(topic.id, "gift-wrapping", ADA)
    for day in range(160):
        token = search("gift wrap", "gift-wrapping")
        if day % 10:
            log.record_opening(token, "gift-wrapping", from_results=True)
        clock.advance(timedelta(days=1))
        if day % 20 == 0:
            maintain()
    maintain()
    assert live() < 100
    effect = effects.find_effect(topic.id)
    # Of the day of the answer, at nine, counts cannot tell what was before it.
    assert (effect.days_before, effect.failed_before, effect.visits_before) == (28, 28, 28)
    assert (effect.days_after, effect.visits_after, effect.failed_visits_after) == (28, 28, 2)
    assert gaps.find_topic(topic.id).state is TopicState.ANSWERED


def test_erased_days_are_not_counted(search, topics, maintain, log, clock):
    for _ in range(4):
        search("gift wrap")
        clock.advance(timedelta(days=1))
    log.settle()
    clock.advance(timedelta(days=120))
    maintain()
    log.erase(DAY, DAY + timedelta(days=1))
    assert topics() == {} or only(topics())[0] == 2


def test_the_quality_page_of_a_long_time(search, log, maintain, clock, live):
    for _ in range(200):
        search("gift wrap")
        search("filter", "clean-filter")
        clock.advance(timedelta(days=1))
        if live() > 195:
            maintain()
    maintain()
    assert live() < 200
    summary = log.summary(*ALL).total
    assert (summary.searches, summary.visits, summary.failed) == (400, 400, summary.failed)
    assert sum(summary.outcomes.values()) == 400
    assert [(t.text, t.searches) for t in log.list_top_searches(*ALL)] == [
        ("gift wrap", 200),
        ("filter", 200),
    ]


def test_counts_of_a_database_from_before_they_told_outcomes(tmp_path):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        old = Database(connection)
        migrations.apply(old, stop_before="counts_follow_topics")
        old.table("topics").insert({"id": 7, "state": "new", "created_at": 0, "label": "Gift wrap"})
        old.table("wordings").insert(
            {"id": 3, "normalised": "gift wrap", "text": "Gift wrap", "failed": 1, "topic_id": 7}
        )
        day, counts = (DAY - EPOCH).days, {"searches": 9, "visits": 6, "failed": 5}
        old.table("topic_days").insert({"day": day, "topic_id": 7, **counts})
        old.table("wording_days").insert({"day": day, "wording_id": 3, "zero_results": 5, **counts})
    gaps = SqliteContentGapStore(SqliteFile(path, migrations=migrations))
    topic = gaps.find_topic(7)
    assert (topic.searches, topic.queries, topic.outcomes) == (5, (("Gift wrap", 5),), {})
    assert gaps.list_days(7, DAY, DAY) == [DayDemand(DAY, 5)]
    assert gaps.count_topics(DAY, DAY, [TopicState.NEW]) == 1
