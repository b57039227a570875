"""The search log under load: a million searches in 90 days, and a day of 100,000 on top.

The million comes in through ``kb log import``'s own code, so that its speed is measured
as well; the day of 100,000 is recorded search by search, as the site does.

    python benchmarks/run.py --size 500 --only log
"""

import itertools
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from measuring import Row
from workspace import Workspace

from kb.bootstrap.services import build_services
from kb.clock import FixedClock
from kb.search.models import Hit, SearchOutcome, SearchPage, Stage
from kb.search_log.import_reading import read_log
from kb.search_log.service import SearchLogService

IMPORTED = 1_000_000
RECORDED = 100_000
TEXTS = 60_000
DAYS = 90
ROUNDS = 3
"""How often each report is opened."""
RECORDING_MS = 2.0
REPORT_MS = 1_000.0
IMPORT_SECONDS = 600.0

NOW = datetime(2026, 6, 30, 0, 0, tzinfo=UTC)
_TIMED_FROM = 50_000
"""Of the day; by then the caches are as they are on any day."""


def measure_log(workspace: Workspace) -> tuple[list[Row], str]:
    """All rows, and what was in the log."""
    path = workspace.folder / "instance" / "log-load.db"
    for old in path.parent.glob("log-load.db*"):
        old.unlink()
    clock = FixedClock(NOW)
    load = workspace.with_settings({"KB_DATABASE": str(path)})
    services = build_services(load.settings, clock)
    log = services.search_log
    texts = list(_texts(random.Random(1)))
    importing, memory = _import(log, texts)
    wall, cpu = _record(log, clock, texts)
    clock.advance(timedelta(hours=1))
    settling = _seconds(log.maintain)
    grouping = _seconds(services.content_gaps.refresh)
    rows = [
        Row(f"import of {IMPORTED:,} rows", ((importing,),), "s", IMPORT_SECONDS),
        Row("  memory it added", ((memory,),), "MB", 200.0),
        Row(
            f"recording, beside {IMPORTED:,} and a day of {RECORDED:,}", (wall,), "ms", RECORDING_MS
        ),
        Row("  time on the processor", (cpu,), "ms", RECORDING_MS),
        Row("the regular job after that day", ((settling,),), "s"),
        Row("grouping its new failed searches", ((grouping,),), "s"),
        *_reports(services.search_log, clock.now().date()),
    ]
    services.generations.close()
    size = path.stat().st_size / 1e6
    return rows, f"{IMPORTED:,} imported and {RECORDED:,} recorded searches, {size:.0f} MB"


def _import(log: SearchLogService, texts: list[str]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    result = log.import_searches(read_log(_lines(texts), NOW))
    seconds = time.perf_counter() - started
    assert result.imported + result.folded == IMPORTED, result
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _lines(texts: list[str]) -> Iterator[str]:
    rng = random.Random(2)
    first = NOW - timedelta(days=DAYS - 1)
    step = timedelta(days=DAYS - 1) / IMPORTED
    yield "time,query,results,clicked,visit\n"
    for number in range(IMPORTED):
        text = texts[min(int(rng.paretovariate(0.6)), TEXTS) - 1]
        fate = rng.random()
        results, clicked = (0, "") if fate < 0.12 else (rng.randrange(1, 40), "")
        if fate > 0.5:
            clicked = f"article-{hash(text) % 500}"
        # Every third search belongs to a visit with others.
        visit = f"v{number // 9}" if number % 3 == 0 else ""
        yield f"{(first + number * step).isoformat()},{text},{results},{clicked},{visit}\n"


def _record(
    log: SearchLogService, clock: FixedClock, texts: list[str]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    rng = random.Random(3)
    wall: list[float] = []
    cpu: list[float] = []
    visit: str | None = None
    for number in range(RECORDED):
        clock.advance(timedelta(days=1) / RECORDED)
        page = _page(texts[min(int(rng.paretovariate(0.6)), TEXTS) - 1], rng)
        if number % 3 == 0:
            visit = None
        started, began = time.perf_counter(), time.thread_time()
        visit = log.record_search(page, visit, place=f"address {number // 3}")
        if number >= _TIMED_FROM:
            cpu.append((time.thread_time() - began) * 1000)
            wall.append((time.perf_counter() - started) * 1000)
        if page.hits and rng.random() < 0.5:
            log.record_opening(visit, page.hits[0].slug, from_results=True)
    return tuple(wall), tuple(cpu)


def _reports(log: SearchLogService, today: date) -> Iterator[Row]:
    for days in (30, 90):
        since = today - timedelta(days=days - 1)
        reports: dict[str, Callable[[], object]] = {
            "summary": lambda since=since: log.summary(since, today),  # type: ignore[misc]
            "top searches": lambda since=since: log.list_top_searches(since, today),  # type: ignore[misc]
            "top failed": lambda since=since: log.list_top_searches(since, today, failed_only=True),  # type: ignore[misc]
            "top opened": lambda since=since: log.list_top_opened(since, today),  # type: ignore[misc]
        }
        for name, report in reports.items():
            times = tuple(_seconds(report) * 1000 for _ in range(ROUNDS))
            yield Row(f"{name}, {days} days", (times,), "ms", REPORT_MS)


def _page(text: str, rng: random.Random) -> SearchPage:
    slugs = [] if rng.random() < 0.12 else [f"article-{rng.randrange(500)}" for _ in range(10)]
    hits = tuple(Hit(s, s, "", "", "", f"/articles/{s}", 1.0, "") for s in slugs)
    return SearchPage(
        query=text, searched=text, correction=None, stage=Stage.ANY_WORDS,
        outcome=SearchOutcome.CONFIDENT if hits else SearchOutcome.NONE, confidence=0.9,
        total=len(hits), hits=hits, offset=0, mode="lexical", degraded=False, took_ms=5.0,
    )  # fmt: skip


def _texts(rng: random.Random) -> Iterator[str]:
    words = [
        "".join(rng.choice("bcdfglmnprst") + rng.choice("aeiou") for _ in range(rng.randint(2, 4)))
        for _ in range(4_000)
    ]
    seen: set[str] = set()
    for length in itertools.cycle((1, 2, 3, 4, 5)):
        text = " ".join(rng.choice(words) for _ in range(length))
        if text not in seen:
            seen.add(text)
            yield text
        if len(seen) == TEXTS:
            return


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
