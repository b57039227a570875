"""A real log with topics in a temporary database, and real git repositories of every kind."""

import os
import subprocess
from datetime import UTC, datetime

import pytest

from kb.clock import FixedClock
from kb.content_changes.pushes import PushService
from kb.content_changes.repositories import open_repository
from kb.content_changes.service import ContentChangeService
from kb.content_gaps.key_meanings import KeyMeanings
from kb.content_gaps.models import Words
from kb.content_gaps.service import ContentGapService
from kb.content_gaps.topic_grouper import TopicGrouper
from kb.content_gaps.triage import TriageService
from kb.search.embedders.null import NullEmbedder
from kb.search.models import Hit, SearchOutcome, SearchPage, Stage
from kb.search_log.learning import WordingLearner
from kb.search_log.service import SearchLogService
from kb.storage.content_changes import SqliteContentChangeStore
from kb.storage.content_gaps import SqliteContentGapStore
from kb.storage.migrations import migrations
from kb.storage.search_log import SqliteSearchLogStore
from kb.storage.sqlite import SqliteFile
from kb.storage.topic_grouping import SqliteGroupingStore
from kb.storage.topic_triage import SqliteTriageStore
from kb.storage.wordings import SqliteWordingStore

KNOWN = {
    "kettle": 9,
    "printer": 4,
    "warranty": 5,
    "return": 7,
    "coffee": 8,
    "charge": 2,
    "change": 3,
}


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
def log(file, clock):
    store = SqliteSearchLogStore(file)
    learner = WordingLearner(store, SqliteWordingStore(file), learns=True)
    return SearchLogService(
        store, clock, learner, visit_minutes=30, keep_days=90, phone_regions=("US",)
    )


@pytest.fixture
def make_gaps(file, log, clock):
    """Content gaps whose drafts go to the repository of a folder."""

    def make(content_dir, ref="", embedder=None):
        repository = open_repository(content_dir, ref)
        pushes = PushService(repository, SqliteContentChangeStore(file), clock)
        groups = SqliteGroupingStore(file)
        meanings = KeyMeanings(groups, embedder or NullEmbedder("by words alone"))
        return ContentGapService(
            SqliteContentGapStore(file),
            TriageService(SqliteTriageStore(file), clock),
            log,
            ContentChangeService(repository, pushes, clock),
            TopicGrouper(groups, clock, lambda: Words("en", KNOWN), meanings),
            dict,
        )

    return make


@pytest.fixture
def gaps(make_gaps, tmp_path):
    return make_gaps(tmp_path)


@pytest.fixture
def search(log):
    """Searches for a text in a visit of its own (or a given one); without hits unless named."""

    def run(text, *slugs, visit=None):
        page = SearchPage(
            query=text, searched=text, correction=None,
            stage=Stage.ANY_WORDS if slugs else Stage.NONE,
            outcome=SearchOutcome.CONFIDENT if slugs else SearchOutcome.NONE,
            confidence=0.9 if slugs else 0.0, total=len(slugs),
            hits=tuple(Hit(s, s, "", "", "", f"/articles/{s}", 1.0, "") for s in slugs),
            offset=0, mode="lexical", degraded=False, took_ms=1.0,
        )  # fmt: skip
        return log.record_search(page, visit)

    return run


@pytest.fixture
def git(tmp_path):
    """Runs git in a folder with an identity and no configuration from outside."""

    def run(folder, *arguments):
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
        }  # fmt: skip
        return subprocess.run(
            ["git", "-c", "init.defaultBranch=main", *arguments],
            cwd=folder, env=environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    return run


@pytest.fixture
def checkout(tmp_path, git):
    """A checkout whose content lies in a folder of it."""
    folder = tmp_path / "company"
    (folder / "help" / "care").mkdir(parents=True)
    (folder / "help" / "care" / "descale.md").write_text("# Descale\n")
    (folder / "README.md").write_text("ours\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "articles")
    return folder
