"""The values of inquiries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Where an inquiry stands."""

    NEW = "new"
    """Nobody has looked at it."""
    OPEN = "open"
    """Somebody works on it."""
    PENDING = "pending"
    """Answered; the customer is asked for more."""
    SOLVED = "solved"
    CLOSED = "closed"
    """Ended without an answer, such as spam."""


TO_ANSWER = (Status.NEW, Status.OPEN)
"""What waits for an agent."""


class EntryKind(StrEnum):
    """What happened to an inquiry."""

    REPLY = "reply"
    """Sent to the customer."""
    NOTE = "note"
    """For colleagues only."""
    STATUS = "status"
    """The text is the new status."""
    ASSIGNED = "assigned"
    """The text is the e-mail address of the agent who has it now; empty for nobody."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a customer did before writing, where the customer sends it along."""

    searches: tuple[str, ...] = ()
    """Texts without personal data, as the search log keeps them."""
    opened: tuple[str, ...] = ()
    """Slugs of the articles that were read."""


@dataclass(frozen=True, slots=True)
class NewInquiry:
    """What the form holds."""

    email: str
    message: str
    name: str = ""
    question: str = ""
    """What was searched before; empty for who came another way."""
    article: str = ""
    """Slug of the article that did not help."""
    tried: Tried = Tried()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One message of a customer and what has become of it."""

    id: int
    key: str
    """Random; whoever knows it may see where the inquiry stands."""
    email: str
    name: str
    message: str
    question: str
    article: str
    department: str
    """Slug of the department that answers; empty where none is published."""
    status: Status
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None
    """By when a reply was promised; None where nothing is."""
    answered_at: datetime | None
    """When the first reply went out; automatic mails are none."""
    tried: Tried
    assignee: str = ""
    """E-mail address of the agent who takes care of it; empty for nobody."""

    def is_late(self, now: datetime) -> bool:
        """Whether the promised time has passed without a reply."""
        return (
            self.due_at is not None
            and (self.answered_at or now) > self.due_at
            and self.status is not Status.CLOSED
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to an inquiry."""

    kind: EntryKind
    text: str
    by: str
    """E-mail address of the agent."""
    at: datetime
    before: str = ""
    """Of a status or an assignment: what was there before."""
    id: int = 0
    inquiry: int = 0
    undone_by: int | None = None
    """The entry that took this one back."""

    @property
    def is_undoable(self) -> bool:
        """Whether it changed something that can be taken back: a mail that was sent cannot."""
        changes = self.kind is EntryKind.ASSIGNED or (self.kind is EntryKind.STATUS and self.before)
        return bool(changes) and self.undone_by is None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What an agent answered to a customer with the same question."""

    inquiry: int
    text: str
    at: datetime
