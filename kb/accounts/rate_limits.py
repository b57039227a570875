"""How often one address, or one e-mail address, may do what costs the server or its people.

The limits are one table.  What counts the attempts is behind ``RateLimiter``: a SQLite
file that all workers share, or nothing at all for benchmarks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Action(StrEnum):
    """What is limited; the value is what callers pass as ``action``."""

    SIGN_IN = "sign-in"
    SEARCH = "search"
    SUGGEST = "suggest"
    VOTE = "vote"
    CONTACT = "contact"
    REPORT = "report"
    TELL_ME = "tell-me"
    TELL_ME_MAIL = "tell-me-mail"
    INQUIRY_MAIL = "inquiry-mail"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` in any stretch of ``seconds``."""

    count: int
    seconds: int


LIMITS: Mapping[str, Limit] = {
    # Per address and per e-mail address: guessing is slow, a typing error is no disaster.
    Action.SIGN_IN: Limit(10, 5 * 60),
    # A quick reader makes 10 searches a minute; an office behind one address makes more.
    Action.SEARCH: Limit(120, 60),
    # One for each key pressed.
    Action.SUGGEST: Limit(300, 60),
    # Nobody reads more articles in earnest in a day.
    Action.VOTE: Limit(20, 24 * 60 * 60),
    # Each is read by a person, and sends a mail to whatever address was typed.
    Action.CONTACT: Limit(10, 24 * 60 * 60),
    # Each is read by somebody.
    Action.REPORT: Limit(10, 24 * 60 * 60),
    # Each sends a mail to whatever address was typed.
    Action.TELL_ME: Limit(10, 24 * 60 * 60),
    # By e-mail address: nobody's mailbox is filled, whoever asks from wherever.
    Action.TELL_ME_MAIL: Limit(3, 24 * 60 * 60),
    Action.INQUIRY_MAIL: Limit(5, 24 * 60 * 60),
}


class RateLimiter(Protocol):
    """Counts attempts. Never raises: a limiter that fails lets everybody through."""

    def allow(self, action: str, key: str) -> int:
        """Count one attempt of ``key``: 0 when it may go on, else the seconds to wait.

        A refused attempt is not counted, so waiting that long is enough.
        """
        ...


class NullRateLimiter:
    """Lets everybody through: ``KB_RATE_LIMIT=off``."""

    def allow(self, action: str, key: str) -> int:
        """Always 0."""
        return 0
