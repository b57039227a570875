"""Nothing recorded is lost when a worker is killed right after it answered."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kb.storage.sqlite import SqliteFile
from tests.conftest import ROOT

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_START_SECONDS = 120
_SECONDS_BETWEEN = 6.0
"""A worker that dies sooner than 5.5 s after it was started again ends the server."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path, demo_index):
    """The real server with one worker, on the demo content and an empty database."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name[:3] != "KB_"} | {
        "KB_CONTENT_DIR": str(ROOT / "articles"),
        "KB_INDEX_DIR": str(demo_index),
        "KB_DATABASE": str(tmp_path / "helpshelf.db"),
        "KB_SEMANTIC": "off",
        "KB_RATE_LIMIT": "off",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1",
               "--respawn-failed-workers", "--no-ws", "--port", str(port), "app:app"]  # fmt: skip
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process.pid, f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(address: str, path: str) -> int:
    """The status of a page; waits for a server that is starting."""
    end = time.monotonic() + _START_SECONDS
    while True:
        request = urllib.request.Request(address + path, headers={"User-Agent": FIREFOX})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def worker_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max(map(int, children))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds workers through /proc")
def test_a_search_that_was_answered_survives_its_worker(server, tmp_path):
    pid, address = server
    killed = set()
    for letter in "abc":
        if killed:
            ask(address, "/healthz")
            time.sleep(_SECONDS_BETWEEN)
        assert ask(address, f"/search?q=kettle+{letter * 5}") == 200
        killed.add(worker_of(pid))
        os.kill(worker_of(pid), signal.SIGKILL)
    assert len(killed) == 3
    file = SqliteFile(tmp_path / "helpshelf.db")
    found = [
        row["text"] for row in file.connection().query("SELECT text FROM searches ORDER BY id")
    ]
    file.close()
    assert found == [f"kettle {letter * 5}" for letter in "abc"]
