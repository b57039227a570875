"""What inquiries need from the database."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from kb.inquiries.models import Entry, GivenAnswer, Inquiry, Status


class InquiryStore(Protocol):
    """Keeps inquiries apart from the search log; every method may raise ``DatabaseError``."""

    def transaction(self) -> AbstractContextManager[object]:
        """All or nothing, messages of the outbox included."""
        ...

    def add(self, inquiry: Inquiry, wordings: Collection[str]) -> Inquiry:
        """Keep a new inquiry, with the normalised texts that were searched; with its number."""
        ...

    def find(self, inquiry_id: int) -> Inquiry | None:
        """One inquiry."""
        ...

    def find_by_key(self, key: str) -> Inquiry | None:
        """The inquiry with this key."""
        ...

    def list_inquiries(
        self,
        statuses: Sequence[Status],
        limit: int,
        offset: int = 0,
        assignee: str | None = None,
    ) -> Sequence[Inquiry]:
        """Those in one of the statuses: first what is due, the earliest first, then the newest.

        Args:
            statuses: that are wanted.
            limit: the most of them.
            offset: how many to leave out at the beginning.
            assignee: whose; "" for nobody's, None for all.
        """
        ...

    def count_by_status(self, assignee: str | None = None) -> Mapping[Status, int]:
        """How many there are; statuses without any are left out."""
        ...

    def change(
        self, inquiry_id: int, status: Status, at: datetime, answered_at: datetime | None
    ) -> None:
        """Set where it stands."""
        ...

    def assign(self, inquiry_id: int, assignee: str) -> None:
        """Set who takes care of it."""
        ...

    def add_entry(self, inquiry_id: int, entry: Entry) -> int:
        """Something happened to it; the number of the entry."""
        ...

    def find_entry(self, entry_id: int) -> Entry | None:
        """One entry of any inquiry."""
        ...

    def mark_undone(self, entry_id: int, by: int) -> None:
        """Note which entry took this one back."""
        ...

    def list_entries(self, inquiry_id: int) -> Sequence[Entry]:
        """What happened to it, the oldest first."""
        ...

    def list_of_topic(self, topic_id: int, limit: int) -> Sequence[Inquiry]:
        """The newest inquiries of customers who searched for the topic before."""
        ...

    def count_of_topic(self, topic_id: int) -> int:
        """How many there are."""
        ...

    def list_answers(self, topic_id: int, limit: int) -> Sequence[GivenAnswer]:
        """The last reply of each solved inquiry on the topic, the newest first."""
        ...

    def delete(self, inquiry_id: int) -> None:
        """Remove it with everything that belongs to it."""
        ...

    def list_unchanged(self, before: datetime) -> Sequence[int]:
        """Inquiries to which nothing has happened since."""
        ...
