"""The embedding process: one model, asked by all workers of a server over a Unix socket."""

import contextlib
import os
import socket
import socketserver
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from kb.errors import EmbedderUnavailable
from kb.search.embedder import Embedder, EmbedderLoading
from kb.search.embedders.wire import MAX_REQUEST_BYTES, EmbedReply, EmbedRequest, receive, send

_LOOK_SECONDS = 0.5
"""How often the server asks whether it is to end."""

_decoder = msgspec.msgpack.Decoder(EmbedRequest)


class EmbeddingServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers on a socket that only this user can open.

    A thread for each connection; the embedder decides how many texts run at once, and
    gives up on questions that waited longer than whoever asked.
    """

    daemon_threads = True
    request_queue_size = 128
    timeout = _LOOK_SECONDS

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self.path = path
        self.embedder = embedder
        with contextlib.suppress(FileNotFoundError):
            path.unlink()  # of a process that was killed
        super().__init__(str(path), _Conversation)

    def server_bind(self) -> None:
        """Bind so that nobody else could connect in between."""
        before = os.umask(0o177)
        try:
            super().server_bind()
        finally:
            os.umask(before)

    def serve(self, ended: Callable[[], bool]) -> None:
        """Answer until ``ended()``; then remove the socket."""
        try:
            while not ended():
                self.handle_request()
        finally:
            self.server_close()
            with contextlib.suppress(OSError):
                self.path.unlink()

    def answer(self, data: bytes) -> EmbedReply:
        """The reply to one message; never raises."""
        try:
            request = _decoder.decode(data)
            found = self.embedder.embed_pieces(request.texts, timeout=request.timeout)
        except (EmbedderUnavailable, msgspec.MsgspecError) as error:
            loading = isinstance(error, EmbedderLoading)
            return EmbedReply(self.embedder.model, error=str(error), loading=loading)
        rows = np.array([embedding.vector for embedding in found], "<f4", ndmin=2)
        return EmbedReply(
            self.embedder.model,
            rows.shape[1],
            rows.tobytes(),
            pieces=[embedding.pieces.tobytes() for embedding in found],
            places=[embedding.places.astype("<i4").tobytes() for embedding in found],
        )


class _Conversation(socketserver.BaseRequestHandler):
    server: EmbeddingServer
    request: socket.socket

    def handle(self) -> None:
        # A worker that ends, or gave up waiting, closes its side: nobody to answer.
        with contextlib.suppress(OSError):
            while (data := receive(self.request, MAX_REQUEST_BYTES)) is not None:
                send(self.request, self.server.answer(data))
