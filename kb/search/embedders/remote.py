"""An embedder whose model lives in another process, so that workers share one."""

import contextlib
import queue
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic

import msgspec
import numpy as np

from kb.errors import EmbedderUnavailable
from kb.forks import call_in_child
from kb.search.embedder import EmbedderLoading, Embedding, Vectors
from kb.search.embedders.wire import MAX_REPLY_BYTES, EmbedReply, EmbedRequest, receive, send
from kb.search.piece_file import count_sign_bytes

_A_MOMENT = 0.001
"""Seconds to read what has arrived."""

_decoder = msgspec.msgpack.Decoder(EmbedReply)


class RemoteEmbedder:
    """Asks the process that listens on a Unix socket.

    ``model`` is what this side expects: a process that runs another model is refused.
    """

    def __init__(self, path: Path, model: str, languages: frozenset[str] = frozenset()) -> None:
        self.model = model
        self.languages = languages
        self.path = path
        """The socket that it listens on."""
        self._dimension = 0
        self._forget()
        # Two processes that talk over one connection would read each other's answers.
        call_in_child(self._forget)

    @property
    def dimension(self) -> int:
        """Length of the vectors; asks when nothing has been embedded yet."""
        if not self._dimension:
            self.embed([""])
        return self._dimension

    def embed(self, texts: Sequence[str], *, timeout: float | None = None) -> Vectors:
        """One row for each text; ``timeout`` (s) bounds everything."""
        found = self._start(texts, timeout)()
        return np.array([embedding.vector for embedding in found], np.float32)

    def embed_pieces(
        self, texts: Sequence[str], *, timeout: float | None = None
    ) -> Sequence[Embedding]:
        """The same with the word pieces of each text."""
        return self._start(texts, timeout)()

    def start(self, text: str, *, timeout: float) -> Callable[[], Embedding]:
        """Send the text; the reply is read when it is asked for."""
        collect = self._start([text], timeout)
        return lambda: collect()[0]

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while not self.idle.empty():
            with contextlib.suppress(queue.Empty):
                self.idle.get_nowait().close()

    def _start(
        self, texts: Sequence[str], timeout: float | None
    ) -> Callable[[], Sequence[Embedding]]:
        deadline = None if timeout is None else monotonic() + timeout
        with _translated_errors():
            exchange = _Exchange(self, EmbedRequest(list(texts), timeout), deadline)

        def collect() -> Sequence[Embedding]:
            with _translated_errors():
                reply = exchange.finish()
            return self._unpack(reply, len(texts))

        return collect

    def _unpack(self, reply: EmbedReply, count: int) -> Sequence[Embedding]:
        if reply.error:
            raise (EmbedderLoading if reply.loading else EmbedderUnavailable)(reply.error)
        if reply.model != self.model:
            raise EmbedderUnavailable(
                f"The embedding process runs {reply.model}, the settings name {self.model}: restart it."
            )
        width = count_sign_bytes(reply.dimension)
        try:
            rows = np.frombuffer(reply.vectors, "<f4").reshape(count, reply.dimension)
            pieces = [np.frombuffer(data, np.uint8).reshape(-1, width) for data in reply.pieces]
            places = [np.frombuffer(data, "<i4").reshape(-1, 2) for data in reply.places]
            found = [Embedding(*parts) for parts in zip(rows, pieces, places, strict=True)]
        except ValueError as error:
            raise _wrong_length() from error
        if any(len(embedding.pieces) != len(embedding.places) for embedding in found):
            raise _wrong_length()
        self._dimension = reply.dimension
        return found

    def _forget(self) -> None:
        self.idle: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        """Connections over which every question has been answered."""


class _Exchange:
    """One question that has been sent, over a connection that nobody else uses meanwhile."""

    def __init__(
        self, embedder: RemoteEmbedder, request: EmbedRequest, deadline: float | None
    ) -> None:
        self._embedder = embedder
        self._request = request
        self._deadline = deadline
        self._connection: socket.socket | None = None
        self._is_new = False
        self._send()

    def finish(self) -> EmbedReply:
        """The reply. Raises OSError, or MsgspecError when it is none."""
        while True:
            try:
                return self._receive()
            except ConnectionError:
                # The process may have been restarted since the last question.
                if self._is_new:
                    raise
                self._send()

    def __del__(self) -> None:
        # What is still on its way would be taken for the answer to the next question.
        if self._connection is not None:
            self._connection.close()

    def _send(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._connection = self._embedder.idle.get_nowait()
                with contextlib.suppress(ConnectionError):
                    return self._send_over(self._connection)
                self._connection.close()
        self._is_new = True
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        _limit(self._connection, self._deadline)
        self._connection.connect(str(self._embedder.path))
        return self._send_over(self._connection)

    def _send_over(self, connection: socket.socket) -> None:
        _limit(connection, self._deadline)
        send(connection, self._request)

    def _receive(self) -> EmbedReply:
        connection, self._connection = self._connection, None
        assert connection is not None
        try:
            # A reply that is there is read even after the time limit.
            deadline = self._deadline
            _limit(connection, deadline and max(deadline, monotonic() + _A_MOMENT))
            data = receive(connection, MAX_REPLY_BYTES)
            if data is None:
                raise ConnectionError("closed")
            reply = _decoder.decode(data)
        except BaseException:
            connection.close()
            raise
        self._embedder.idle.put(connection)
        return reply


def _wrong_length() -> EmbedderUnavailable:
    return EmbedderUnavailable("The embedding process gave a reply of a wrong length.")


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise EmbedderUnavailable("The embedding process is too slow.") from error
    except (OSError, msgspec.MsgspecError) as error:
        raise EmbedderUnavailable(f"The embedding process cannot be reached ({error}).") from error


def _limit(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    remaining = deadline - monotonic()
    if remaining <= 0:
        raise TimeoutError
    connection.settimeout(remaining)
