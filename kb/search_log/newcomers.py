"""Folds the searches of browsers that refuse cookies, and notices scripts, without a trace.

A browser that returns no cookie would make a new visit of every page of hits.  For a
minute this module remembers, in memory and nowhere else, which new visits came from the
same place: a keyed hash of address and browser, whose key was made when the process
started and is never written.  Within seconds a search that continues the text of the
last one joins its visit.  Everything is forgotten after a minute; nothing of it is ever
in the database.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from kb.search_log.folding import TYPING, is_typing

FLOOD_SECONDS = 60
MOST_NEW_VISITS = 20
"""New visits in a minute from one address and browser; people behind one office or mobile
network who have never searched before do not come that fast."""
_PLACES = 4_096


@dataclass(frozen=True, slots=True)
class _Arrival:
    at: datetime
    token: str
    """"" for a search that was left out."""
    normalised: str


class Newcomers:
    """Visits that began in the last minute, by where they came from; safe between threads."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._arrivals: OrderedDict[bytes, deque[_Arrival]] = OrderedDict()

    def find(self, place: str, at: datetime, normalised: str | None = None) -> str | None:
        """The visit that began seconds ago at the same place.

        Args:
            place: tells one browser from another: never kept, only its keyed hash.
            at: now.
            normalised: what is searched; only a visit whose text it continues is found.
                None finds the latest.
        """
        with self._lock:
            for arrival in reversed(self._recent(place, at)):
                if not arrival.token or abs(at - arrival.at) > TYPING:
                    continue
                if normalised is None or is_typing(arrival.normalised, normalised):
                    return arrival.token
        return None

    def note(self, place: str, at: datetime, token: str, normalised: str) -> None:
        """A search began or continued the visit with this token, or was left out with ""."""
        with self._lock:
            arrivals = self._recent(place, at)
            known = next((a for a in arrivals if token and a.token == token), None)
            if known is not None:
                arrivals.remove(known)
            arrivals.append(_Arrival(at, token, normalised))
            key = self._hash(place)
            self._arrivals[key] = arrivals
            self._arrivals.move_to_end(key)
            if len(self._arrivals) > _PLACES:
                self._arrivals.popitem(last=False)

    def find_flood(self, place: str, at: datetime) -> list[str] | None:
        """The visits of a script at this place, None when there is none."""
        with self._lock:
            arrivals = self._recent(place, at)
            if len(arrivals) < MOST_NEW_VISITS:
                return None
            return [arrival.token for arrival in arrivals if arrival.token]

    def _recent(self, place: str, at: datetime) -> deque[_Arrival]:
        while self._arrivals:
            key, arrivals = next(iter(self._arrivals.items()))
            if arrivals and not _is_old(arrivals[-1], at):
                break
            del self._arrivals[key]
        arrivals = self._arrivals.get(self._hash(place), deque(maxlen=MOST_NEW_VISITS))
        while arrivals and _is_old(arrivals[0], at):
            arrivals.popleft()
        return arrivals

    def _hash(self, place: str) -> bytes:
        data = place.encode("utf-8", "replace")
        return hashlib.blake2b(data, key=self._key, digest_size=16).digest()


def _is_old(arrival: _Arrival, at: datetime) -> bool:
    return abs(at - arrival.at) > timedelta(seconds=FLOOD_SECONDS)
