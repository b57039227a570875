"""Hands mails to an SMTP server.

What the server says of a recipient or a text concerns that mail: 4xx is tried again, 5xx
given up.  Everything before (connection, TLS, sign-in, our own address) concerns the
server or the settings, and no mail is given up because a password was mistyped.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address

from kb.mail.message import build_email
from kb.mail.models import Waiting
from kb.mail.sender import DeliveryPostponed, DeliveryRefused, SenderUnavailable

TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the server is and how it wants to be spoken to."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    """``starttls``, ``tls`` from the first byte, or ``off``."""


class SmtpSender:
    """Sends over one connection, which is opened by the first mail of a round."""

    can_send = True

    def __init__(self, server: SmtpServer, sender: Address) -> None:
        self._server = server
        self._sender = sender
        self._connection: smtplib.SMTP | None = None

    def send(self, waiting: Waiting) -> None:
        """Deliver one mail; returns when the server has taken it over."""
        try:
            email = build_email(waiting, self._sender)
        except ValueError as error:
            raise DeliveryRefused(f"the mail cannot be built: {error}") from error
        try:
            connection = self._connect()
            connection.send_message(email, self._sender.addr_spec, [waiting.message.recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            raise _refused(code, reply) from error
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            raise SenderUnavailable(self._explain(error)) from error

    def close(self) -> None:
        """Say goodbye to the server."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (smtplib.SMTPException, OSError):
            # It is gone already; what it has taken over is its own.
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> smtplib.SMTP:
        server = self._server
        # Certificates are checked against those of the system, or of SSL_CERT_FILE.
        context = ssl.create_default_context()
        connection: smtplib.SMTP
        if server.tls == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _explain(self, error: Exception) -> str:
        place = f"{self._server.host}:{self._server.port}"
        if isinstance(error, smtplib.SMTPResponseException):
            reply = _text(error.smtp_error)
            if isinstance(error, smtplib.SMTPAuthenticationError):
                return f"{place} does not accept KB_SMTP_USER and KB_SMTP_PASSWORD: {reply}"
            return f"{place} answered {error.smtp_code} {reply}"
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return (
                f"{place} cannot do what the settings ask for (KB_SMTP_TLS, KB_SMTP_USER): {error}"
            )
        return f"{place} cannot be used: {error or type(error).__name__}"


def _refused(code: int, reply: bytes | str) -> DeliveryRefused | DeliveryPostponed:
    text = f"{code} {_text(reply)}"
    return DeliveryRefused(text) if code >= 500 else DeliveryPostponed(text)


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
