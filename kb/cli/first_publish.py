"""What ``kb serve`` publishes before it serves, in a process of its own.

Workers are forks of the server and would carry along whatever memory that took: with
50,000 articles 100 MB each, only to see that there is nothing to publish.
"""

import multiprocessing
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import click

from kb.cli.background import kb_command
from kb.config import Settings
from kb.errors import GenerationUnavailable, HelpshelfError, PublishError
from kb.publishing.layout import IndexLayout

if TYPE_CHECKING:
    from kb.publishing.generations import Outline


@dataclass(frozen=True)
class Published:
    """What is known when everything is up to date."""

    outline: "Outline"
    is_unfinished: bool
    """Whether ``kb index`` has something left to do while the site is served."""


class FirstPublish:
    """Publishes if the index does not match the content; runs from the beginning."""

    def __init__(self, settings: Settings) -> None:
        self._receiving, sending = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.Process(target=_publish_and_tell, args=(settings, sending))
        self._process.start()
        sending.close()  # so that its end is noticed here

    def wait(self) -> None:
        """Wait until there is something to serve.

        Raises:
            HelpshelfError: nothing can be published and nothing is; says why.
        """
        outcome = self._receive()
        if isinstance(outcome, HelpshelfError):
            raise outcome
        if outcome is None:
            raise PublishError(
                "The process that publishes was ended: try `kb index` for the reason."
            )

    def when_known(self, tell: Callable[[Published], None]) -> None:
        """After ``wait``: have ``tell`` called, by another thread, with what was found out."""

        def receive() -> None:
            outcome = self._receive()
            self._process.join()
            if isinstance(outcome, Published):
                tell(outcome)
            elif isinstance(outcome, HelpshelfError):
                click.echo(f"Warning: {outcome}", err=True)

        threading.Thread(target=receive, name="first publish", daemon=True).start()

    def stop(self) -> None:
        """End it, if it is still at work."""
        self._process.terminate()
        self._process.join()

    def _receive(self) -> object:
        try:
            return self._receiving.recv()
        except EOFError:
            return None


def _publish_and_tell(settings: Settings, sending: Connection) -> None:
    from kb.bootstrap.publishing import build_generations

    try:
        _publish(settings)
        sending.send(True)
        # The rest takes as long again, and nobody has to wait for it.
        outline = build_generations(settings).read_outline()
        sending.send(Published(outline, _is_unfinished(settings)))
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
    from kb.cli.index import run_index

    # Vectors are computed while the site is served already.
    return run_index(embed=False)


def _is_unfinished(settings: Settings) -> bool:
    from kb.bootstrap.embedding import find_embedder_problem
    from kb.bootstrap.publishing import build_publisher

    publisher = build_publisher(settings)
    has_model = settings.semantic and not find_embedder_problem(settings)
    return (has_model and not publisher.has_all_vectors()) or publisher.may_have_to_check()
