"""Real git repositories of every kind, and the services on top of them."""

from datetime import UTC, datetime

import pytest

from kb.clock import FixedClock
from kb.content_changes.models import Author
from kb.content_changes.pushes import PushService
from kb.content_changes.repositories import open_repository
from kb.content_changes.service import ContentChangeService
from kb.storage.content_changes import SqliteContentChangeStore
from kb.storage.migrations import migrations
from kb.storage.sqlite import SqliteFile
from tests.content_gaps.conftest import checkout, git

__all__ = ["checkout", "git"]

AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
ADA = Author("Ada Löw", "ada@example.com")


@pytest.fixture
def clock():
    return FixedClock(AT)


@pytest.fixture
def bare(checkout, git, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "content.git")
    return tmp_path / "content.git"


@pytest.fixture
def file(tmp_path):
    file = SqliteFile(tmp_path / "helpshelf.db", migrations=migrations)
    yield file
    file.close()


@pytest.fixture
def store(file):
    return SqliteContentChangeStore(file)


@pytest.fixture
def make_changes(store, clock):
    """The service on a content folder."""

    def make(folder, ref="main", remote=""):
        repository = open_repository(folder, ref, remote)
        return ContentChangeService(repository, PushService(repository, store, clock), clock)

    return make
