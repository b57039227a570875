"""Tries changes in a process of its own, for servers.

Building an index is work for the processor: in a worker it would keep customers waiting
who ask this worker.  And a process can be ended when it takes too long.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field

from kb.config import Settings
from kb.errors import TrialError
from kb.relevance.exports import change_object, parse_effect
from kb.relevance.models import RegressionEffect, TrialChange

PATIENCE_SECONDS = 30.0
"""Some 3 s at 5,000 articles on a busy machine; more when vectors of much text are missing."""

_COMMAND = (
    sys.executable,
    "-c",
    "from kb.cli.main import main; main()",
    "relevance",
    "try",
    "-",
    "--json",
)
_PASSED_ON = (
    "content_dir", "content_ref", "index_dir", "database", "search_engine", "semantic", "model_dir",
    "embedder_socket", "weak_confidence", "learn", "regression_rank",
)  # fmt: skip
"""Settings that matter for what is found."""


@dataclass(frozen=True)
class ProcessTrialRunner:
    """Implements ``kb.relevance.service.TrialRunner``; one change at a time."""

    settings: Settings
    patience_seconds: float = PATIENCE_SECONDS
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def run(self, change: TrialChange) -> RegressionEffect:
        """What the change would do to what is found."""
        if not self._turn.acquire(timeout=self.patience_seconds):
            raise TrialError("Other changes are being tried: try again in a moment.")
        try:
            done = subprocess.run(
                _COMMAND,
                input=json.dumps(change_object(change)),
                capture_output=True,
                text=True,
                timeout=self.patience_seconds,
                env=self._environment(),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TrialError(
                "It took longer than %(seconds)g s to try the change: "
                "run `kb index` if vectors are missing, then try again.",
                seconds=self.patience_seconds,
            ) from error
        finally:
            self._turn.release()
        if done.returncode:
            message = done.stderr.strip().rpartition("\n")[2].removeprefix("Error: ")
            raise TrialError(message or "The change cannot be tried; the server's log says why.")
        return parse_effect(done.stdout)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        given = {f"KB_{name.upper()}": getattr(self.settings, name) for name in _PASSED_ON}
        return kept | {name: _written(value) for name, value in given.items()}


def _written(value: object) -> str:
    if value is None:
        return ""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
