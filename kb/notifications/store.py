"""What notifications need from the database."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from kb.notifications.models import AnsweredTopic, TellMeRequest


class NotificationStore(Protocol):
    """Keeps requests apart from the search log; every method may raise ``DatabaseError``."""

    def transaction(self) -> AbstractContextManager[object]:
        """All or nothing, messages of the outbox included."""
        ...

    def add(self, request: TellMeRequest) -> None:
        """Keep a new request."""
        ...

    def find(self, email: str, normalised: str) -> TellMeRequest | None:
        """What this address asked with this text, confirmed or not."""
        ...

    def find_by_key(self, key: str) -> TellMeRequest | None:
        """One request."""
        ...

    def confirm(self, key: str, expires_at: datetime) -> None:
        """The address is its owner's."""
        ...

    def remove(self, key: str) -> None:
        """Delete the request with its address; it need not exist."""
        ...

    def list_expired(self, now: datetime) -> Sequence[str]:
        """Keys of requests whose time is over."""
        ...

    def keep_wordings(self) -> None:
        """Make sure that the wordings of confirmed requests exist and count as failed.

        Their topics are remembered for the day on which the log forgets the wordings.
        """
        ...

    def list_waiting(self, topic_id: int) -> Sequence[TellMeRequest]:
        """Confirmed requests whose wording belongs to the topic now."""
        ...

    def list_answered(self) -> Sequence[AnsweredTopic]:
        """Answered topics that somebody waits for."""
        ...

    def count_waiting(self, topic_ids: Collection[int]) -> Mapping[int, int]:
        """How many wait for each of these topics; those without are left out."""
        ...
