"""What triage needs from the database: the marks of topics, their wordings, and the trail."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from kb.content_gaps.models import Action, Change, Marks, Move, TopicEvent, Wording


class TriageStore(Protocol):
    """Keeps what agents decide. Every method may raise DatabaseError.

    What is read and then written belongs inside ``transaction()``.
    """

    def transaction(self) -> AbstractContextManager[object]:
        """All or nothing, and alone: other writers wait."""
        ...

    def find_marks(self, topic_id: int) -> Marks | None:
        """What was decided about a topic, None when there is no such topic."""
        ...

    def set_marks(self, topic_id: int, marks: Marks) -> None:
        """Replace what was decided about a topic."""
        ...

    def add_topic(self, at: datetime) -> int:
        """A new topic without wordings; its number."""
        ...

    def list_wordings(self, topic_id: int) -> list[Wording]:
        """The wordings of a topic, the most frequent first."""
        ...

    def move(self, source: int, target: int, wordings: Sequence[int] | None) -> Move:
        """Put wordings (all when None) into another topic, with the keys only they have."""
        ...

    def move_back(self, move: Move) -> None:
        """Take a move back, as far as the wordings are still where it put them."""
        ...

    def add_event(
        self,
        topic_id: int,
        at: datetime,
        account_email: str,
        action: Action,
        note: str,
        change: Change | None,
    ) -> int:
        """Add a line to the trail; its number."""
        ...

    def find_event(self, event_id: int) -> TopicEvent | None:
        """One line of the trail."""
        ...

    def list_events(self, topic_id: int) -> list[TopicEvent]:
        """The trail of a topic, the latest first."""
        ...

    def mark_undone(self, event_id: int, by: int) -> None:
        """Note which event took this one back."""
        ...
