"""Searches take turns, so that nobody can make the others wait.

One process answers two searches at a time, and a third for an address that asks now and then;
more would only slow each other down.  Who waits is called by what the search is likely to cost
and by what the address has used in the last seconds: a short question of somebody who asks
seldom goes before the pasted log file of somebody who sends one after the other.  Only one
costly search runs at a time, and at each of its steps it lets the others that run go first.
Nobody is refused for that; when too many wait, the ones at the end are told to come back.
"""

import itertools
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from flask import Flask, current_app, g, request
from werkzeug.exceptions import TooManyRequests

from kb.text import MAX_QUERY_LENGTH
from kb.web.security import client_address

MAX_WAITING = 20
"""Each one keeps a thread of the server, which needs some for other pages."""
LONGEST_WAIT_SECONDS = 10.0
_RETRY_SECONDS = 5
_AT_ONCE, _AT_ONCE_FOR_SELDOM = 2, 3
_HALF_LIFE_SECONDS = 5.0
"""After so long half of what an address has used is forgotten."""
_MOST_USED = 2.0
"""Seconds that an address can be put back for what it used; it must have its turn, too."""
_CHEAP, _SELDOM = 1.0, 0.2
"""Effort, and seconds used lately, below which a search is one of those that people send."""
_PATIENCE_SECONDS = 3.0
"""After which a costly search no longer waits until nothing else runs: something may always."""
_MOST_GIVEN_SECONDS = 1.0
"""How long a costly search that runs lets others go first, in all."""
_SWITCH_SECONDS = 0.001
"""A search that waited for a file or the sentence model must not wait as long again for
Python to interrupt another one (5 ms by default, several times a search)."""
_PER_CHARACTER = 0.01
_PER_PAGE, _PAGES = 0.2, 5
"""Nobody reads the sixth page in a hurry."""
_ADDRESSES = 4_096
_SEARCHES = frozenset({"search.results", "search.answers", "api.search"})


class TooManyWaiting(Exception):
    """There is no place to wait, or it took too long."""


@dataclass(eq=False, slots=True)
class _Turn:
    address: str
    used: float
    """Seconds that the address has used lately."""
    effort: float
    arrived: float
    rank: tuple[float, int]
    """Who is called first: time of arrival, put back by both."""
    called: threading.Event = field(default_factory=threading.Event)
    is_refused: bool = False
    started: float = 0.0
    given: float = 0.0
    """Seconds in which it let others go first."""

    @property
    def is_costly(self) -> bool:
        return self.effort >= _CHEAP


class Turns:
    """Decides who is next; safe to share between threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._number = itertools.count()
        self._running: list[_Turn] = []
        self._waiting: list[_Turn] = []
        self._used: dict[str, tuple[float, float]] = {}

    def take(self, address: str, effort: float) -> _Turn:
        """Wait for one's turn; ``effort`` is what the search is likely to cost, 0 to some 3.

        Raises:
            TooManyWaiting: come back later.
        """
        with self._lock:
            now = self._now()
            used = self._used_by(address, now)
            rank = (now + effort + min(used, _MOST_USED), next(self._number))
            turn = _Turn(address, used, effort, now, rank)
            self._waiting.append(turn)
            self._call()
            if len(self._waiting) > MAX_WAITING:
                self._refuse(max(self._waiting, key=lambda t: t.rank))
        if not turn.called.wait(LONGEST_WAIT_SECONDS):
            with self._lock:
                if not turn.called.is_set():
                    self._refuse(turn)
        if turn.is_refused:
            raise TooManyWaiting
        return turn

    def end(self, turn: _Turn) -> None:
        """Let the next one begin."""
        with self._lock:
            now = self._now()
            self._running.remove(turn)
            if len(self._used) >= _ADDRESSES:
                self._used.clear()
            used = self._used_by(turn.address, now) + now - turn.started - turn.given
            self._used[turn.address] = (used, now)
            self._call()
            self._ended.notify_all()

    def give_way(self, turn: _Turn) -> None:
        """Between two steps of a costly search: wait until no cheap one runs."""
        with self._lock:
            began = self._now()
            left = _MOST_GIVEN_SECONDS - turn.given
            self._ended.wait_for(lambda: all(one.is_costly for one in self._running), left)
            turn.given += self._now() - began

    def _used_by(self, address: str, now: float) -> float:
        used, at = self._used.get(address, (0.0, now))
        return float(used * 0.5 ** ((now - at) / _HALF_LIFE_SECONDS))

    def _call(self) -> None:
        while able := [turn for turn in self._waiting if self._may_run(turn)]:
            turn = min(able, key=lambda t: t.rank)
            self._waiting.remove(turn)
            self._running.append(turn)
            turn.started = self._now()
            turn.called.set()

    def _may_run(self, turn: _Turn) -> bool:
        if turn.is_costly and self._now() - turn.arrived < _PATIENCE_SECONDS:
            return not self._running
        if turn.is_costly and any(other.is_costly for other in self._running):
            return False
        return len(self._running) < (_AT_ONCE_FOR_SELDOM if turn.used < _SELDOM else _AT_ONCE)

    def _refuse(self, turn: _Turn) -> None:
        self._waiting.remove(turn)
        turn.is_refused = True
        turn.called.set()


def init_turns(app: Flask) -> None:
    """Make all searches of the application take turns."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    turns = app.extensions["helpshelf.turns"] = Turns()

    def wait() -> None:
        if request.endpoint in _SEARCHES:
            take_turn(turns)

    def end(error: BaseException | None) -> None:
        turn = g.pop("turn", None)
        if turn is not None:
            turns.end(turn)

    app.before_request(wait)
    app.teardown_request(end)


def take_turn(turns: Turns) -> None:
    """Wait until this request may search; it ends with the request.

    Raises:
        TooManyRequests: too many wait.
    """
    try:
        g.turn = turns.take(client_address(), _effort())
    except TooManyWaiting:
        raise TooManyRequests(retry_after=_RETRY_SECONDS) from None


def find_pause() -> Callable[[], None]:
    """What this request's search has to call between its steps."""
    turn: _Turn | None = g.get("turn")
    if turn is None or not turn.is_costly:
        return lambda: None
    turns: Turns = current_app.extensions["helpshelf.turns"]
    return partial(turns.give_way, turn)


def _effort() -> float:
    length = min(len(request.args.get("q", "")), MAX_QUERY_LENGTH)
    page = request.args.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else len(page)
    return length * _PER_CHARACTER + min(max(0, number - 1), _PAGES) * _PER_PAGE
