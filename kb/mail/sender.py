"""What delivers a message, and the ways in which that can fail."""

from typing import Protocol

from kb.errors import HelpshelfError
from kb.mail.models import Waiting


class DeliveryRefused(HelpshelfError):
    """This message will never be accepted (SMTP 5xx, HTTP 4xx): trying again is of no use."""


class DeliveryPostponed(HelpshelfError):
    """This message was not accepted now (SMTP 4xx, HTTP 5xx): try it again later."""


class SenderUnavailable(HelpshelfError):
    """Nothing can be sent at the moment: the other side is down, or a setting is wrong.

    It says nothing of the message, so no message is given up for it before its time.
    """


class Sender(Protocol):
    """Delivers messages of one channel."""

    @property
    def can_send(self) -> bool:
        """Whether it is set up; features that need it are offered only then."""
        ...

    def send(self, waiting: Waiting) -> None:
        """Deliver one message; returns when the other side has taken it over.

        Raises:
            DeliveryRefused: for good.
            DeliveryPostponed: this one, for now.
            SenderUnavailable: all of them, for now.
        """
        ...

    def close(self) -> None:
        """End what was kept open for the next message."""
        ...
