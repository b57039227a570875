"""Prints mails instead of sending them: for a demo, and to try templates."""

import sys
from email.headerregistry import Address
from typing import TextIO

from kb.mail.message import build_email
from kb.mail.models import Waiting


class ConsoleSender:
    """Writes each mail to a stream, the log of the server by default."""

    can_send = True

    def __init__(self, sender: Address, stream: TextIO | None = None) -> None:
        self._sender = sender
        self._stream = stream

    def send(self, waiting: Waiting) -> None:
        """Print headers and text as a person reads them."""
        email = build_email(waiting, self._sender)
        head = "".join(f"{name}: {value}\n" for name, value in email.items())
        text = f"--- mail\n{head}\n{waiting.message.body}---\n"
        stream = self._stream or sys.stderr
        stream.write(text)
        stream.flush()

    def close(self) -> None:
        """Nothing is open."""
