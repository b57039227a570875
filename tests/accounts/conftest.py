"""A real database with one account in it, and a clock that tests move."""

from datetime import UTC, datetime

import pytest

from kb.accounts.models import Role
from kb.accounts.service import AccountService
from kb.clock import FixedClock
from kb.storage.accounts import SqliteAccountStore
from kb.storage.migrations import migrations
from kb.storage.sqlite import SqliteFile

from .web_app import build_app

EMAIL = "ada@example.com"
PASSWORD = "four quiet blue kettles"


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 18, 9, tzinfo=UTC))


@pytest.fixture
def file(tmp_path):
    file = SqliteFile(tmp_path / "helpshelf.db")
    migrations.apply(file.connection())
    yield file
    file.close()


@pytest.fixture
def accounts(file, clock):
    return AccountService(SqliteAccountStore(file), clock)


@pytest.fixture
def ada(accounts):
    return accounts.add(EMAIL, Role.AGENT, PASSWORD, "Ada")


@pytest.fixture
def make_app(demo_index, tmp_path):
    """Builds the application around an account service, a rate limiter and a clock."""

    def make(accounts, limiter, clock, environ=None):
        return build_app(
            accounts, limiter, clock, demo_index, tmp_path / "log" / "log.db", environ or {}
        )

    return make
