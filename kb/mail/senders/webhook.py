"""Posts messages to an address that the operator has set, signed so that it can be trusted.

The address may be anywhere, also in the operator's own network: it comes from a setting
and never from a request.  Redirects are not followed, since they would carry the message
to an address that nobody has set.
"""

import hashlib
import hmac
import http.client
import urllib.error
import urllib.request
from typing import IO

from kb.clock import Clock
from kb.mail.models import Waiting
from kb.mail.sender import DeliveryPostponed, DeliveryRefused, SenderUnavailable

TIMEOUT_SECONDS = 10.0
_MAX_ANSWER = 64 * 1024
_LATER = frozenset((408, 425, 429))


class WebhookSender:
    """Sends the body of a message as one POST."""

    can_send = True

    def __init__(self, url: str, secret: str, clock: Clock) -> None:
        self._url = url
        self._secret = secret.encode()
        self._clock = clock
        self._opener = urllib.request.build_opener(_NoRedirects)

    def send(self, waiting: Waiting) -> None:
        """Deliver one message; any status from 200 to 299 is a yes."""
        body = waiting.message.body.encode()
        request = urllib.request.Request(  # noqa: S310  # the setting allows http and https only
            self._url, data=body, headers=self._make_headers(waiting, body), method="POST"
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                answer.read(_MAX_ANSWER)
        except urllib.error.HTTPError as error:
            with error:
                text = f"the webhook answered {error.code} {error.reason}"
            if error.code >= 500 or error.code in _LATER:
                raise DeliveryPostponed(text) from error
            raise DeliveryRefused(text) from error
        except (OSError, http.client.HTTPException) as error:
            # URLError is an OSError; neither names the address, which may be a secret.
            reason = getattr(error, "reason", error)
            raise SenderUnavailable(f"the webhook cannot be reached: {reason}") from error

    def close(self) -> None:
        """Nothing is kept open."""

    def _make_headers(self, waiting: Waiting, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Helpshelf",
            "X-Helpshelf-Event": waiting.message.kind,
            # The same at every attempt: a receiver that knows it has had the message.
            "X-Helpshelf-Delivery": waiting.message_id.strip("<>"),
        }
        if self._secret:
            timestamp = str(int(self._clock.now().timestamp()))
            headers["X-Helpshelf-Timestamp"] = timestamp
            headers["X-Helpshelf-Signature"] = make_signature(self._secret, timestamp, body)
        return headers


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        return None  # leaves the answer to be an HTTPError


def make_signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What a receiver compares: the time is signed too, so that nothing can be replayed later."""
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"
