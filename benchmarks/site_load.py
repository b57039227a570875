"""Many customers at once: requests that come at a fixed rate, whatever the answers take.

A client that waits for each answer before it asks again slows down together with the
server and hides how long others would have queued.  Here each request has its time, and
its latency counts from then on.
"""

import queue
import random
import threading
import time
from collections.abc import Sequence

from measuring import Row, percentile_of_rounds
from running_site import Client

RATE = 100
"""Requests a second: what one core has to serve."""
SECONDS = 10
ROUNDS = 3
LOAD_P99_MS = 100.0
CUSTOMERS = 24
"""Connections; more than are ever busy at this rate while the promise holds."""
SHARES = {"search": 0.25, "suggestion": 0.30, "article": 0.40, "home": 0.05}
"""A visit: a search with some suggestions on the way, then an article or two."""


def measure_load(port: int, addresses: dict[str, Sequence[str]]) -> Row:
    """The 99th percentile of a mix of requests, by rounds.

    Args:
        port: where the site listens.
        addresses: what to ask for, by the keys of ``SHARES``.
    """
    rng = random.Random(20261123)
    rounds = []
    for _ in range(ROUNDS):
        kinds = rng.choices(list(SHARES), weights=list(SHARES.values()), k=RATE * SECONDS)
        times = ask_on_time(port, [rng.choice(addresses[kind]) for kind in kinds])
        rounds.append((percentile_of_rounds([times], 0.99),))
    return Row(f"{RATE} requests/s, 99th percentile", tuple(rounds), promise=LOAD_P99_MS)


def ask_on_time(
    port: int, paths: Sequence[str], rate: int = RATE, addresses: Sequence[str] = ("127.0.0.1",)
) -> list[float]:
    """Milliseconds from the time a request was due to the end of its answer.

    The customers have these addresses in turn.
    """
    due: queue.SimpleQueue[tuple[float, str] | None] = queue.SimpleQueue()
    found: list[float] = []

    def ask(address: str) -> None:
        client = Client(port, address)
        while (request := due.get()) is not None:
            at, path = request
            client.get(path)
            found.append((time.perf_counter() - at) * 1000)
        client.close()

    customers = [
        threading.Thread(target=ask, args=(addresses[n % len(addresses)],), daemon=True)
        for n in range(CUSTOMERS)
    ]
    for customer in customers:
        customer.start()
    start = time.perf_counter()
    for number, path in enumerate(paths):
        at = start + number / rate
        time.sleep(max(0.0, at - time.perf_counter()))
        due.put((at, path))
    for _ in customers:
        due.put(None)
    for customer in customers:
        customer.join()
    if len(found) < len(paths):
        raise SystemExit("the site failed under load: see its log")
    return found
