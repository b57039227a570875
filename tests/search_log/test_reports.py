"""Reports count what happened, and go on counting it when the single searches are gone."""

from datetime import date, timedelta

DAY = date(2026, 11, 18)


def record_a_day(log, make_page, clock):
    visit = log.record_search(make_page("kettle leaks", "leaks"), None)
    log.record_opening(visit, "leaks")
    log.record_search(make_page("gift wrap"), None)
    log.record_search(make_page("Gift wrap?"), None)
    log.record_search(make_page("odd noise", "a", weak=True), None)
    log.record_search(make_page("warranty", "w"), None)
    clock.advance(timedelta(hours=1))


def test_a_day_in_figures(log, make_page, clock):
    record_a_day(log, make_page, clock)
    total = log.summary(DAY - timedelta(days=2), DAY).total
    assert (total.visits, total.searches, total.zero_results, total.failed) == (5, 5, 2, 4)
    assert total.success_rate == 0.2
    assert total.zero_result_rate == 0.4


def test_every_day_of_the_range_is_there(log, make_page, clock):
    record_a_day(log, make_page, clock)
    days = log.summary(DAY - timedelta(days=2), DAY + timedelta(days=1)).days
    assert [day.searches for day in days] == [0, 0, 5, 0]
    assert days[0].success_rate is None


def test_top_searches_are_counted_by_wording(log, make_page, clock):
    record_a_day(log, make_page, clock)
    top = log.list_top_searches(DAY, DAY)
    assert (top[0].text, top[0].searches, top[0].zero_results) == ("gift wrap", 2, 2)
    assert len(top) == 4
    assert log.list_top_searches(DAY + timedelta(days=1), DAY + timedelta(days=2)) == []


def test_popular_articles_are_those_opened_most(log, clock):
    for slug in ("b", "a", "b"):
        log.record_opening(None, slug)
    assert log.popular_slugs(1) == ("b",)
    log.record_opening(None, "a")
    log.record_opening(None, "a")
    assert log.popular_slugs(2) == ("b", "a")  # kept for a minute
    clock.advance(timedelta(seconds=61))
    assert log.popular_slugs(2) == ("a", "b")
    clock.advance(timedelta(days=40))
    assert log.popular_slugs(2) == ()


def test_old_searches_go_and_their_counts_stay(log, make_page, clock, rows, file):
    record_a_day(log, make_page, clock)
    before = log.summary(DAY, DAY)
    clock.advance(timedelta(days=89))
    assert log.maintain().deleted_searches == 0
    clock.advance(timedelta(days=2))
    assert log.maintain().deleted_searches == 5
    assert log.maintain().deleted_searches == 0
    assert rows() == []
    for table in ("wordings", "visits", "openings"):
        assert file.connection().table(table).count == 0
    assert log.summary(DAY, DAY) == before


def test_deleting_half_a_day_counts_nothing_twice(log, make_page, clock, file):
    record_a_day(log, make_page, clock)
    log.settle()
    before = log.summary(DAY, DAY)
    with log._store.transaction():
        assert log._store.delete_searches(DAY + timedelta(days=1), 2) == 2
    assert log.summary(DAY, DAY) == before


def test_what_outlives_single_searches(log, make_page, clock, file):
    for day in range(4):
        log.record_search(make_page("gift wrap"), None)
        log.record_search(make_page(f"only once {day}"), None)
        clock.advance(timedelta(days=1))
    log.settle()
    with file.transaction() as database:
        database.conn.execute("UPDATE wordings SET topic_id = 7 WHERE failed = 1")
    span = (DAY, DAY + timedelta(days=5))
    before = log.summary(*span)
    # The first two days go while the others are still there, then the rest.
    for pause, left in ((88, 4), (3, 0)):
        clock.advance(timedelta(days=pause))
        log.maintain()
        assert file.connection().table("searches").count == left
        assert log.summary(*span) == before
        top = log.list_top_searches(*span)
        assert (top[0].text, top[0].searches, top[0].failed) == ("gift wrap", 4, 4)
    assert [found.text for found in top] == ["gift wrap"]
    assert [row["text"] for row in file.connection().query("SELECT text FROM wordings")] == [
        "gift wrap"
    ]
    topics = list(
        file.connection().query("SELECT sum(searches) AS n, sum(visits) AS v FROM topic_days")
    )
    assert topics == [{"n": 8, "v": 8}]
    assert b"only once" not in file.path.read_bytes()


def test_erasing_some_days_keeps_the_others(log, make_page, clock):
    for _ in range(3):
        record_a_day(log, make_page, clock)
        log.record_vote(None, "leaks", False)
        clock.advance(timedelta(hours=23))
    log.erase(DAY + timedelta(days=1), DAY + timedelta(days=1))
    days = log.summary(DAY, DAY + timedelta(days=2)).days
    assert [day.searches for day in days] == [5, 0, 5]
    assert [a.openings for a in log.list_top_opened(DAY, DAY + timedelta(days=2))] == [2]
    assert [a.unhelpful for a in log.list_unhelpful(DAY, DAY + timedelta(days=2))] == [2]


def test_counts_that_are_kept_are_those_of_the_searches(log, make_page, clock, file):
    span = (DAY, DAY + timedelta(days=3))
    visits = []
    for _ in range(3):
        record_a_day(log, make_page, clock)
        visits.append(log.record_search(make_page("late", "late"), None))
        clock.advance(timedelta(hours=23))
    log.settle()
    kept = log.summary(*span)
    assert file.connection().table("changed_days").count == 0
    with file.transaction() as database:
        database.conn.execute("UPDATE searches SET outcome = 'answered', failed = 0 WHERE id = 3")
        database.conn.execute("DELETE FROM searches WHERE id = 8")
    changed = log._store.count_days(*span)
    with file.transaction() as database:
        database.conn.execute(
            "INSERT OR IGNORE INTO changed_days SELECT DISTINCT day FROM searches"
        )
    assert changed == log._store.count_days(*span)
    assert [day.searches for day in kept.days[:2]] == [6, 6]
    assert [day.searches for day in changed[:2]] == [6, 5]
    assert changed[0].answered == kept.days[0].answered + 1
    assert log.summary(*span).days[:3] == tuple(changed)
