"""``kb serve``: publish if needed, then serve with granian until stopped."""

import contextlib
import logging
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

import click

from kb.cli.background import EmbeddingProcess, IndexUpdate, kb_command
from kb.cli.index import run_index
from kb.config import Settings
from kb.errors import GenerationUnavailable, HelpshelfError, PublishError
from kb.publishing.generations import Outline
from kb.publishing.layout import IndexLayout

_MAINTENANCE_SECONDS = 3600.0
_JOBS_NICENESS = 10
"""The regular jobs take what customers leave over: grouping by meaning takes minutes at first."""
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
    sends = _sends(settings)
    with _embedding(settings) as keep_embedding, _updating() as update:
        state = _publish_apart(settings)
        threading.Thread(target=_maintain, daemon=True).start()
        if sends:
            threading.Thread(target=_keep_sending, daemon=True).start()
        if settings.content_remote:
            threading.Thread(target=_push, daemon=True).start()
        keep_embedding()
        if state.is_unfinished:
            update()
        _greet(state.outline, host, port)
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


@dataclass(frozen=True)
class _State:
    """What is known after publishing."""

    outline: Outline
    is_unfinished: bool
    """Whether ``kb index`` has something left to do while the site is served."""


def _publish_apart(settings: Settings) -> _State:
    """Publish if needed, in a process of its own.

    Workers are forks of this process and would carry along whatever memory that took: with
    50,000 articles 100 MB each, only to see that there is nothing to publish.
    """
    receiving, sending = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_send_state, args=(settings, sending))
    process.start()
    import kb.bootstrap.services  # noqa: F401  for the workers, while this process waits

    try:
        wait([receiving, process.sentinel])
        outcome = receiving.recv() if receiving.poll() else None
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join()
        receiving.close()
        sending.close()
    if isinstance(outcome, HelpshelfError):
        raise outcome
    if not isinstance(outcome, _State):
        raise PublishError("The process that publishes was ended: try `kb index` for the reason.")
    return outcome


def _send_state(settings: Settings, sending: Connection) -> None:
    from kb.bootstrap.publishing import build_generations

    try:
        _publish(settings)
        outline = build_generations(settings).read_outline()
        sending.send(_State(outline, _is_unfinished(settings)))
    except HelpshelfError as error:
        sending.send(error)


def _publish(settings: Settings) -> None:
    from kb.bootstrap.publishing import build_generations, build_publisher

    try:
        if not build_publisher(settings).is_current():
            click.echo(f"Publishing {settings.content_dir} …")
            if _run_index(settings):
                click.echo("Some of it could not be published; the rest is served.", err=True)
    except HelpshelfError as error:
        # The last good generation beats no help center at all.
        try:
            build_generations(settings).current()
        except GenerationUnavailable:
            raise error from None
        click.echo(f"Warning: {error} The last published generation is served.", err=True)


def _run_index(settings: Settings) -> int:
    if settings.regression == "refuse" and IndexLayout(settings.index_dir).read_current():
        # It loads the model before it switches, and workers must not be forks of a process
        # that has a model.
        return subprocess.run(kb_command("index"), check=False).returncode
    # Vectors are computed while the site is served already.
    return run_index(embed=False)


@contextlib.contextmanager
def _updating() -> Iterator[Callable[[], None]]:
    """What is left to do for ``kb index`` while the site is served; what is yielded starts it."""
    update = IndexUpdate()
    try:
        yield update.start
    finally:
        update.stop()


def _is_unfinished(settings: Settings) -> bool:
    from kb.bootstrap.embedding import find_embedder_problem
    from kb.bootstrap.publishing import build_publisher

    publisher = build_publisher(settings)
    has_model = settings.semantic and not find_embedder_problem(settings)
    return (has_model and not publisher.has_all_vectors()) or publisher.may_have_to_check()


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


def _greet(outline: Outline, host: str, port: int) -> None:
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
