"""Agents decide, merge, split and take back; no run of the grouping overrules them."""

from datetime import date, timedelta

import pytest

from kb.content_gaps.models import Action, TopicState
from kb.errors import ChangedMeanwhile, InvalidInput

ADA, BOB = "ada@example.com", "bob@example.com"
DAY = date(2026, 11, 18)


@pytest.fixture
def triage(gaps):
    return gaps.triage


@pytest.fixture
def topics(gaps):
    """All topics by their label."""

    def read(**options):
        found = gaps.list_topics(DAY, DAY + timedelta(days=100), **options)
        return {topic.label: topic for topic in found}

    return read


@pytest.fixture
def two(search, topics):
    """The topics of a gift wrap (two wordings) and of a kettle lid."""
    for text in ("gift wrap", "gift wrap", "wrapped gifts", "kettle lid"):
        search(text)
    found = topics()
    return found["gift wrap"], found["kettle lid"]


def test_a_topic_is_assigned_with_a_day(triage, topics, two):
    gift, _ = two
    triage.assign(gift.id, " Bob@Example.com ", DAY, ADA)
    after = topics()["gift wrap"]
    assert (after.state, after.assignee, after.due) == (TopicState.ASSIGNED, BOB, DAY)
    assert set(topics(assignee=BOB)) == {"gift wrap"}
    assert set(topics(assignee="")) == {"kettle lid"}
    triage.assign(gift.id, "", DAY, ADA)
    after = topics()["gift wrap"]
    assert (after.state, after.assignee, after.due) == (TopicState.NEW, "", None)


def test_reopening_gives_it_back_to_whoever_had_it(triage, topics, two):
    gift, _ = two
    triage.assign(gift.id, BOB, None, ADA)
    triage.answer(gift.id, "gift-wrapping", BOB)
    triage.reopen(gift.id, ADA, "wrong article")
    after = topics()["gift wrap"]
    assert (after.state, after.assignee, after.answer) == (TopicState.ASSIGNED, BOB, "")


def test_merged_topics_are_one_and_stay_one(search, triage, topics, two):
    gift, kettle = two
    triage.merge([kettle.id], gift.id, ADA)
    search("lid kettles")
    search("some gift to wrap")
    (merged,) = topics().values()
    assert (merged.id, merged.searches) == (gift.id, 6)
    assert triage.find_target(kettle.id) == gift.id
    with pytest.raises(InvalidInput, match=f"merged into topic {gift.id}"):
        triage.ignore(kettle.id, "why", ADA)


def test_undoing_a_merge_gives_back_what_came_with_it(search, triage, topics, two):
    gift, kettle = two
    event = triage.merge([kettle.id], gift.id, ADA)
    triage.undo(event, BOB)
    search("lid of a kettle")
    found = topics()
    assert (found["gift wrap"].searches, found["kettle lid"].searches) == (3, 2)
    assert found["kettle lid"].id == kettle.id
    assert triage.find_target(kettle.id) is None


def test_split_wordings_take_those_like_them_along(search, triage, topics, two):
    gift, _ = two
    search("wrap")
    triage.merge([topics()["wrap"].id], gift.id, ADA)
    chosen = [w.id for w in triage.list_wordings(gift.id) if w.text == "wrap"]
    _, added = triage.split(gift.id, chosen, ADA)
    search("wraps")
    search("gift wraps")
    found = topics()
    assert (found["wrap"].id, found["wrap"].searches) == (added, 2)
    assert (found["gift wrap"].id, found["gift wrap"].searches) == (gift.id, 4)


def test_undoing_a_split_takes_what_arrived_meanwhile(search, triage, topics, two):
    gift, kettle = two
    triage.merge([kettle.id], gift.id, ADA)
    chosen = [w.id for w in triage.list_wordings(gift.id) if w.text == "kettle lid"]
    event, added = triage.split(gift.id, chosen, ADA)
    search("lid kettle please")
    triage.undo(event, ADA)
    (merged,) = topics().values()
    assert merged.searches == 5
    assert triage.find_target(added) == gift.id


@pytest.mark.parametrize("chosen", [[], [4711], "all"])
def test_a_split_leaves_something_on_both_sides(triage, two, chosen):
    gift, _ = two
    everything = [wording.id for wording in triage.list_wordings(gift.id)]
    with pytest.raises(InvalidInput):
        triage.split(gift.id, everything if chosen == "all" else chosen, ADA)


def test_every_action_can_be_taken_back(triage, gaps, two):
    gift, _ = two
    before = gaps.find_topic(gift.id)
    actions = [
        lambda: triage.assign(gift.id, BOB, DAY, ADA),
        lambda: triage.ignore(gift.id, "not ours", ADA),
        lambda: triage.answer(gift.id, "gift-wrapping", ADA),
        lambda: triage.mark_drafted(gift.id, "faq/1-gift", ADA),
        lambda: triage.rename(gift.id, "Gift wrapping", ADA),
    ]
    for act in actions:
        event = act()
        assert gaps.find_topic(gift.id) != before
        triage.undo(event, BOB)
        assert gaps.find_topic(gift.id) == before
    trail = triage.list_events(gift.id)
    assert [event.action for event in trail][:2] == [Action.UNDONE, Action.RENAMED]
    assert trail[1].undone_by == trail[0].id
    assert len(trail) == 2 * len(actions)


def test_only_the_latest_change_can_be_taken_back_and_once(triage, topics, two):
    gift, _ = two
    first = triage.assign(gift.id, BOB, None, ADA)
    second = triage.ignore(gift.id, "not ours", ADA)
    with pytest.raises(ChangedMeanwhile):
        triage.undo(first, ADA)
    triage.undo(second, ADA)
    triage.undo(first, ADA)
    with pytest.raises(InvalidInput, match="already"):
        triage.undo(first, ADA)
    assert topics()["gift wrap"].state is TopicState.NEW


def test_taking_back_can_be_taken_back(triage, topics, two):
    gift, _ = two
    event = triage.ignore(gift.id, "not ours", ADA)
    triage.undo(triage.undo(event, ADA), ADA)
    assert topics()["gift wrap"].reason == "not ours"


def test_whoever_decides_on_an_old_page_is_told(triage, topics, two):
    gift, _ = two
    triage.assign(gift.id, BOB, None, ADA, seen=0)
    with pytest.raises(ChangedMeanwhile, match=ADA):
        triage.ignore(gift.id, "not ours", BOB, seen=0)
    assert topics()["gift wrap"].state is TopicState.ASSIGNED


def test_a_comment_is_no_change(triage, topics, two):
    gift, _ = two
    comment = triage.comment(gift.id, "  ask the shop\nfirst  ", ADA)
    triage.ignore(gift.id, "not ours", BOB, seen=0)
    assert triage.list_events(gift.id)[-1].note == "ask the shop\nfirst"
    with pytest.raises(InvalidInput):
        triage.undo(comment, ADA)
    with pytest.raises(InvalidInput):
        triage.comment(gift.id, " \n", ADA)


def test_a_name_is_kept_while_searches_arrive(search, triage, topics, two):
    gift, _ = two
    triage.rename(gift.id, "  Gift\nwrapping ", ADA)
    for _ in range(5):
        search("wrap gift")
    assert topics()["Gift wrapping"].id == gift.id
    triage.rename(gift.id, "", ADA)
    assert topics()["wrap gift"].id == gift.id


def test_merging_with_itself_or_with_nothing_is_refused(triage, two):
    gift, _ = two
    for others in ([], [gift.id], [4711]):
        with pytest.raises(InvalidInput):
            triage.merge(others, gift.id, ADA)
