"""Keeps one address from searching or voting more often than a person would."""

from werkzeug.exceptions import TooManyRequests

from kb.web.security import client_address
from kb.web.services import services


def check_limit(action: str) -> None:
    """Let the request pass, or end it with 429 and the seconds to wait.

    Raises:
        TooManyRequests: the address has used up what it may do in this time.
    """
    seconds = services().rate_limiter.allow(action, client_address())
    if seconds:
        raise TooManyRequests(retry_after=seconds)
