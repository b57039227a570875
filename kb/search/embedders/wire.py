"""What goes over the socket between workers and the embedding process.

Each message is its length in four bytes and MessagePack.  No pickles: whoever could
write to the socket could run code in the worker.
"""

import socket
import struct

import msgspec

MAX_REQUEST_BYTES = 1024 * 1024
MAX_REPLY_BYTES = 16 * 1024 * 1024
_LENGTH = struct.Struct("!I")


class EmbedRequest(msgspec.Struct, frozen=True):
    """Texts to embed; ``timeout`` in seconds, after which nobody waits any more."""

    texts: list[str]
    timeout: float | None = None


class EmbedReply(msgspec.Struct, frozen=True):
    """Rows of little-endian float32 with their word pieces, or why there are none."""

    model: str
    dimension: int = 0
    vectors: bytes = b""
    error: str = ""
    loading: bool = False
    pieces: list[bytes] = []
    """For each row its signs, as in ``Embedding``."""
    places: list[bytes] = []
    """For each row pairs of little-endian int32."""


def send(connection: socket.socket, message: msgspec.Struct) -> None:
    """Send one message."""
    data = msgspec.msgpack.encode(message)
    connection.sendall(_LENGTH.pack(len(data)) + data)


def receive(connection: socket.socket, limit: int) -> bytes | None:
    """The next message; None when the other side has closed.

    Raises:
        ConnectionError: closed in the middle, or a message longer than ``limit``.
    """
    head = _receive_exactly(connection, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > limit:
        raise ConnectionError(f"a message of {length} bytes")
    data = _receive_exactly(connection, length)
    if data is None:
        raise ConnectionError("closed in the middle of a message")
    return data


def _receive_exactly(connection: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            if parts:
                raise ConnectionError("closed in the middle of a message")
            return None
        parts += part
    return bytes(parts)
