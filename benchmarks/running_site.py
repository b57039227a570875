"""The real site as a process: started as an administrator would, always ended again."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import corpus
from workspace import KB, Workspace

START_LIMIT_SECONDS = 60.0
_POLL_SECONDS = 0.01
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
"""Searches of what looks like a machine are not logged, and logging is part of the cost."""


@dataclass(frozen=True)
class RunningSite:
    """A server that answers."""

    port: int
    process: subprocess.Popen[bytes]
    started_after: float
    """Seconds from starting the process until its first page had arrived."""

    def worker_megabytes(self) -> float | None:
        """Resident memory of the worker, None where the system does not tell (not Linux).

        Without the process that has the sentence model, which all workers share.
        """
        workers = [p for p in _descendants(self.process.pid) if not _has_model(p)]
        sizes = [resident_megabytes(pid) for pid in workers]
        return max(sizes, default=None)


class Client:
    """One customer's browser: one connection that is kept, no cache, no cookies."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=60, source_address=(address, 0)
        )

    def get(self, path: str) -> bytes:
        """The body of a page; anything but 200 ends the benchmark."""
        self._connection.request("GET", path, headers={"User-Agent": BROWSER})
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise SystemExit(f"{path} answered {response.status}: {body[:200]!r}")
        return body

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


_PORTS = range(20_000, 30_000)


@contextmanager
def serve(workspace: Workspace) -> Iterator[RunningSite]:
    """``kb serve`` with one worker: publishing is checked for first, as on every start."""
    port = _free_port()
    with _started([str(KB), "serve", "--workers", "1", "--port", str(port)], workspace, port) as s:
        yield s


@contextmanager
def serve_worker_only(workspace: Workspace) -> Iterator[RunningSite]:
    """The server alone, as a process manager starts and restarts it."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--no-ws", "--port", str(port), "--log-level", "warning", "app:app"]
    with _started(command, workspace, port) as site:
        yield site


@contextmanager
def _started(command: Sequence[str], workspace: Workspace, port: int) -> Iterator[RunningSite]:
    output = workspace.folder / "server.log"
    began = time.perf_counter()
    with output.open("wb") as log:
        process = subprocess.Popen(
            command,
            env=workspace.process_environment(),
            cwd=corpus.ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that the server ends with its workers, not with us
        )
    try:
        _wait_for_page(process, port, output)
        yield RunningSite(port, process, time.perf_counter() - began)
    finally:
        _end(process)


def _wait_for_page(process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    end = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        client = Client(port)
        try:
            client.get("/")
            return
        except (OSError, http.client.HTTPException):
            time.sleep(_POLL_SECONDS)
        finally:
            client.close()
    words = output.read_text(encoding="utf-8", errors="replace")[-2_000:]
    raise SystemExit(f"the site did not start:\n{words}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    for sign, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            break
    # A worker that outlived its parent is still in the group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _free_port() -> int:
    """Below those that the system gives to connections, which could take it before the server."""
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("all ports are taken")


def _descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    found = [int(child) for child in children]
    return found + [below for child in found for below in _descendants(child)]


def _has_model(pid: int) -> bool:
    return b"\0embedder\0" in Path(f"/proc/{pid}/cmdline").read_bytes()


def resident_megabytes(pid: int, *, highest: bool = False) -> float:
    """Resident memory of a process (Linux), now or the ``highest`` it ever was."""
    wanted = "VmHWM:" if highest else "VmRSS:"
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(wanted):
            return int(line.split()[1]) / 1024
    return 0.0
