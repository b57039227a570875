"""A real log in a temporary database, a clock that tests move, and pages of hits."""

from datetime import UTC, datetime

import pytest

from kb.clock import FixedClock
from kb.search.models import Hit, SearchOutcome, SearchPage, Stage
from kb.search_log.learning import WordingLearner
from kb.search_log.service import SearchLogService
from kb.storage.migrations import migrations
from kb.storage.search_log import SqliteSearchLogStore
from kb.storage.sqlite import SqliteFile
from kb.storage.wordings import SqliteWordingStore


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 18, 9, tzinfo=UTC))


@pytest.fixture
def file(tmp_path):
    file = SqliteFile(tmp_path / "helpshelf.db", synchronous="NORMAL")
    migrations.apply(file.connection())
    yield file
    file.close()


@pytest.fixture
def learner(file):
    return WordingLearner(SqliteSearchLogStore(file), SqliteWordingStore(file), learns=True)


@pytest.fixture
def log(file, clock, learner):
    return SearchLogService(
        SqliteSearchLogStore(file),
        clock,
        learner,
        visit_minutes=30,
        keep_days=90,
        phone_regions=("US", "GB", "DE"),
    )


@pytest.fixture
def rows(file):
    """All recorded searches as mappings, in the order they were recorded."""

    def read():
        return list(file.connection().query("SELECT * FROM searches ORDER BY id"))

    return read


@pytest.fixture
def make_page():
    def make(text, *slugs, total=None, weak=False, offset=0, searched=None, correction=None):
        total = len(slugs) if total is None else total
        outcome = SearchOutcome.NONE if not total else SearchOutcome.CONFIDENT
        return SearchPage(
            query=text,
            searched=searched or text,
            correction=correction,
            stage=Stage.ANY_WORDS if total else Stage.NONE,
            outcome=SearchOutcome.WEAK if weak else outcome,
            confidence=0.2 if weak else 0.9,
            total=total,
            hits=tuple(
                Hit(slug, slug.title(), "", "", "", f"/articles/{slug}", 1.0, "") for slug in slugs
            ),
            offset=offset,
            mode="lexical",
            degraded=False,
            took_ms=1.5,
        )

    return make
