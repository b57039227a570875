"""What grouping needs from the database, and the values it exchanges with it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kb.content_gaps.models import Wording


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that belongs to a topic."""

    key: str
    topic: int
    model: str | None
    """With which model the key was compared with others: "" by words alone, None never yet."""
    vector: bytes | None
    """What it means (float16), when the model is the one that was asked for."""


@dataclass(frozen=True, slots=True)
class PlacedKey:
    """A key with the new wordings that have it, and how it was compared."""

    key: str
    wordings: tuple[int, ...] = ()
    model: str | None = None
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Keys that ask the same thing, for the topic ``into`` or, when that is None, a new one.

    ``absorbed`` are topics whose keys and wordings go there too.
    """

    into: int | None
    keys: tuple[PlacedKey, ...]
    absorbed: tuple[int, ...] = ()


class GroupingStore(Protocol):
    """Keeps which wording and which key belongs to which topic. May raise DatabaseError."""

    def list_ungrouped(self, limit: int) -> list[Wording]:
        """Wordings of failed searches that belong to no topic yet, the oldest first."""
        ...

    def list_one_off(self, least: int) -> frozenset[int]:
        """Ungrouped wordings of a single visit with at least so many of them."""
        ...

    def list_keys(self) -> dict[str, int]:
        """Every key with the number of its topic, in the order of topics."""
        ...

    def list_known(self, model: str) -> list[KnownKey]:
        """Every key that customers searched, with its vector of this model; none of noise."""
        ...

    def list_touched(self) -> Set[int]:
        """The topics that somebody has decided about, or done anything with."""
        ...

    def find_texts(self, keys: Sequence[str]) -> dict[str, str]:
        """The most frequent wording of each of the keys that have one."""
        ...

    def set_aside(self, wordings: Sequence[int]) -> None:
        """These have no words: they belong to no topic, for good."""
        ...

    def put_with_noise(self, keys: Mapping[str, Sequence[int]], at: datetime) -> None:
        """These wordings, by key, are noise."""
        ...

    def place(self, placements: Sequence[Placement], at: datetime) -> None:
        """Put keys and wordings into topics, as long as nobody else has done so meanwhile.

        A key keeps the topic that it has, a wording too.  A topic that was merged into
        another leads there; one that an agent has touched is not absorbed.
        """
        ...
