"""What is learned from visits, when it is enough, and what never is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kb.search_log.learning import FADE_FROM_VISITS, WordingLearner, read_visit
from kb.search_log.models import Lesson, Opening, Outcome, RecordedSearch, Source
from kb.storage.learned_wordings import SqliteLearnedWordings
from kb.storage.search_log import SqliteSearchLogStore
from kb.storage.wordings import SqliteWordingStore

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)


def make_search(number, text, outcome=Outcome.ANSWERED, **changes):
    values = {
        "visit_id": 1, "recorded_at": AT, "touched_at": AT, "text": text, "normalised": text,
        "searched": text, "correction": None, "stage": "any-words", "mode": "lexical", "total": 3,
        "confidence": 0.9, "weak": False, "language": "en", "shown": ("a",), "took_ms": 1.0,
        "source": Source.PAGE, "opens_visit": True, "outcome": outcome, "id": number,
    }  # fmt: skip
    return RecordedSearch(**(values | changes))


def opening(search, slug, is_hit=True):
    return Opening(1, search, AT, slug, 1 if is_hit else None, is_hit)


ASKED = make_search(1, "broken box", Outcome.REFINED)
ANSWERED = make_search(2, "damaged parcel")


@pytest.mark.parametrize(
    ("searches", "openings", "answer"),
    [
        ([ASKED, ANSWERED], [opening(2, "damaged")], ("damaged parcel", "damaged")),
        ([ANSWERED], [opening(2, "late"), opening(2, "damaged")], ("damaged parcel", "damaged")),
        ([ANSWERED], [opening(2, "damaged"), opening(2, "late", is_hit=False)], None),
        ([ANSWERED, make_search(3, "refund", Outcome.ABANDONED)], [opening(2, "damaged")], None),
        ([ANSWERED, ASKED], [opening(2, "damaged")], None),
        ([make_search(2, "damaged", Outcome.UNHELPFUL)], [opening(2, "damaged")], None),
        ([make_search(2, "damaged", Outcome.CONTACTED)], [opening(2, "damaged")], None),
        ([ANSWERED], [opening(2, "")], None),
        ([ANSWERED], [], None),
    ],
)
def test_a_visit_teaches_by_how_it_ended(searches, openings, answer):
    lesson = read_visit(searches, openings)
    assert lesson == Lesson(AT.date(), tuple(search.text for search in searches), answer)


@pytest.mark.parametrize(
    "search",
    [
        make_search(1, "order [number]"),
        make_search(1, "refu", source=Source.SUGGESTION),
        make_search(1, "?!"),
    ],
)
def test_what_is_never_learned(search):
    lesson = read_visit([search], [opening(1, "a")])
    assert lesson is None or lesson.wordings == ("?!",)


def test_what_was_searched_is_learned_and_not_the_slip():
    search = make_search(1, "Refnud time?", searched="refund time?", correction="refund time?")
    lesson = read_visit([search], [opening(1, "refunds")])
    assert lesson.answer == ("refund time", "refunds")


@pytest.fixture
def visit(log, clock, make_page):
    """Searches for a text in a visit of its own and opens an article; then the visit is over."""

    def run(text, *opened, shown=("damaged", "late"), days=0, **page):
        token = log.record_search(make_page(text, *shown, **page), None)
        for slug in opened:
            log.record_opening(token, slug, from_results=True)
        clock.advance(timedelta(days=days, hours=1))

    return run


@pytest.fixture
def learned(file):
    return SqliteLearnedWordings(file.path).load


def test_three_visits_on_two_days_are_enough(log, visit, learned):
    visit("Broken box?", "damaged", days=1)
    visit("broken box", "damaged")
    log.maintain()
    assert learned() == {}
    visit("broken box", "damaged")
    assert log.maintain().learned_visits == 1
    assert learned() == {"damaged": ("broken box",)}
    assert log.maintain().learned_visits == 0
    found = log.learner.list_learned("damaged")
    assert [(w.wording, w.visits, w.asked) for w in found] == [("broken box", 3, 3)]
    assert found[0].last - found[0].first == timedelta(days=1)


def test_one_day_is_not_enough(log, visit, learned):
    for _ in range(5):
        visit("broken box", "damaged")
    log.maintain()
    assert learned() == {}


def test_most_visits_must_have_ended_with_the_article(log, visit, learned):
    for _ in range(3):
        visit("broken box", "damaged", days=1)
    for _ in range(3):
        visit("broken box")
    log.maintain()
    assert learned() == {"damaged": ("broken box",)}
    visit("broken box", "late")
    log.maintain()
    assert learned() == {}


def test_opening_two_articles_counts_for_the_last(log, visit, learned):
    for _ in range(3):
        visit("broken box", "late", "damaged", days=1)
    log.maintain()
    assert learned() == {"damaged": ("broken box",)}


def test_personal_data_is_not_learned(log, visit, learned):
    for _ in range(4):
        visit("order 123456789 mia@example.com", "late", days=1)
    log.maintain()
    assert learned() == {}


def test_what_was_learned_outlives_the_searches_and_what_was_not_does_not(
    log, visit, clock, file, learned
):
    for _ in range(3):
        visit("broken box", "damaged", days=1)
    visit("my neighbour jane roe", "late")
    log.maintain()
    clock.advance(timedelta(days=120))
    assert log.maintain().deleted_searches == 4
    assert learned() == {"damaged": ("broken box",)}
    database = file.connection()
    for table in ("wording_visits", "wording_answers"):
        assert [row["wording"] for row in database.query(f"SELECT * FROM {table}")] == [
            "broken box"
        ]


def test_a_removed_wording_stays_removed(log, visit, clock, learned):
    for _ in range(3):
        visit("broken box", "damaged", days=1)
    log.maintain()
    assert not log.learner.remove("late", "broken box")
    assert log.learner.remove("damaged", "Broken box")
    assert (learned(), log.learner.list_learned()) == ({}, [])
    clock.advance(timedelta(days=120))
    log.maintain()
    for _ in range(3):
        visit("broken box", "damaged", days=1)
    log.maintain()
    assert learned() == {}


def test_an_article_that_answers_now_takes_over_from_one_that_did(file, learned):
    store = SqliteWordingStore(file)

    def count(slug, visits, day):
        with file.transaction():
            store.add_lessons([Lesson(day, ("box",), ("box", slug))] * visits)
            store.fade_wordings(FADE_FROM_VISITS)

    for month in range(1, 13):
        count("old", 100, date(2025, month, 1))
    for day in range(1, 4):
        count("new", 100, date(2026, 1, day))
    assert learned() == {"new": ("box",)}


def test_turned_off_it_counts_nothing_and_catches_up_later(file, log, visit, learned):
    off = WordingLearner(SqliteSearchLogStore(file), SqliteWordingStore(file), learns=False)
    for _ in range(3):
        visit("broken box", "damaged", days=1)
    log.settle()
    assert off.learn() == 0
    assert learned() == {}
    assert log.learner.learn() == 3
    assert learned() == {"damaged": ("broken box",)}


def test_without_a_database_or_its_tables_nothing_is_learned_and_none_is_made(tmp_path):
    path = tmp_path / "none" / "helpshelf.db"
    assert SqliteLearnedWordings(path).load() == {}
    assert not path.parent.exists()


def test_the_stage_that_answered_and_the_mode_are_recorded(log, make_page, rows):
    from dataclasses import replace

    from kb.search.models import Stage

    page = replace(make_page("box", "damaged"), stage=Stage.SEMANTIC, mode="hybrid")
    token = log.record_search(page, None)
    log.record_search(replace(page, query="lid", stage=Stage.PREFIX, mode="lexical"), token)
    assert [(row["stage"], row["mode"]) for row in rows()] == [
        ("semantic", "hybrid"),
        ("prefix", "lexical"),
    ]
