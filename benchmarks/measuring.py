"""What every benchmark shares: taking times within a budget, medians over rounds, one table.

A figure is the median over rounds of each round's percentile, so that one busy moment
of the machine decides nothing.  Wall time is taken, since that is what customers wait.
"""

import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pysqlite3 import sqlite_version

FEWEST_FOR_P95 = 20
"""Below this a 95th percentile is just the slowest."""


@dataclass(frozen=True)
class Row:
    """One measured thing: its times (or sizes) by round, and what was promised of it."""

    what: str
    rounds: tuple[tuple[float, ...], ...]
    unit: str = "ms"
    promise: float | None = None
    """Highest value allowed: of the 95th percentile of times in ms, else of the median."""
    is_for_large: bool = False
    """Promised for 50,000 articles as well."""

    @property
    def count(self) -> int:
        """How many values there are in all."""
        return sum(map(len, self.rounds))

    @property
    def p50(self) -> float:
        """The median, by rounds."""
        return percentile_of_rounds(self.rounds, 0.5)

    @property
    def p95(self) -> float | None:
        """The 95th percentile, by rounds; None when there are too few values for one."""
        if min(map(len, self.rounds)) < FEWEST_FOR_P95:
            return None
        return percentile_of_rounds(self.rounds, 0.95)

    @property
    def judged(self) -> float:
        """The value that the promise is about."""
        p95 = self.p95
        return self.p50 if p95 is None else p95

    @property
    def holds(self) -> bool:
        """Whether it keeps its promise; True when there is none."""
        return self.promise is None or self.judged <= self.promise


def percentile_of_rounds(rounds: Iterable[Sequence[float]], share: float) -> float:
    """The median over rounds of each round's percentile (nearest rank)."""
    return statistics.median(
        sorted(values)[max(0, math.ceil(len(values) * share) - 1)] for values in rounds
    )


def time_each(actions: Iterable[Callable[[], object]], seconds: float) -> tuple[float, ...]:
    """Milliseconds of each action; stops after the first one that ends past the budget."""
    found: list[float] = []
    end = time.perf_counter() + seconds
    for action in actions:
        started = time.perf_counter()
        action()
        finished = time.perf_counter()
        found.append((finished - started) * 1000)
        if finished > end:
            break
    return tuple(found)


def machine_facts() -> str:
    """The lines above the figures, without which they mean nothing."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return "\n".join(
        (
            f"{_processor()}, {os.cpu_count()} cores, {_memory_gb():.0f} GB, {platform.system()} {platform.release()}",
            f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite_version}",
            f"load before the start: {load} (other work on the machine makes figures worse)",
        )
    )


def print_rows(title: str, rows: Sequence[Row], *, is_promised_size: bool) -> None:
    """One table. Most promises are about 5,000 articles; elsewhere only the ratio is shown."""
    head = ("", "n", "p50", "p95", "unit", "promise", "of it", "")
    lines = [_cells(row, is_promised_size) for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    print(f"\n{title}")
    for cells in (head, *lines):
        first, *others = cells
        aligned = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        print("  ".join((first.ljust(widths[0]), *aligned)).rstrip())


def _cells(row: Row, is_promised_size: bool) -> tuple[str, ...]:
    promise = ratio = verdict = ""
    if row.promise is not None:
        promise, ratio = f"{row.promise:g}", f"{row.judged / row.promise:.2f}x"
        if is_promised_size or row.is_for_large:
            verdict = "PASS" if row.holds else "over"
    p95 = "" if row.p95 is None else _short(row.p95)
    return row.what, str(row.count), _short(row.p50), p95, row.unit, promise, ratio, verdict


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _processor() -> str:
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
