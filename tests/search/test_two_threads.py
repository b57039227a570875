"""Half of a piece of work goes to another thread, and comes back whatever happens."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from kb.search import two_threads as two_threads_module
from kb.search.comparing import compare
from kb.search.rounded import RoundedVectors, round_vectors
from kb.search.two_threads import TwoThreads

ROOT = Path(__file__).parents[2]
WIDTH = 32


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> TwoThreads:
    """Two, on whatever machine the tests run."""
    monkeypatch.setattr(two_threads_module, "_count_cores", lambda: 2)
    return TwoThreads()


def test_both_halves_are_done_at_the_same_time(threads: TwoThreads) -> None:
    both = threading.Barrier(2, timeout=10)

    threads.run(lambda: both.wait() and None, lambda: both.wait() and None)


def test_a_half_that_nobody_has_begun_is_done_by_who_wants_it(threads: TwoThreads) -> None:
    is_busy, may_end = threading.Event(), threading.Event()
    ran_in: list[str] = []

    def keep_busy() -> None:
        is_busy.set()
        assert may_end.wait(10)

    other = threading.Thread(target=threads.run, args=(may_end.wait, keep_busy))
    other.start()
    assert is_busy.wait(10)

    threads.run(lambda: None, lambda: ran_in.append(threading.current_thread().name))
    may_end.set()
    other.join()

    assert ran_in == [threading.current_thread().name]


@pytest.mark.parametrize("failing", ["here", "there"])
def test_an_error_of_either_half_is_told_and_the_next_ones_work(
    threads: TwoThreads, failing: str
) -> None:
    def fail() -> None:
        raise OSError("no more memory")

    both = threading.Barrier(2, timeout=10)

    def here() -> None:
        both.wait()
        if failing == "here":
            fail()

    def there() -> None:
        both.wait()
        if failing == "there":
            fail()

    with pytest.raises(OSError, match="no more memory"):
        threads.run(here, there)

    done: list[int] = []
    threads.run(lambda: done.append(1), lambda: done.append(2))
    assert sorted(done) == [1, 2]


def test_a_forked_process_has_a_second_thread_of_its_own() -> None:
    script = (
        "import os, threading\n"
        "from kb.search import two_threads\n"
        "two_threads.two_threads._is_worth_it = True\n"
        "def work():\n"
        "    both = threading.Barrier(2, timeout=10)\n"
        "    two_threads.two_threads.run(both.wait, both.wait)\n"
        "work()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    work()\n"
        "    os._exit(0)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, timeout=60)
    assert done.returncode == 0


def test_many_rows_are_compared_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    rows = [random.standard_normal((count, WIDTH)).astype(np.float32) for count in (70, 0, 1, 94)]
    parts = [RoundedVectors.of(round_vectors(part / 10)) for part in rows]
    question = parts[0].restore(slice(3, 4))[0]
    few = compare(parts, question)

    monkeypatch.setattr("kb.search.comparing._HALVED_FROM", 100)

    assert np.array_equal(compare(parts, question), few)
