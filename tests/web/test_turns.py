"""Searches take turns: who asks seldom and little is not held up by those who ask for all."""

import threading
import time
from collections.abc import Iterator

import pytest

from kb.web.turns import MAX_WAITING, TooManyWaiting, Turns
from tests.conftest import RunningSite
from tests.waiting import wait_until

CHEAP, COSTLY = 0.3, 2.0


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def passing() -> Clock:
    return Clock()


@pytest.fixture
def turns(passing: Clock) -> Turns:
    return Turns(passing)


class Waiting:
    """Searches in threads of their own, in the order in which they began."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: list[str] = []
        self.refused: list[str] = []
        self._may_end = threading.Event()
        self._threads: list[threading.Thread] = []

    def add(self, name: str, address: str, effort: float) -> None:
        before = len(self.turns._waiting) + len(self.began) + len(self.refused)
        thread = threading.Thread(target=self._search, args=(name, address, effort), daemon=True)
        self._threads.append(thread)
        thread.start()
        end = time.monotonic() + 5
        while len(self.turns._waiting) + len(self.began) + len(self.refused) == before:
            assert time.monotonic() < end
            time.sleep(0.001)

    def let_go(self) -> None:
        self._may_end.set()

    def let_end(self) -> None:
        self.let_go()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _search(self, name: str, address: str, effort: float) -> None:
        try:
            turn = self.turns.take(address, effort)
        except TooManyWaiting:
            self.refused.append(name)
            return
        self.began.append(name)
        self._may_end.wait(5)
        self.turns.end(turn)


@pytest.fixture
def waiting(turns: Turns) -> Iterator[Waiting]:
    found = Waiting(turns)
    yield found
    found.let_end()


def use(turns: Turns, clock: Clock, address: str, seconds: float) -> None:
    turn = turns.take(address, COSTLY)
    clock.seconds += seconds
    turns.end(turn)


def test_searches_of_people_run_three_at_a_time(waiting: Waiting) -> None:
    for name in ("a", "b", "c", "d"):
        waiting.add(name, name, CHEAP)
    assert waiting.began == ["a", "b", "c"]


def test_of_addresses_that_ask_much_two_run_and_leave_a_place(
    waiting: Waiting, turns: Turns, passing: Clock
) -> None:
    use(turns, passing, "busy", 1.0)
    for name in ("a", "b", "c"):
        waiting.add(name, "busy", CHEAP)
    assert waiting.began == ["a", "b"]
    waiting.add("person", "good", CHEAP)
    assert waiting.began == ["a", "b", "person"]


def test_only_one_costly_search_runs_and_a_cheap_one_beside_it(waiting: Waiting) -> None:
    waiting.add("costly", "bad", COSTLY)
    waiting.add("costly, too", "worse", COSTLY)
    assert waiting.began == ["costly"]
    waiting.add("cheap", "good", CHEAP)
    assert waiting.began == ["costly", "cheap"]


def test_a_costly_search_begins_when_nothing_else_runs_or_it_has_waited_long(
    turns: Turns, waiting: Waiting, passing: Clock
) -> None:
    running = [turns.take("a", CHEAP), turns.take("b", CHEAP), turns.take("c", CHEAP)]
    waiting.add("costly", "bad", COSTLY)
    turns.end(running.pop())
    assert [turn.address for turn in turns._waiting] == ["bad"]
    assert waiting.began == []
    passing.seconds += 4
    turns.end(running.pop())
    wait_until(lambda: waiting.began == ["costly"])
    turns.end(running.pop())


def pause(turns: Turns, turn: object) -> threading.Event:
    """Have a search let others go first in a thread of its own; tells when it goes on."""
    goes_on = threading.Event()

    def wait() -> None:
        turns.give_way(turn)  # type: ignore[arg-type]
        goes_on.set()

    threading.Thread(target=wait, daemon=True).start()
    return goes_on


def test_a_costly_search_goes_on_when_no_cheap_one_runs(turns: Turns) -> None:
    costly = turns.take("bad", COSTLY)
    assert pause(turns, costly).wait(5)
    cheap = [turns.take("good", CHEAP), turns.take("better", CHEAP)]
    goes_on = pause(turns, costly)
    turns.end(cheap.pop())
    assert not goes_on.wait(0.05)
    turns.end(cheap.pop())
    assert goes_on.wait(5)


def test_a_costly_search_lets_others_go_first_for_a_second_in_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.web.turns._MOST_GIVEN_SECONDS", 0.1)
    turns = Turns()
    costly = turns.take("bad", COSTLY)
    turns.take("good", CHEAP)
    assert pause(turns, costly).wait(5)
    assert costly.given >= 0.1
    given = costly.given
    turns.give_way(costly)
    assert costly.given < given + 0.05


def test_what_a_search_gave_to_others_it_has_not_used(turns: Turns, passing: Clock) -> None:
    costly = turns.take("bad", COSTLY)
    cheap = turns.take("good", CHEAP)
    passing.seconds += 1
    goes_on = pause(turns, costly)
    wait_until(lambda: turns._ended._waiters)  # type: ignore[attr-defined]
    passing.seconds += 0.5
    turns.end(cheap)
    assert goes_on.wait(5)
    turns.end(costly)
    assert turns._used_by("bad", passing()) == pytest.approx(1.0)


@pytest.mark.parametrize("path", ["/search", "/search/answers", "/api/v1/search"])
def test_what_costs_much_pauses_and_what_people_ask_does_not(
    site: RunningSite, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(Turns, "give_way", lambda self, turn: pauses.append(turn.effort))
    assert site.client.get(path, query_string={"q": "refund for a late parcel"}).status_code == 200
    assert pauses == []
    pasted = "my parcel is late and I want a refund " * 5
    assert site.client.get(path, query_string={"q": pasted}).status_code == 200
    assert len(pauses) > 5
    assert min(pauses) > 1


def test_who_asks_seldom_and_little_is_next(waiting: Waiting, turns: Turns, passing: Clock) -> None:
    use(turns, passing, "busy", 3.0)
    costly, busy = turns.take("one", COSTLY), turns.take("busy", CHEAP)
    person = turns.take("good", CHEAP)
    for name, address, effort in (
        ("second", "two", COSTLY), ("busy, too", "busy", CHEAP), ("next", "good", CHEAP),
    ):  # fmt: skip
        waiting.add(name, address, effort)
    assert len(turns._waiting) == 3
    assert waiting.began == []
    turns.end(person)
    wait_until(lambda: waiting.began == ["next"])
    waiting.let_go()
    turns.end(busy)
    wait_until(lambda: waiting.began == ["next", "busy, too"])
    turns.end(costly)
    wait_until(lambda: waiting.began == ["next", "busy, too", "second"])


def test_nobody_waits_for_ever_behind_later_ones(waiting: Waiting, passing: Clock) -> None:
    waiting.add("running", "one", COSTLY)
    waiting.add("costly", "two", COSTLY)
    passing.seconds += 10
    waiting.add("later", "three", COSTLY - 0.05)
    waiting.let_end()
    assert waiting.began == ["running", "costly", "later"]


def test_what_was_used_is_forgotten(turns: Turns, passing: Clock) -> None:
    use(turns, passing, "busy", 3.0)
    assert turns._used_by("busy", passing()) == pytest.approx(3.0)
    passing.seconds += 60
    assert turns._used_by("busy", passing()) < 0.001


def test_when_too_many_wait_the_last_ones_come_back_later(waiting: Waiting) -> None:
    waiting.add("running", "bad", COSTLY)
    for number in range(MAX_WAITING + 3):
        waiting.add(f"costly {number}", f"bad {number}", COSTLY)
    assert len(waiting.refused) == 3
    waiting.add("person", "good", CHEAP)
    assert "person" in waiting.began


def test_a_search_that_waits_too_long_is_refused(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.web.turns.LONGEST_WAIT_SECONDS", 0.01)
    running = turns.take("a", COSTLY)
    with pytest.raises(TooManyWaiting):
        turns.take("b", COSTLY)
    turns.end(running)
    turns.end(turns.take("b", COSTLY))


def test_addresses_are_kept_in_bounded_memory(turns: Turns, passing: Clock) -> None:
    for number in range(10_000):
        use(turns, passing, f"address {number}", 0.01)
    assert len(turns._used) <= 4_096


@pytest.mark.parametrize("path", ["/search?q=refund", "/api/v1/search?q=refund"])
def test_every_search_of_the_site_ends_its_turn(site: RunningSite, path: str) -> None:
    turns: Turns = site.app.extensions["helpshelf.turns"]
    for _ in range(5):
        assert site.client.get(path).status_code == 200
        assert not turns._running
    assert turns._used


@pytest.mark.parametrize("path", ["/search?q=refund", "/api/v1/search?q=refund"])
def test_too_many_searches_are_told_when_to_come_back(
    site: RunningSite, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.web.turns.LONGEST_WAIT_SECONDS", 0.01)
    turns: Turns = site.app.extensions["helpshelf.turns"]
    running = [turns.take(f"somebody {number}", 0.1) for number in range(3)]
    answer = site.client.get(path)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    for turn in running:
        turns.end(turn)
    assert site.client.get(path).status_code == 200
