"""``kb serve``: publish if needed, then serve with granian until stopped."""

import contextlib
import importlib
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.background import EmbeddingProcess, IndexUpdate, kb_command
from kb.cli.first_publish import FirstPublish, Published
from kb.config import Settings

if TYPE_CHECKING:
    from kb.publishing.generations import Outline

_MAINTENANCE_SECONDS = 3600.0
_JOBS_NICENESS = 10
"""The regular jobs take what customers leave over: grouping by meaning takes minutes at first."""
_JOBS_AFTER_SECONDS = 5.0
"""They begin when workers have started, which would take longer beside them."""
_DELIVERY_SECONDS = 300.0
"""Workers deliver what they post within seconds; this is for what nobody is awake for: a
worker that was killed, an answer that was published later than decided, the digest."""
_PUSH_SECONDS = 300.0
_THREADS = 32
"""Most of a worker, made when they are needed: searches wait in them for their turn
(``kb/web/turns.py``), and other pages must find some free all the same."""
_KILL_SECONDS = 10
"""How long a worker may take to end. One that hangs (granian issue 875) would keep the server
from ending for ever; what it recorded is in the database before it answers."""

_log = logging.getLogger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the help center. Publishes first when the index does not match the content."""
    from kb.config import load_secret_key, load_settings

    settings = load_settings()
    _check_port(host, port)
    load_secret_key(settings)  # made once here, so that workers do not race for it
    with (
        _embedding(settings) as keep_embedding,
        _updating() as update,
        _publishing(settings) as publish,
    ):
        _load_for_workers()
        sends = _sends(settings)
        publish.wait()
        threading.Thread(target=_maintain, daemon=True).start()
        if sends:
            threading.Thread(target=_keep_sending, daemon=True).start()
        if settings.content_remote:
            threading.Thread(target=_push, daemon=True).start()
        keep_embedding()

        def tell(published: Published) -> None:
            _greet(published.outline, host, port)
            if published.is_unfinished:
                update()

        publish.when_known(tell)
        _run(host, port, workers)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.UsageError(
                f"Cannot listen on {host}:{port} ({error.strerror}): stop what uses it, "
                f"or choose another port (`kb serve --port {min(port + 1, 65535)}`, `make serve PORT={min(port + 1, 65535)}`)."
            ) from error


@contextlib.contextmanager
def _updating() -> Iterator[Callable[[], None]]:
    """What is left to do for ``kb index`` while the site is served; what is yielded starts it."""
    update = IndexUpdate()
    try:
        yield update.start
    finally:
        update.stop()


@contextlib.contextmanager
def _publishing(settings: Settings) -> Iterator[FirstPublish]:
    publish = FirstPublish(settings)
    try:
        yield publish
    finally:
        publish.stop()


def _load_for_workers() -> None:
    """What workers, which are forks of this process, need not load each for itself then."""
    import kb.search_log.crawlers

    # By its name, as granian loads it: a command knows nothing of pages.
    importlib.import_module("kb.app_factory")
    kb.search_log.crawlers.load_patterns()


@contextlib.contextmanager
def _embedding(settings: Settings) -> Iterator[Callable[[], None]]:
    """What search by meaning needs beside the workers: one model for all.

    The model is loaded while the content is published; what is yielded has to be called then.
    """
    from kb.bootstrap.embedding import find_embedder_problem

    if not settings.semantic:
        yield lambda: None
        return
    if problem := find_embedder_problem(settings):
        click.echo(f"Warning: search goes by words alone: {problem}", err=True)
        yield lambda: None
        return
    # Somebody else may keep the process that workers ask.
    process = EmbeddingProcess() if settings.embedder_socket is None else None
    try:
        yield lambda: _keep_embedding(process)
    finally:
        if process is not None:
            process.stop()


def _keep_embedding(process: EmbeddingProcess | None) -> None:
    if process is not None:
        process.watch()
        os.environ["KB_EMBEDDER_SOCKET"] = str(process.socket)  # for the workers


def _maintain() -> None:
    # In a process of its own: workers are forks of this one, and a worker that is forked
    # while SQLite is in use here finds the database locked for as long as it lives.
    _repeat(_MAINTENANCE_SECONDS, ("log", "maintain"))


def _keep_sending() -> None:
    _repeat(_DELIVERY_SECONDS, ("digest", "--send"), ("mail", "deliver"))


def _repeat(seconds: float, *commands: tuple[str, ...]) -> None:
    pause = threading.Event()
    pause.wait(_JOBS_AFTER_SECONDS)
    while True:
        for command in commands:
            done = subprocess.run(
                kb_command(*command, niceness=_JOBS_NICENESS),
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                _log.warning(
                    "kb %s failed, next try in %.0f minutes: %s",
                    " ".join(command), seconds / 60, done.stderr.strip(),
                )  # fmt: skip
        pause.wait(seconds)


def _sends(settings: Settings) -> bool:
    """Whether anything is ever sent; ends here at once when mail is set up in part."""
    from kb.bootstrap.told import build_senders
    from kb.clock import SystemClock

    return any(sender.can_send for sender in build_senders(settings, SystemClock()).values())


def _push() -> None:
    _repeat(_PUSH_SECONDS, ("push", "--due"))


def _greet(outline: "Outline", host: str, port: int) -> None:
    address = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
    click.echo(f"\n{outline.site_name}: {outline.articles} articles at {address}\n")
    click.echo(f"  {address}/              the help center: type a question")
    click.echo(f"  {address}/directory     departments, numbers and opening hours")
    click.echo(f"  {address}/staff/        unanswered searches, for staff")
    command = os.path.relpath(sys.argv[0]) if Path(sys.argv[0]).name == "kb" else "kb"
    click.echo(
        f"\nTo sign in, make an account:  {command} user add you@example.com --role administrator"
    )
    click.echo("Stop with Ctrl-C.\n")


def _run(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    # Its advice on the number of threads is for an application that lets all of them compute.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.msg)
    Granian(
        "app:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        websockets=False,
        # Without it granian stops altogether when one worker dies.
        respawn_failed_workers=True,
        workers_kill_timeout=_KILL_SECONDS,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()
