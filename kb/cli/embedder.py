"""``kb embedder``: the process that holds the sentence model for all workers of a server."""

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from kb.cli.background import FOLDER_PREFIX


@click.command()
@click.option(
    "--socket",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to listen; the value of KB_EMBEDDER_SOCKET for the workers.",
)
@click.option(
    "--parent", type=int, help="End when the process with this id, the parent, has ended."
)
def embedder(path: Path, parent: int | None) -> None:
    """Hold the sentence model for the workers of a server. `kb serve` starts it by itself."""
    from kb.bootstrap.embedding import build_embedding_server
    from kb.config import load_settings
    from kb.errors import EmbedderUnavailable, SettingsError

    try:
        server = build_embedding_server(load_settings(), path)
    except OSError as error:
        raise SettingsError(f"The socket {path} cannot be made ({error.strerror}).") from error
    if not server.embedder.model:
        server.serve(lambda: True)
        server.embedder.embed([""])  # says why

    ending = threading.Event()

    def load() -> None:
        try:
            server.embedder.embed([""])
        except EmbedderUnavailable as error:
            click.echo(f"Error: {error}", err=True)  # and is told to every worker that asks
        except Exception:
            # While it ends, Python refuses to import the rest or to start threads.
            if not ending.is_set():
                raise

    def end(number: int, frame: FrameType | None) -> None:
        ending.set()
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=load, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        server.serve(lambda: parent is not None and os.getppid() != parent)
    if parent is not None and path.parent.name.startswith(FOLDER_PREFIX):
        # A server that was killed cannot remove the folder it made.
        with contextlib.suppress(OSError):
            path.parent.rmdir()
