"""What the outbox needs from the database."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from kb.mail.models import Channel, Message, OutboxState, Waiting


class OutboxStore(Protocol):
    """Keeps messages until they are delivered; every method may raise ``DatabaseError``."""

    def add(self, message: Message, message_id: str, at: datetime) -> None:
        """Keep a message, in the transaction that causes it.

        Raises:
            RuntimeError: there is no transaction: the message could outlive its cause.
        """
        ...

    def cancel(self, reference: str) -> None:
        """Remove the messages that belong to something, in the transaction that ends it."""
        ...

    def exclusive(self, *, wait: bool) -> AbstractContextManager[bool]:
        """Be the only one of all processes that delivers; False when another one does."""
        ...

    def list_due(self, now: datetime, channels: Sequence[Channel], limit: int) -> Sequence[Waiting]:
        """The oldest messages whose time has come."""
        ...

    def find_next(self) -> datetime | None:
        """When the next message is due; None when none waits."""
        ...

    def remove(self, waiting_id: int) -> None:
        """The message was delivered: nothing of it is kept."""
        ...

    def postpone(self, waiting_id: int, until: datetime, problem: str) -> None:
        """Try it again later."""
        ...

    def postpone_all(self, channel: Channel, until: datetime) -> None:
        """Try none of this channel earlier."""
        ...

    def give_up(self, waiting_id: int, at: datetime, problem: str) -> None:
        """Try it never again; keep why, but neither the text nor a customer's address."""
        ...

    def delete_given_up(self, before: datetime) -> None:
        """Forget what was given up before a time."""
        ...

    def get_state(self) -> OutboxState:
        """What waits and what was given up."""
        ...

    def erase(self) -> None:
        """Remove what was deleted from the files as well, as far as others let us."""
        ...

    def close(self) -> None:
        """Close this thread's connection."""
        ...
