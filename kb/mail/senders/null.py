"""No way out: mail, or the webhook, is not set up."""

from kb.mail.models import Waiting
from kb.mail.sender import SenderUnavailable


class NullSender:
    """Sends nothing, and keeps features that need it from being offered."""

    can_send = False

    def send(self, waiting: Waiting) -> None:
        """What waits from the time when it was set up goes on waiting."""
        raise SenderUnavailable("sending is not set up")

    def close(self) -> None:
        """Nothing is open."""
