"""What content changes need from the database. Methods may raise DatabaseError."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kb.content_changes.models import KeptText, PendingPush, PublishRun


class ContentChangeStore(Protocol):
    """Keeps what is typed, pushes that wait, and how publishing went.

    What is kept is on the disk when a method returns.
    """

    def keep_text(self, kept: KeptText) -> None:
        """Keep what somebody typed, in place of what this editor page kept before."""
        ...

    def list_texts(self, branch: str = "", path: str = "") -> Sequence[KeptText]:
        """Texts that are kept, of one draft or of all, the latest first."""
        ...

    def find_text(self, key: str) -> KeptText | None:
        """The text that an editor page kept."""
        ...

    def drop_text(self, key: str, account_id: int, saved_at: datetime | None = None) -> bool:
        """Delete a kept text of this account; only if it is as old as said, when said."""
        ...

    def request_push(self, branch: str, at: datetime) -> None:
        """Note that a branch has to be pushed."""
        ...

    def list_pushes(self) -> Sequence[PendingPush]:
        """Branches that have to be pushed, the one that is due first at the front."""
        ...

    def fail_push(self, branch: str, reason: str, next_at: datetime) -> None:
        """Note that a push did not work, and when to try again."""
        ...

    def finish_push(self, branch: str, requested_at: datetime) -> None:
        """A push worked; a request that came later stays."""
        ...

    def start_publish(self, branch: str, path: str, commit: str, at: datetime) -> int:
        """Note that publishing began; its number."""
        ...

    def end_publish(self, run: int, error: str, at: datetime) -> None:
        """Note how publishing ended."""
        ...

    def find_publish(self, run: int) -> PublishRun | None:
        """One publishing."""
        ...
