"""Learned wordings are indexed with their article, and nothing is indexed without need."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.bootstrap.publishing import build_engine, build_generations, build_publisher
from kb.clock import FixedClock
from kb.config import Settings
from kb.content.models import ArticleSummary, Kind, State
from kb.publishing.learned import MAX_WORDINGS, choose_wordings
from kb.publishing.models import PublishReport
from kb.search.engine import IndexDocument
from kb.search.models import SearchOutcome, Stage
from kb.search_log.models import Lesson
from kb.storage.migrations import migrations
from kb.storage.sqlite import SqliteFile
from kb.storage.wordings import SqliteWordingStore
from tests.conftest import Write
from tests.search.embedding import needs_model

Teach = Callable[..., None]
Report = Callable[[], PublishReport]


class RecordingEngine:
    """The real engine; remembers the keys of the documents that it was given."""

    def __init__(self, settings: Settings) -> None:
        self._engine = build_engine(settings)
        self.name = self._engine.name
        self.open = self._engine.open
        self.keys: list[str] = []

    def build(self, directory: Path, documents: Iterable[IndexDocument], **how: object) -> None:
        def passed() -> Iterable[IndexDocument]:
            for document in documents:
                self.keys.append(document.key)
                yield document

        self._engine.build(directory, passed(), **how)  # type: ignore[arg-type]


@pytest.fixture
def database(settings: Settings) -> Iterable[SqliteFile]:
    file = SqliteFile(settings.database, migrations=migrations)
    yield file
    file.close()


@pytest.fixture
def teach(database: SqliteFile) -> Teach:
    """Three visits on three days that ended with the article after these words."""

    def run(wording: str, slug: str) -> None:
        with database.transaction():
            for day in (1, 2, 3):
                lesson = Lesson(date(2026, 11, day), (wording,), (wording, slug))
                SqliteWordingStore(database).add_lessons([lesson])

    return run


@pytest.fixture
def report(settings: Settings, clock: FixedClock) -> Report:
    return lambda: build_publisher(settings, clock).publish()


@pytest.fixture
def two_articles(write: Write) -> None:
    write("damaged.md", "---\ntitle: Damaged on arrival\nquestions: [my parcel is dented]\n---\nX")
    write("late.md", "---\ntitle: Late parcel\naliases: [delayed]\n---\nText.")


def found(settings: Settings, text: str) -> list[str]:
    generations = build_generations(settings)
    try:
        page = generations.current().search.search(text, exact=True)
        return [hit.slug for hit in page.hits]
    finally:
        generations.close()


@pytest.mark.usefixtures("two_articles")
def test_a_learned_wording_finds_its_article_after_the_next_publish(
    settings: Settings, clock: FixedClock, teach: Teach, database: SqliteFile, report: Report
) -> None:
    report()
    assert found(settings, "squashed carton") == []
    teach("squashed carton", "damaged")
    assert not build_publisher(settings, clock).is_current()
    changed = report()
    assert (changed.changed, changed.indexed) == (True, 1)
    assert found(settings, "squashed carton") == ["damaged"]
    assert build_publisher(settings, clock).is_current()
    assert not report().changed
    with database.transaction():
        SqliteWordingStore(database).remove_learned("damaged", "squashed carton")
    assert report().indexed == 1
    assert found(settings, "squashed carton") == []


@pytest.mark.usefixtures("two_articles")
def test_the_first_wording_of_a_help_center_counts_as_much_as_later_ones(
    settings: Settings, teach: Teach, report: Report, write: Write
) -> None:
    for number in range(100):
        write(f"other{number}.md", f"# Article {number}\n\nNothing about it.\n")
    write("noise.md", "# Rattling\n\nThe noise ends when the kettle is empty.\n")
    teach("squeaky wobble noise", "damaged")
    report()
    assert found(settings, "squeaky wobble noise") == ["damaged", "noise"]


@pytest.mark.usefixtures("two_articles")
def test_a_question_that_customers_taught_is_no_weak_search(
    settings: Settings, teach: Teach, report: Report
) -> None:
    teach("squeaky wobble noise", "damaged")
    report()
    generations = build_generations(settings)
    page = generations.current().search.search("squeaky wobble noise")
    generations.close()
    assert (page.outcome, page.stage) == (SearchOutcome.CONFIDENT, Stage.ALL_WORDS)
    assert page.hits[0].reasons.words == ("squeaky", "wobble", "noise")


@pytest.mark.usefixtures("two_articles")
def test_only_articles_whose_wordings_or_text_changed_are_indexed_anew(
    settings: Settings, clock: FixedClock, teach: Teach, write: Write, report: Report
) -> None:
    report()
    recording = RecordingEngine(settings)
    publisher = replace(build_publisher(settings, clock), engine=recording)
    teach("squashed carton", "damaged")
    publisher.publish()
    assert recording.keys == ["damaged"]
    write("late.md", "---\ntitle: Late parcel\naliases: [delayed]\nboost: 2\n---\nText.")
    assert publisher.publish().indexed == 1
    write(
        "late.md", "---\ntitle: Late parcel\naliases: [delayed]\nreviewed: 2026-11-01\n---\nText."
    )
    publisher.publish()
    assert recording.keys == ["damaged"], "neither a boost nor a date is in the index"
    write("late.md", "---\ntitle: Late parcel\naliases: [delayed]\n---\nOther text.")
    publisher.publish()
    assert recording.keys == ["damaged", "late"]
    assert found(settings, "squashed carton") == ["damaged"]


def test_a_boost_takes_effect_with_the_next_publish(
    settings: Settings, write: Write, report: Report
) -> None:
    for boost in ("1", "2.5", "0.25"):
        write("late.md", f"---\ntitle: Late parcel\nboost: {boost}\n---\nText.")
        report()
        generations = build_generations(settings)
        summary = generations.current().library.find_summary("late")
        assert summary is not None
        assert summary.boost == float(boost)
        generations.close()


@pytest.mark.usefixtures("two_articles")
def test_turned_off_nothing_is_learned(
    settings: Settings, clock: FixedClock, teach: Teach, report: Report
) -> None:
    teach("squashed carton", "damaged")
    report()
    assert found(settings, "squashed carton") == ["damaged"]
    assert build_publisher(replace(settings, learn=False), clock).publish().indexed == 1
    assert found(settings, "squashed carton") == []


@pytest.mark.usefixtures("two_articles")
def test_a_database_that_cannot_be_read_changes_nothing(
    settings: Settings,
    clock: FixedClock,
    teach: Teach,
    database: SqliteFile,
    report: Report,
    caplog: pytest.LogCaptureFixture,
) -> None:
    teach("squashed carton", "damaged")
    report()
    database.close()
    for file in settings.database.parent.iterdir():
        file.unlink()
    settings.database.write_bytes(b"this is no database" * 100)
    with caplog.at_level(logging.WARNING):
        assert build_publisher(settings, clock).is_current()
        assert not report().changed
    assert "cannot be read" in caplog.text
    settings.database.unlink()
    assert report().indexed == 1, "where there is no database nothing was learned"


def summary(slug: str = "late", **fields: object) -> ArticleSummary:
    values = {"title": "Late parcel", "state": State.PUBLISHED} | fields
    return ArticleSummary(
        slug, values.pop("title"), Kind.FAQ, values.pop("state"), "", f"{slug}.md", **values  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_database_that_cannot_even_be_looked_for_keeps_no_article_back(
    settings: Settings, clock: FixedClock, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    # As with a folder that may not be looked into, which stops nobody who is root.
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    there = replace(settings, database=settings.database.with_name("x" * 300))
    write("kettle.md", "# Kettle\n\nIt boils.\n")
    with caplog.at_level(logging.WARNING):
        assert build_publisher(there, clock).publish().articles == 1
    assert "too long" in caplog.text


def test_what_the_article_says_already_is_left_out() -> None:
    article = summary(questions=("where is my box",))
    learned = {"late": ("late parcels", "where's my box?", "slow box", "the slow box!", "??")}
    assert choose_wordings([article], learned) == {"late": ("slow box",)}


def test_the_most_frequent_ones_are_kept_in_an_order_that_visits_do_not_change() -> None:
    texts = tuple(f"wording{n}" for n in range(MAX_WORDINGS + 5, 0, -1))
    chosen = choose_wordings([summary()], {"late": texts})["late"]
    assert set(chosen) == set(texts[:MAX_WORDINGS])
    assert chosen == choose_wordings([summary()], {"late": chosen})["late"]


def test_an_earlier_slug_counts_and_hidden_articles_do_not() -> None:
    learned = {"delayed": ("slow box",), "gone": ("x",)}
    assert choose_wordings([summary(aliases=("delayed",))], learned) == {"late": ("slow box",)}
    assert choose_wordings([summary("gone", state=State.ARCHIVED)], learned) == {}


@needs_model
def test_a_learned_wording_gets_a_vector_of_its_own(
    two_articles: None, teach: Teach, settings: Settings, clock: FixedClock
) -> None:
    publisher = build_publisher(replace(settings, semantic=True), clock)

    def embedded() -> int:
        publisher.publish()
        report = publisher.embed()
        assert report is not None
        return report.embedded

    embedded()
    teach("the box arrived crushed", "damaged")
    assert embedded() == 1
    assert embedded() == 0
