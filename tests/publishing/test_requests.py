"""Work in the background gives way to requests."""

import threading

import pytest

from kb.publishing import generations
from kb.publishing.generation import Generation
from kb.publishing.requests import Requests
from kb.search.engine import GiveWay
from tests.conftest import RunningSite
from tests.waiting import wait_until

LONG = 60.0


def give_way(requests: Requests, longest: float) -> threading.Thread:
    """Give way in a thread, of which a test can tell whether it ends."""
    thread = threading.Thread(target=requests.give_way, args=(longest,), daemon=True)
    thread.start()
    return thread


def test_nobody_waits_where_nothing_is_asked() -> None:
    waiting = give_way(Requests(), LONG)
    waiting.join(LONG / 3)
    assert not waiting.is_alive()


def test_what_nobody_waits_for_goes_on_after_the_last_request() -> None:
    requests = Requests()
    with requests:
        with requests:
            waiting = give_way(requests, LONG)
        waiting.join(0.1)
        assert waiting.is_alive()
    waiting.join(LONG / 3)
    assert not waiting.is_alive()


def test_a_busy_server_does_not_stop_it_for_ever() -> None:
    requests = Requests()
    with requests:
        waiting = give_way(requests, 0.05)
        waiting.join(LONG / 3)
        assert not waiting.is_alive()


def test_a_request_counts_until_it_is_answered_or_fails(site: RunningSite) -> None:
    seen: list[bool] = []
    site.app.testing = False

    def look() -> str:
        seen.append(bool(site.services.generations.requests._count))
        raise RuntimeError("a view that fails")

    site.app.view_functions["help_center.home"] = look
    assert site.client.get("/").status_code == 500
    assert seen == [True]
    assert not site.services.generations.requests._count


def test_a_generation_is_prepared_without_a_pause_until_all_is_done(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[GiveWay] = []

    def warm(generation: Generation, give_way: GiveWay) -> bool:
        calls.append(give_way)
        return len(calls) >= 5

    monkeypatch.setattr(generations, "CHECK_SECONDS", 3_600.0)
    monkeypatch.setattr(Generation, "warm", warm)
    site.services.generations.current()
    wait_until(lambda: len(calls) >= 5)
    assert calls[0] == site.services.generations.requests.give_way
