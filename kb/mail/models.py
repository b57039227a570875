"""The values of the mail feature: messages, and how far their delivery has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """On which way a message leaves."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be sent, as the feature that causes it writes it."""

    kind: str
    """What it is for, such as ``digest``; shown to administrators."""
    body: str
    channel: Channel = Channel.MAIL
    recipient: str = ""
    """A checked e-mail address; empty for the webhook, whose address is a setting."""
    subject: str = ""
    unsubscribe_url: str = ""
    """Where a mail program may send "no more of this" (RFC 8058)."""
    reference: str = ""
    """What the message belongs to, so that it can be taken back."""
    reply_to: str = ""
    """A checked address that answers go to; empty for the sender's."""
    is_to_staff: bool = False
    """The recipient stays on record when the message cannot be delivered."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox."""

    id: int
    message: Message
    message_id: str
    """The same for every attempt, so that a mail that went out twice is known as one."""
    posted_at: datetime
    attempts: int = 0
    problem: str = ""
    """Why the last attempt failed."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A message that will not be sent any more, without its text."""

    kind: str
    channel: Channel
    recipient: str
    """Of mails to staff; the addresses of customers are not kept."""
    posted_at: datetime
    given_up_at: datetime
    problem: str


@dataclass(frozen=True, slots=True)
class OutboxState:
    """What administrators see."""

    waiting: int
    oldest: datetime | None
    problem: str
    """Why the message that failed last is still waiting; "" when none has failed."""
    given_up: tuple[GivenUp, ...]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one round of delivery did."""

    sent: int = 0
    postponed: int = 0
    given_up: int = 0
