"""Runs ``kb preview`` and ``kb index`` as processes, which can be ended whatever they do.

A fork of a web worker is no place for it: the worker has threads, SQLite and perhaps a
model in use.  A fresh process takes a third of a second longer, and has nothing in it
that a hostile article could reach.
"""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb.config import Settings, settings_environment
from kb.content_changes.models import ArticleProblem, DraftPreview

_PREVIEW_SECONDS = 20.0
"""The article itself has 5 s; the rest is for listing a large content."""
_INDEX_SECONDS = 1_800.0
_PREVIEWS = 2
"""At once in each worker, so that typing of many does not take the machine from customers."""
_WAIT_SECONDS = 5.0
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
_NICENESS = 5

_log = logging.getLogger(__name__)


class SubprocessRunner:
    """Implements ``kb.content_changes.runner.CommandRunner``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._previews = threading.Semaphore(_PREVIEWS)

    def preview(self, branch: str, path: str, text: str) -> DraftPreview:
        """An article as it would be published; never raises."""
        if not self._previews.acquire(timeout=_WAIT_SECONDS):
            return _failed("Too many previews are made just now. Try again in a moment.")
        try:
            # Vectors and learned wordings do not show in a preview.
            settings = replace(self._settings, semantic=False, learn=False)
            command = ("preview", path, *(("--ref", branch) if branch else ()))
            data = text.encode("utf-8", "replace")
            code, output, errors = _run(command, settings, data, _PREVIEW_SECONDS)
        finally:
            self._previews.release()
        if code != 0:
            return _failed(_last_line(errors) or f"kb preview ended with code {code}.")
        return _parse(json.loads(output))

    def start_index(self, when_done: Callable[[str], None]) -> None:
        """Begin to publish, in a thread that waits for it."""

        def run() -> None:
            code, _, errors = _run(("index", "--json"), self._settings, b"", _INDEX_SECONDS)
            # 1 means that some articles have errors; the others are published.
            try:
                when_done("" if code == 0 else _last_line(errors) if code != 1 else "")
            except Exception:
                _log.exception("How publishing went could not be kept")

        threading.Thread(target=run, name="publish", daemon=True).start()


def _run(
    arguments: Sequence[str], settings: Settings, data: bytes, timeout: float
) -> tuple[int, bytes, bytes]:
    program = f"import os; os.nice({_NICENESS}); from kb.cli.main import main; main()"
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=Path(__file__).resolve().parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment | settings_environment(settings),
        # Goes on when this worker ends, and can be ended with all that it started.
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(data, timeout)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            return -1, b"", f"It took longer than {timeout:g} s and was ended.".encode()
    return process.returncode, output, errors


def _parse(value: Mapping[str, Any]) -> DraftPreview:
    problems = tuple(
        ArticleProblem(p["line"], p["code"], p["severity"], p["message"], p["fix"])
        for p in value["problems"]
    )
    return DraftPreview(value["title"], value["html"], problems)


def _failed(why: str) -> DraftPreview:
    return DraftPreview("", "", (), why)


def _last_line(errors: bytes) -> str:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("Error: ") if lines else ""
