"""Guessing and flooding are slowed for whoever does it, and for nobody else."""

import logging
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from kb.accounts.rate_limits import LIMITS, Action, NullRateLimiter
from kb.clock import FixedClock
from kb.storage.rate_limits import SqliteRateLimiter
from kb.storage.sqlite import SqliteFile


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 18, 9, tzinfo=UTC))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "limits.db"


@pytest.fixture
def limiter(path, clock):
    limiter = SqliteRateLimiter(path, clock)
    yield limiter
    limiter.close()


def use_up(limiter, action, key):
    for _ in range(LIMITS[action].count):
        assert limiter.allow(action, key) == 0


def test_the_next_attempt_waits_until_the_first_is_forgotten(limiter, clock):
    limiter.allow(Action.SIGN_IN, "192.0.2.1")
    clock.advance(timedelta(seconds=100))
    for _ in range(9):
        assert limiter.allow(Action.SIGN_IN, "192.0.2.1") == 0
    assert limiter.allow(Action.SIGN_IN, "192.0.2.1") == 200
    clock.advance(timedelta(seconds=199))
    assert limiter.allow(Action.SIGN_IN, "192.0.2.1") == 1
    clock.advance(timedelta(seconds=1))
    assert limiter.allow(Action.SIGN_IN, "192.0.2.1") == 0
    assert limiter.allow(Action.SIGN_IN, "192.0.2.1") == 100


def test_other_keys_and_actions_are_not_concerned(limiter):
    use_up(limiter, Action.VOTE, "192.0.2.1")
    assert limiter.allow(Action.VOTE, "192.0.2.1") > 0
    assert limiter.allow(Action.VOTE, "192.0.2.2") == 0
    assert limiter.allow(Action.SEARCH, "192.0.2.1") == 0


def test_actions_are_also_known_by_their_names(limiter):
    assert all(
        limiter.allow(name, "192.0.2.1") == 0 for name in ("search", "suggest", "vote", "sign-in")
    )


def test_all_workers_count_together(limiter, path, clock):
    use_up(limiter, Action.SIGN_IN, "192.0.2.1")
    other_worker = SqliteRateLimiter(path, clock)
    assert other_worker.allow(Action.SIGN_IN, "192.0.2.1") > 0
    other_worker.close()


def test_threads_never_get_more_than_the_limit(limiter):
    granted = []

    def attempt():
        granted.extend(limiter.allow(Action.SIGN_IN, "192.0.2.1") == 0 for _ in range(10))
        limiter.close()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == LIMITS[Action.SIGN_IN].count


def test_no_address_is_stored_and_salts_do_not_outlive_their_day(limiter, path, clock):
    limiter.allow(Action.SEARCH, "192.0.2.77")
    limiter.close()
    before = path.read_bytes()
    assert b"192.0.2.77" not in before
    salts = read(path, "select salt from salts")
    clock.advance(timedelta(days=1))
    limiter.allow(Action.SEARCH, "192.0.2.77")
    later = read(path, "select salt from salts")
    assert len(later) == 1
    assert later != salts


def test_old_attempts_are_deleted(limiter, path, clock):
    limiter.allow(Action.VOTE, "192.0.2.1")
    clock.advance(timedelta(days=1))
    limiter.allow(Action.VOTE, "192.0.2.2")
    assert read(path, "select count(*) from attempts") == [(1,)]


def test_a_clock_set_back_bars_nobody_for_longer_than_the_window(limiter, clock):
    use_up(limiter, Action.SIGN_IN, "192.0.2.1")
    clock.advance(timedelta(hours=-3))
    assert limiter.allow(Action.SIGN_IN, "192.0.2.1") <= LIMITS[Action.SIGN_IN].seconds


def test_everybody_passes_while_the_file_is_unusable(tmp_path, clock, caplog):
    (tmp_path / "limits.db").write_text("this is not a database, whatever its name says" * 50)
    limiter = SqliteRateLimiter(tmp_path / "limits.db", clock)
    with caplog.at_level(logging.WARNING):
        assert [limiter.allow(Action.SIGN_IN, "192.0.2.1") for _ in range(20)] == [0] * 20
    assert len(caplog.records) == 1
    assert "limits.db" in caplog.text
    limiter.close()


def test_limits_are_back_when_the_file_is(tmp_path, clock):
    folder = tmp_path / "blocked"
    folder.write_text("a file where the folder should be")
    limiter = SqliteRateLimiter(folder / "limits.db", clock)
    assert limiter.allow(Action.SIGN_IN, "192.0.2.1") == 0
    folder.unlink()
    use_up(limiter, Action.SIGN_IN, "192.0.2.1")
    assert limiter.allow(Action.SIGN_IN, "192.0.2.1") > 0
    limiter.close()


def test_a_check_costs_less_than_a_millisecond(limiter):
    use_up(limiter, Action.SUGGEST, "192.0.2.1")
    times = []
    for number in range(200):
        start = time.perf_counter()
        limiter.allow(Action.SUGGEST, f"192.0.2.{number % 7}")
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.001


def test_switched_off_nothing_is_counted():
    assert all(NullRateLimiter().allow(Action.SIGN_IN, "192.0.2.1") == 0 for _ in range(100))


def read(path, sql):
    file = SqliteFile(path)
    try:
        return file.connection().execute(sql).fetchall()
    finally:
        file.close()
