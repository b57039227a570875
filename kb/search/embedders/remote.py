"""An embedder whose model lives in another process, so that workers share one."""

import contextlib
import os
import queue
import socket
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import msgspec
import numpy as np

from kb.errors import EmbedderUnavailable
from kb.search.embedder import EmbedderLoading, Vectors
from kb.search.embedders.wire import MAX_REPLY_BYTES, EmbedReply, EmbedRequest, receive, send

_decoder = msgspec.msgpack.Decoder(EmbedReply)


class RemoteEmbedder:
    """Asks the process that listens on a Unix socket.

    ``model`` is what this side expects: a process that runs another model is refused.
    """

    def __init__(self, path: Path, model: str) -> None:
        self.model = model
        self._path = path
        self._dimension = 0
        self._forget()
        # Two processes that talk over one connection would read each other's answers.
        os.register_at_fork(after_in_child=self._forget)

    @property
    def dimension(self) -> int:
        """Length of the vectors; asks when nothing has been embedded yet."""
        if not self._dimension:
            self.embed([""])
        return self._dimension

    def embed(self, texts: Sequence[str], *, timeout: float | None = None) -> Vectors:
        """One row for each text; ``timeout`` (s) bounds everything."""
        deadline = None if timeout is None else monotonic() + timeout
        reply = self._ask(EmbedRequest(list(texts), timeout), deadline)
        if reply.error:
            raise (EmbedderLoading if reply.loading else EmbedderUnavailable)(reply.error)
        if reply.model != self.model:
            raise EmbedderUnavailable(
                f"The embedding process runs {reply.model}, the settings name {self.model}: restart it."
            )
        if len(reply.vectors) != len(texts) * reply.dimension * 4:
            raise EmbedderUnavailable("The embedding process gave a reply of a wrong length.")
        self._dimension = reply.dimension
        return np.frombuffer(reply.vectors, "<f4").reshape(len(texts), reply.dimension)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while not self._idle.empty():
            with contextlib.suppress(queue.Empty):
                self._idle.get_nowait().close()

    def _forget(self) -> None:
        self._idle: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()

    def _ask(self, request: EmbedRequest, deadline: float | None) -> EmbedReply:
        try:
            with contextlib.suppress(queue.Empty):
                while True:
                    idle = self._idle.get_nowait()
                    with contextlib.suppress(BrokenPipeError, ConnectionError):
                        # The process may have been restarted since the last question.
                        return self._exchange(idle, request, deadline)
            return self._exchange(self._connect(deadline), request, deadline)
        except TimeoutError as error:
            raise EmbedderUnavailable("The embedding process is too slow.") from error
        except (OSError, msgspec.MsgspecError) as error:
            raise EmbedderUnavailable(
                f"The embedding process cannot be reached ({error})."
            ) from error

    def _connect(self, deadline: float | None) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _limit(connection, deadline)
            connection.connect(str(self._path))
        except BaseException:
            connection.close()
            raise
        return connection

    def _exchange(
        self, connection: socket.socket, request: EmbedRequest, deadline: float | None
    ) -> EmbedReply:
        try:
            _limit(connection, deadline)
            send(connection, request)
            _limit(connection, deadline)
            data = receive(connection, MAX_REPLY_BYTES)
            if data is None:
                raise ConnectionError("closed")
            reply = _decoder.decode(data)
        except BaseException:
            # What is still on its way would be taken for the answer to the next question.
            connection.close()
            raise
        self._idle.put(connection)
        return reply


def _limit(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    remaining = deadline - monotonic()
    if remaining <= 0:
        raise TimeoutError
    connection.settimeout(remaining)
