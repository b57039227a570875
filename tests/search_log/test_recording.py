"""One row for each search a customer made, whatever was typed, paged or repeated."""

import json
import threading
from datetime import date, timedelta

from kb.search_log.models import Outcome
from kb.search_log.service import SearchLogService


def test_a_search_is_one_row_with_how_it_went(log, make_page, rows):
    visit = log.record_search(make_page("Kettle leaks!", "leaks", "descale"), None)
    (row,) = rows()
    assert len(visit) >= 22
    assert (row["text"], row["total"], row["confidence"]) == ("Kettle leaks!", 2, 0.9)
    assert json.loads(row["shown"]) == ["leaks", "descale"]
    assert (row["outcome"], row["failed"], row["opens_visit"]) == (None, 0, 1)


def test_typing_is_folded_into_what_was_searched_in_the_end(log, make_page, rows, clock):
    visit = None
    for text in ("ket", "kettle", "kettle lea", "kettle leaks"):
        visit = log.record_search(make_page(text, text), visit)
        clock.advance(timedelta(seconds=2))
    assert [row["text"] for row in rows()] == ["kettle leaks"]


def test_a_slip_of_the_finger_is_folded(log, make_page, rows):
    visit = log.record_search(make_page("ketle leaks"), None)
    log.record_search(make_page("kettle leaks", "leaks"), visit)
    assert [(row["text"], row["outcome"]) for row in rows()] == [("kettle leaks", None)]


def test_two_error_codes_are_two_searches(log, make_page, rows):
    visit = log.record_search(make_page("error E-42", "a"), None)
    log.record_search(make_page("error E-43", "b"), visit)
    assert [row["outcome"] for row in rows()] == [Outcome.REFINED, None]


def test_adding_a_word_after_reading_the_hits_is_a_new_search(log, make_page, rows, clock):
    visit = log.record_search(make_page("kettle", "a"), None)
    clock.advance(timedelta(minutes=2))
    log.record_search(make_page("kettle leaks", "b"), visit)
    assert [row["text"] for row in rows()] == ["kettle", "kettle leaks"]


def test_pages_and_repeats_are_the_same_search(log, make_page, rows, clock):
    visit = log.record_search(make_page("kettle", "a", total=20), None)
    log.record_search(make_page("kettle", "b", total=20, offset=10), visit)
    log.record_opening(visit, "b")
    clock.advance(timedelta(minutes=5))
    log.record_search(make_page(" KETTLE?", "a", total=20), visit)
    (row,) = rows()
    # Whoever comes back to the list is still looking, until another hit is opened.
    assert (row["text"], row["outcome"]) == ("kettle", None)
    assert json.loads(row["shown"]) == ["a", "b"]
    log.record_opening(visit, "a")
    assert [row["outcome"] for row in rows()] == [Outcome.ANSWERED]


def test_taking_the_offered_correction_keeps_the_customers_words(log, make_page, rows, clock):
    visit = log.record_search(make_page("ketel leeks", correction="kettle leaks"), None)
    clock.advance(timedelta(minutes=3))
    log.record_search(make_page("kettle leaks", "leaks"), visit)
    (row,) = rows()
    assert (row["text"], row["searched"], row["total"]) == ("ketel leeks", "kettle leaks", 1)


def test_typing_on_after_opening_an_article_is_a_new_search(log, make_page, rows):
    visit = log.record_search(make_page("kettle", "a"), None)
    log.record_opening(visit, "a")
    log.record_search(make_page("kettle leaks", "b"), visit)
    assert [row["text"] for row in rows()] == ["kettle", "kettle leaks"]


def test_a_visit_ends_after_a_pause_and_its_value_is_forgotten(log, make_page, rows, clock, file):
    first = log.record_search(make_page("kettle", "a"), None)
    clock.advance(timedelta(minutes=31))
    second = log.record_search(make_page("kettle", "a"), first)
    assert second != first
    assert len({row["visit_id"] for row in rows()}) == 2
    clock.advance(timedelta(minutes=31))
    assert log.settle() == 2
    assert [row["token"] for row in file.connection().query("SELECT token FROM visits")] == [
        None,
        None,
    ]


def test_a_visit_that_never_pauses_starts_anew_after_a_day(log, make_page, clock):
    visit = first = log.record_search(make_page("kettle", "a"), None)
    for _ in range(60):
        clock.advance(timedelta(minutes=25))
        visit = log.record_search(make_page("kettle", "a"), visit)
    assert visit != first


def test_made_up_visit_values_start_a_visit(log, make_page, rows):
    visit = log.record_search(make_page("kettle", "a"), "x" * 5000)
    assert visit != "x" * 5000
    assert len(rows()) == 1


def test_personal_data_is_in_no_column_and_no_file(log, make_page, file, tmp_path):
    secret = "jane.doe@example.com"
    page = make_page(f"refund {secret}", searched=f"refund {secret}", correction=f"fund {secret}")
    log.record_search(page, None)
    file.connection().conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert all(secret.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_an_article_counts_for_the_search_that_showed_it(log, make_page, rows, clock):
    visit = log.record_search(make_page("kettle leaks", "leaks"), None)
    clock.advance(timedelta(minutes=1))
    log.record_search(make_page("warranty", "warranty"), visit)
    log.record_opening(visit, "leaks")
    assert [row["opened"] for row in rows()] == [1, 0]


def test_a_way_out_of_an_empty_page_is_no_answer(log, make_page, rows, file):
    visit = log.record_search(make_page("gift wrap"), None)
    log.record_opening(visit, "popular", from_results=True)
    assert [row["outcome"] for row in rows()] == [Outcome.ZERO_RESULT]
    assert [row["slug"] for row in file.connection().query("SELECT * FROM openings")] == ["popular"]


def test_the_last_vote_of_a_visit_counts(log, make_page, rows, file):
    visit = log.record_search(make_page("kettle", "a"), None)
    log.record_opening(visit, "a")
    log.record_vote(visit, "a", True)
    log.record_vote(visit, "a", False)
    log.record_vote(None, "a", True)
    assert [row["outcome"] for row in rows()] == [Outcome.UNHELPFUL]
    votes = list(file.connection().query("SELECT helpful FROM votes ORDER BY id"))
    assert [vote["helpful"] for vote in votes] == [0, 1]


def test_a_chosen_suggestion_is_an_answered_search(log, rows):
    log.record_suggestion_chosen("descal", "descale-kettle", None)
    (row,) = rows()
    assert (row["text"], row["source"], row["outcome"]) == (
        "descal",
        "suggestion",
        Outcome.ANSWERED,
    )


def test_the_contact_form_marks_the_search_before_it(log, make_page, rows, clock):
    visit = log.record_search(make_page("warranty", "warranty"), None)
    log.record_opening(visit, "warranty")
    clock.advance(timedelta(minutes=1))
    log.record_search(make_page("kettle", "a"), visit)
    assert log.record_contact(visit)
    assert [row["outcome"] for row in rows()] == [Outcome.ANSWERED, Outcome.CONTACTED]


def test_events_without_a_visit_are_counted_and_nothing_more(log, rows, file):
    assert not log.record_opening(None, "a")
    assert not log.record_opening("gone", "a")
    assert not log.record_contact(None)
    assert rows() == []
    assert log.popular_slugs(5) == ("a",)
    assert list(file.connection().query("SELECT * FROM openings")) == []


def test_a_locked_database_costs_the_record_and_not_the_page(log, make_page, rows, file, caplog):
    file.connection().conn.execute("PRAGMA busy_timeout = 20")
    other = type(file)(file.path)
    other.connection().conn.execute("BEGIN IMMEDIATE")
    assert log.record_search(make_page("kettle", "a"), None) == ""
    assert log.record_search(make_page("kettle", "a"), "kept") == "kept"
    assert not log.record_opening("kept", "a")
    other.connection().conn.rollback()
    other.close()
    assert rows() == []
    assert len(caplog.records) == 1
    assert "kettle" not in caplog.text


def test_recording_starts_again_when_the_database_is_back(log, make_page, rows, file, clock):
    file.connection().conn.execute("PRAGMA query_only = ON")
    log.record_search(make_page("kettle", "a"), None)
    file.connection().conn.execute("PRAGMA query_only = OFF")
    clock.advance(timedelta(seconds=3))
    assert log.record_search(make_page("kettle", "a"), None)
    assert len(rows()) == 1


def test_many_threads_record_without_loss(log, make_page, rows, file):
    def visitor(number):
        for search in range(5):
            log.record_search(make_page(f"{number} question number {search} {number}"), None)
        file.close()

    threads = [threading.Thread(target=visitor, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows()) == 40


def test_a_clock_that_is_set_back_keeps_the_order(log, make_page, rows, clock):
    visit = log.record_search(make_page("kettle lea", "a"), None)
    clock.advance(timedelta(hours=-1))
    assert log.record_search(make_page("kettle leaks", "a"), visit) == visit
    log.record_search(make_page("warranty", "w"), visit)
    log.record_opening(visit, "w")
    assert [(row["text"], row["outcome"]) for row in rows()] == [
        ("kettle leaks", Outcome.REFINED),
        ("warranty", Outcome.ANSWERED),
    ]


def test_a_clock_that_ran_a_year_ahead_leaves_no_visit_open(log, make_page, rows, clock):
    clock.advance(timedelta(days=365))
    ahead = log.record_search(make_page("kettle", "a"), None)
    clock.advance(timedelta(days=-365))
    assert log.record_search(make_page("kettle", "a"), ahead) != ahead
    log.settle()
    assert [row["outcome"] for row in rows()] == [Outcome.ABANDONED, None]


def test_a_visit_over_midnight_and_over_a_deploy_is_one(log, make_page, rows, clock, file, learner):
    clock.advance(timedelta(hours=14, minutes=50))
    visit = log.record_search(make_page("kettle", "a"), None)
    clock.advance(timedelta(minutes=20))
    restarted = SearchLogService(
        log._store, clock, learner, visit_minutes=30, keep_days=90, phone_regions=("US",)
    )
    assert restarted.record_search(make_page("warranty", "w"), visit) == visit
    restarted.record_opening(visit, "w")
    assert [row["outcome"] for row in rows()] == [Outcome.REFINED, Outcome.ANSWERED]
    assert rows()[1]["day"] == rows()[0]["day"] + 1
    assert [count.visits for count in log.summary(date(2026, 11, 18), date(2026, 11, 19)).days] == [
        1, 0,
    ]  # fmt: skip


def test_an_event_that_comes_twice_counts_once(log, make_page, rows, file):
    visit = log.record_search(make_page("kettle", "a"), None)
    for _ in range(2):
        log.record_opening(visit, "a")
        log.record_contact(visit)
    log.record_suggestion_chosen("descal", "descale-kettle", visit)
    log.record_suggestion_chosen("descal", "descale-kettle", visit)
    assert [row["outcome"] for row in rows()] == [Outcome.CONTACTED, Outcome.ANSWERED]
    assert file.connection().table("openings").count == 2


def test_visits_are_decided_anew_when_the_rules_have_changed(log, make_page, rows, clock, file):
    log.record_search(make_page("kettle", "a"), None)
    clock.advance(timedelta(hours=1))
    assert log.settle() == 1
    assert log.settle() == 0
    with file.transaction() as database:
        database.conn.execute("UPDATE searches SET outcome = 'answered', failed = 0")
        database.conn.execute("UPDATE visits SET rules = rules - 1")
    assert log.settle() == 1
    assert [(row["outcome"], row["failed"]) for row in rows()] == [(Outcome.ABANDONED, 1)]
    assert log.settle() == 0


def test_a_browser_that_refuses_cookies_is_folded_within_seconds(log, make_page, rows, clock):
    for text in ("kettle", "kettle leaks"):
        log.record_search(make_page(text, "a"), None, place="here")
        clock.advance(timedelta(seconds=5))
    log.record_search(make_page("kettle leaks", "b", offset=10), None, place="here")
    assert [row["text"] for row in rows()] == ["kettle leaks"]
    assert log.record_opening(log.find_newcomer("here"), "b", from_results=True)
    assert [row["outcome"] for row in rows()] == [Outcome.ANSWERED]
    log.record_search(make_page("kettle leaks", "a"), None, place="elsewhere")
    log.record_search(make_page("warranty", "a"), None, place="here")
    clock.advance(timedelta(minutes=2))
    log.record_search(make_page("warranty", "a"), None, place="here")
    assert len({row["visit_id"] for row in rows()}) == 4


def test_a_script_that_sends_nonsense_is_limited_and_fails_nothing(log, make_page, rows, clock):
    customer = log.record_search(make_page("gift wrap"), None, place="customer")
    for number in range(10_000):
        log.record_search(make_page(f"{number:x} qzx {number * 7919:x}"), None, place="script")
        clock.advance(timedelta(milliseconds=50))
    assert log.record_search(make_page("gift card"), customer, place="script") == customer
    assert len(rows()) <= 23
    summary = log.summary(date(2026, 11, 18), date(2026, 11, 18))
    assert summary.total.failed == 2
    assert log.count_left_out(date(2026, 11, 18), date(2026, 11, 18)) >= 9_970


def test_a_visit_keeps_a_bounded_number_of_searches(log, make_page, rows, clock):
    visit = None
    for number in range(200):
        visit = log.record_search(make_page(f"{number}{number} things {number}"), visit)
        clock.advance(timedelta(seconds=2))
    assert len(rows()) == 50
    assert {(row["outcome"], row["failed"]) for row in rows()} == {(None, 0)}
    assert log.count_left_out(date(2026, 11, 18), date(2026, 11, 18)) == 150
