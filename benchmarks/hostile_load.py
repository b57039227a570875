"""Normal searches beside clients that want to do harm.

One worker answers searches that come at a modest, steady rate, first alone and then
beside 16 clients, each of which sends the next hostile query as soon as it has an answer.
They are a process of their own, as they would be, and by default share the address of the
normal customers: nothing but what they send tells them from others.

    python benchmarks/run.py --size 5000 --only hostile
"""

import http.client
import itertools
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import quote, urlencode

import corpus
from engine_speed import worst_questions
from measuring import Row, percentile_of_rounds
from running_site import BROWSER, serve
from site_load import ask_on_time
from stand_in_vectors import fill_vectors
from workspace import Workspace

from kb.bootstrap.publishing import build_generations

CLIENTS = 16
RATE = 5
"""Normal searches a second: some 200 customers who read what they found."""
SECONDS = 12
ROUNDS = 3
WARM_UP_SECONDS = 4
TIMES_ALONE = 2.0
"""How many times the 95th percentile alone the one beside hostile clients may be."""

_LETTERS = "abcdefghijklmnoprstuvw"

Sent = Iterator[str]


def measure_hostile(workspace: Workspace) -> tuple[list[Row], str]:
    """All rows, and what the hostile clients got."""
    fill_vectors(workspace.settings)
    rows, remarks = _measure(workspace, "", 1)
    with_limit, remark = _measure(
        workspace.with_settings({"KB_RATE_LIMIT": "on"}), ", rate limit on", CLIENTS
    )
    return [*rows, *with_limit], f"{remarks}\n{remark}"


def _measure(workspace: Workspace, remark: str, addresses: int) -> tuple[list[Row], str]:
    with serve(workspace) as site:
        _ask(site.port, workspace, 999, WARM_UP_SECONDS, addresses)
        alone, beside = [], []
        for seed in range(1, ROUNDS + 1):
            alone.append(_ask(site.port, workspace, seed, SECONDS, addresses))
            with _Attack(workspace, site.port, seed, addresses) as attack:
                time.sleep(1)
                beside.append(_ask(site.port, workspace, seed + ROUNDS, SECONDS, addresses))
        p95 = percentile_of_rounds(alone, 0.95)
        ratio = statistics.median(percentile_of_rounds([b], 0.95) for b in beside) / p95
        return [
            Row(f"normal searches, {RATE}/s, alone{remark}", tuple(alone)),
            Row(f"  beside {CLIENTS} hostile clients{remark}", tuple(beside)),
            Row("  p95 beside over p95 alone", ((ratio,),), "x", TIMES_ALONE),
        ], f"answers to hostile clients in the last round{remark}: {attack.answers}"


def _ask(
    port: int, workspace: Workspace, seed: int, seconds: int, addresses: int
) -> tuple[float, ...]:
    asked = corpus.sample_queries(workspace.content, RATE * seconds, seed)
    paths = [f"/search?q={quote(text)}" for text in asked]
    # Many customers with one address would be limited themselves.
    own = [f"127.0.1.{n}" for n in range(2, 26)] if addresses > 1 else ["127.0.0.1"]
    return tuple(ask_on_time(port, paths, RATE, own))


class _Attack:
    """The hostile clients, for as long as the context lasts."""

    def __init__(self, workspace: Workspace, port: int, seed: int, addresses: int) -> None:
        command = [sys.executable, __file__, str(port), str(seed), str(addresses)]
        self._command = [*command, str(workspace.folder), str(workspace.content)]
        self._environment = workspace.process_environment()
        self.answers = ""
        """How many there were of each status."""

    def __enter__(self) -> "_Attack":
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self._process.stdout.readline()  # until they have begun
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self.answers = self._process.communicate("", timeout=60)[0].strip()
        finally:
            self._process.kill()


def hostile_paths(vocabulary: Mapping[str, int], seed: int) -> Iterator[str]:
    """Addresses that ask for as much trouble as they can, of each kind in turn, for ever."""
    rng = random.Random(seed)
    kinds = list(_kinds(vocabulary, rng))
    rng.shuffle(kinds)
    for kind in itertools.cycle(kinds):
        yield kind()


def _kinds(vocabulary: Mapping[str, int], rng: random.Random) -> Iterator[Callable[[], str]]:
    words = list(vocabulary)

    def some(count: int, between: str = " ") -> str:
        return between.join(rng.choice(words) for _ in range(count))

    def nonsense(length: int) -> str:
        return "".join(rng.choice(_LETTERS) for _ in range(length))

    def common() -> str:
        return worst_questions(vocabulary, 1, rng.randrange(1 << 30))[0]

    def trace() -> str:
        return "".join(
            f'  File "/usr/lib/{rng.choice(words)}.py", line {rng.randrange(999)}, '
            f"in {rng.choice(words)}\n    raise ValueError('{some(3)}')\n"
            for _ in range(30)
        )

    def junk() -> str:
        return "".join(chr(rng.randrange(0xA0, 0x2FFF)) for _ in range(800))

    texts: list[Callable[[], str]] = [
        lambda: f"{some(1)} {'x' * 50_000}",
        lambda: "[a TO z]" * rng.randrange(1, 9),
        lambda: "*" * 5_000,
        lambda: some(2) + '"' * 3_000,
        lambda: " ".join(f'"{some(2)}"' for _ in range(40)),
        lambda: "-" * 3_000 + some(1),
        lambda: " ".join(f"-{some(1)}" for _ in range(60)),
        lambda: some(80, "-"),
        common,
        lambda: some(400),
        junk,
        lambda: some(30),
        lambda: " ".join(nonsense(6) for _ in range(60)),
        lambda: nonsense(20),
        lambda: " ".join(f"E-{rng.randrange(99_999)}" for _ in range(30)),
        trace,
        lambda: rng.choice(_LETTERS) * 1_000,
        lambda: "\u202e" * 200 + some(3) + "\u0627\u0644" * 90,
        lambda: "\U0001f600\U0001f44d\U0001f3fd" * 300,
        lambda: "a" + "\u0301" * 2_000,
    ]  # fmt: skip
    for text in texts:
        yield lambda text=text: f"/search?q={quote(text())}"  # type: ignore[misc]
    yield lambda: f"/search?{urlencode({'q': common(), 'page': rng.randrange(2, 10**9)})}"
    filters = {"collection": "c00", "kind": "how-to", "product": "firefox", "exact": "1"}
    for count in range(1, len(filters) + 1):
        for chosen in itertools.combinations(filters.items(), count):
            yield lambda chosen=chosen: f"/search?{urlencode({'q': common(), **dict(chosen)})}"  # type: ignore[misc]
    # As much as a server takes at all.
    yield lambda: f"/search?q={'y' * 200_000}"


def attack(port: int, seed: int, addresses: int, workspace: Workspace) -> None:
    """Be the hostile clients until the standard input ends; then print what they got."""
    generations = build_generations(workspace.settings)
    vocabulary = dict(generations.current().search.vocabulary)
    generations.close()
    ended = threading.Event()
    found: list[int] = []
    clients = [
        threading.Thread(
            target=_be_hostile,
            args=(port, f"127.0.0.{2 + n}" if addresses > 1 else "127.0.0.1",
                  hostile_paths(vocabulary, seed * CLIENTS + n), ended, found),
            daemon=True,
        )
        for n in range(CLIENTS)
    ]  # fmt: skip
    for client in clients:
        client.start()
    print("begun", flush=True)
    sys.stdin.read()
    ended.set()
    for client in clients:
        client.join(30)
    counts = {status: found.count(status) for status in sorted(set(found))}
    print(", ".join(f"{count} x {status or 'cut off'}" for status, count in counts.items()))


def _be_hostile(
    port: int, address: str, paths: Sent, ended: threading.Event, found: list[int]
) -> None:
    connection: http.client.HTTPConnection | None = None
    for path in paths:
        if ended.is_set():
            break
        if connection is None:
            connection = http.client.HTTPConnection(
                "127.0.0.1", port, timeout=60, source_address=(address, 0)
            )
        try:
            connection.request("GET", path, headers={"User-Agent": BROWSER})
            response = connection.getresponse()
            response.read()
            found.append(response.status)
        except (OSError, http.client.HTTPException):
            found.append(0)
            with suppress(OSError):
                connection.close()
            connection = None


def _main(arguments: Sequence[str]) -> None:
    from pathlib import Path

    port, seed, addresses, folder, content = arguments
    workspace = Workspace(0, Path(folder), Path(content))
    attack(int(port), int(seed), int(addresses), workspace)


if __name__ == "__main__":
    _main(sys.argv[1:])
