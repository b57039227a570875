"""Processes that ``kb serve`` keeps running beside its workers.

Processes and not threads: workers are forks of the server, and a fork of a process that has
a model or SQLite in use is a broken one.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FOLDER_PREFIX = "helpshelf-embedder-"
"""Of the private folder with the socket."""
_RESTART_SECONDS = 1.0
_LONGEST_RESTART_SECONDS = 60.0
"""A model that does not load will not load a second later."""
_STARTED_SECONDS = 3.0
"""How long the server waits for the embedding process, which takes a third of a second."""
_NICENESS = 10
"""Computing vectors may take all that customers leave over."""

_log = logging.getLogger(__name__)


def kb_command(*arguments: str, niceness: int = 0) -> tuple[str, ...]:
    """The command line of a ``kb`` command run by this Python."""
    before = f"import os; os.nice({niceness}); " if niceness else ""
    return (sys.executable, "-c", f"{before}from kb.cli.main import main; main()", *arguments)


class EmbeddingProcess:
    """One ``kb embedder``, started again whenever it ends; runs from the beginning."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))  # mode 0700
        self.socket = self._folder / "embedder"
        self._ended = threading.Event()
        self._process = self._start()

    def watch(self) -> None:
        """Start it again from now on, and wait a moment so that the first search finds it."""
        threading.Thread(target=self._supervise, name="embedder", daemon=True).start()
        deadline = time.monotonic() + _STARTED_SECONDS
        while not self.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def stop(self) -> None:
        """End it for good."""
        self._ended.set()
        _terminate(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            kb_command("embedder", "--socket", str(self.socket), "--parent", str(os.getpid())),
            stdin=subprocess.DEVNULL,
        )

    def _supervise(self) -> None:
        pause = _RESTART_SECONDS
        while True:
            started = time.monotonic()
            code = self._process.wait()
            if self._ended.is_set():
                return
            lived = time.monotonic() - started
            pause = _RESTART_SECONDS if lived > pause else min(2 * pause, _LONGEST_RESTART_SECONDS)
            _log.warning("the embedding process ended (%d); next start in %.0f s", code, pause)
            if self._ended.wait(pause):
                return
            self._process = self._start()


class IndexUpdate:
    """One ``kb index`` at low priority: computes the vectors that are missing at the start.

    And asks the regression queries, when customers are answered by meaning too.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def start(self) -> None:
        """Start it; returns at once."""
        if self._stopped:
            return
        self._process = subprocess.Popen(
            kb_command("index", "--json", niceness=_NICENESS),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # Without the socket: it has a model of its own, on all cores.
            env={name: value for name, value in os.environ.items() if name != "KB_EMBEDDER_SOCKET"},
        )
        threading.Thread(target=self._watch, name="index", daemon=True).start()

    def stop(self) -> None:
        """End it; what was computed is kept."""
        self._stopped = True
        _terminate(self._process)

    def _watch(self) -> None:
        assert self._process is not None
        _, messages = self._process.communicate()
        if not self._stopped and messages.strip():
            _log.warning("kb index: %s", messages.strip())


def _terminate(process: "subprocess.Popen[bytes] | subprocess.Popen[str] | None") -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(5.0)
    except subprocess.TimeoutExpired:
        process.kill()
