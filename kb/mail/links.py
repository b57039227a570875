"""Links in mails that prove by themselves who may follow them, without a sign-in.

A link holds a key and a signature over what it is for, so that a copy of the database
makes no link, and a link to stop mails confirms nothing.
"""

import hashlib
import hmac
import secrets

_SIGNATURE_LENGTH = 32
"""Hexadecimal digits, 128 bits."""
_MAX_TOKEN = 200


class LinkSigner:
    """Makes and reads the last part of such links; a new signing key ends them all."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def make(self, purpose: str, key: str) -> str:
        """The token for a key (letters, digits, ``-`` and ``_``) and a purpose."""
        return f"{key}.{self._sign(purpose, key)}"

    def read(self, purpose: str, token: str) -> str | None:
        """The key of a token that was made for this purpose; None for any other text."""
        key, dot, signature = token[:_MAX_TOKEN].rpartition(".")
        given = signature.encode("utf-8", "replace")
        is_ours = hmac.compare_digest(given, self._sign(purpose, key).encode())
        return key if dot and is_ours else None

    def _sign(self, purpose: str, key: str) -> str:
        message = f"link\0{purpose}\0{key}".encode("utf-8", "replace")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:_SIGNATURE_LENGTH]


def make_key() -> str:
    """A new key that nobody can guess."""
    return secrets.token_urlsafe(16)
