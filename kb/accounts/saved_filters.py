"""Filters of the topics list that somebody named to come back to; each belongs to one account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kb.clock import Clock
from kb.errors import InvalidInput

MAX_FILTERS = 20
"""More than that is a list of its own that somebody has to search."""
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A name, and the query of the address that it stands for."""

    id: int
    name: str
    query: str


class SavedFilterStore(Protocol):
    """Keeps filters; every method may raise ``DatabaseError``."""

    def list_filters(self, account_id: int) -> Sequence[SavedFilter]:
        """Those of one account, by name."""
        ...

    def save_filter(self, account_id: int, name: str, query: str, at: str) -> None:
        """Keep it; one with the same name becomes this one."""
        ...

    def remove_filter(self, account_id: int, filter_id: int) -> bool:
        """Forget it; False when the account has no such filter."""
        ...


class SavedFilterService:
    """What the staff area does with saved filters."""

    def __init__(self, store: SavedFilterStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def list(self, account_id: int) -> Sequence[SavedFilter]:
        """The filters of one account, by name."""
        return self._store.list_filters(account_id)

    def save(self, account_id: int, name: str, query: str) -> str:
        """Keep a filter under a name, in place of one that has the name; the name as kept.

        Raises:
            InvalidInput: the name is empty or too long, or there are too many filters.
        """
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME:
            raise InvalidInput(
                "Give the filter a name of at most %(count)s characters.", "name", count=MAX_NAME
            )
        known = {entry.name for entry in self._store.list_filters(account_id)}
        if name not in known and len(known) >= MAX_FILTERS:
            raise InvalidInput(
                "There are %(count)s filters already; remove one first.", "name", count=MAX_FILTERS
            )
        self._store.save_filter(account_id, name, query, self._clock.now().isoformat())
        return name

    def remove(self, account_id: int, filter_id: int) -> bool:
        """Forget one's own filter; False when there is none."""
        return self._store.remove_filter(account_id, filter_id)
