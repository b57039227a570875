"""`kb serve` with the sentence model: shared by workers, killed, hung, and gone at the end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from kb.config import Settings
from tests.conftest import ROOT, Write
from tests.search.embedding import needs_model
from tests.waiting import wait_until

pytestmark = [
    needs_model,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


@dataclass
class Site:
    port: int
    process: subprocess.Popen[bytes]
    asked: int = 0

    def search(self, text: str) -> dict[str, object]:
        """The search object for a question that nobody asked before."""
        self.asked += 1
        query = quote(f"{text} {'please ' * (self.asked % 7)}")
        address = f"http://127.0.0.1:{self.port}/api/v1/search?q={query}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)

    def embedder(self) -> int:
        """The process id of the embedding process; 0 when there is none."""
        found = [pid for pid in children(self.process.pid) if "embedder" in command_line(pid)]
        return found[0] if found else 0


def children(parent: int) -> list[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{parent}/task").iterdir():
        with suppress(FileNotFoundError):  # it ended meanwhile
            found += map(int, (thread / "children").read_text().split())
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.fixture
def site(settings: Settings, write: Write, tmp_path: Path) -> Iterator[Site]:
    write("refunds.md", "# When you are paid back\n\n## By card\n\nIt takes 5 days.\n")
    write("descale.md", "# Descale the kettle\n\nBoil water with vinegar and rinse.\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name[:3] != "KB_"}
    environment |= {
        "KB_CONTENT_DIR": str(settings.content_dir),
        "KB_INDEX_DIR": str(settings.index_dir),
        "KB_DATABASE": str(settings.database),
        "KB_RATE_LIMIT": "off",
    }
    command = [Path(sys.executable).with_name("kb"), "serve", "--port", str(port), "--workers", "2"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield Site(port, process)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def answers_by_meaning(site: Site) -> bool:
    try:
        page = site.search("get my money back")
    except OSError:
        return False
    return not page["degraded"] and page["hits"][0]["slug"] == "refunds"


WORDS = tuple(f"q{number}zz" for number in range(20))
"""In no article."""


def test_the_model_may_die_or_hang_while_customers_search(site: Site) -> None:
    # Served by words at once; vectors come from a process of their own.
    wait_until(lambda: all(answers_by_meaning(site) for _ in range(6)), 60)
    first = site.embedder()
    assert first

    os.kill(first, signal.SIGKILL)
    for word in WORDS:  # the same question is not searched again
        started = time.perf_counter()
        assert site.search(f"descale kettle {word}")["hits"][0]["slug"] == "descale"
        assert time.perf_counter() - started < 5
    wait_until(lambda: site.embedder() not in (0, first))
    wait_until(lambda: all(answers_by_meaning(site) for _ in range(6)))

    second = site.embedder()
    os.kill(second, signal.SIGSTOP)
    try:
        for word in WORDS:
            started = time.perf_counter()
            assert site.search(f"descale my kettle {word}")["hits"][0]["slug"] == "descale"
            assert time.perf_counter() - started < 5
    finally:
        os.kill(second, signal.SIGCONT)
    wait_until(lambda: all(answers_by_meaning(site) for _ in range(6)))

    site.process.terminate()
    site.process.wait(30)
    wait_until(lambda: "embedder" not in command_line(second))


def test_the_model_ends_with_a_server_that_is_killed(site: Site) -> None:
    wait_until(lambda: site.embedder() != 0, 60)
    embedder = site.embedder()
    wait_until(lambda: "--socket" in command_line(embedder))
    folder = Path(command_line(embedder).split("\0--socket\0")[1].split("\0")[0]).parent
    wait_until((folder / "embedder").exists)
    site.process.kill()
    site.process.wait()
    wait_until(lambda: "embedder" not in command_line(embedder), 10)
    assert not folder.exists()
    os.killpg(site.process.pid, signal.SIGKILL)  # workers that granian leaves behind


def test_a_worker_that_hangs_does_not_keep_the_server_from_ending(site: Site) -> None:
    wait_until(lambda: all(answers_by_meaning(site) for _ in range(6)), 60)
    workers = [pid for pid in children(site.process.pid) if "serve" in command_line(pid)]
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGSTOP)
    site.process.terminate()
    site.process.wait(30)
    assert not any(command_line(pid) for pid in workers)


@pytest.mark.parametrize("seconds", [0.5, 0.7, 0.9, 1.1])
def test_a_model_that_is_ended_while_it_loads_complains_of_nothing(
    tmp_path: Path, seconds: float
) -> None:
    command = [Path(sys.executable).with_name("kb"), "embedder", "--socket", tmp_path / "socket"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    time.sleep(seconds)
    process.terminate()
    assert process.communicate(timeout=20)[1] == b""
    assert process.returncode in (0, -signal.SIGTERM)  # the latter when it had hardly begun
