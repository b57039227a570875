"""Renders many articles in worker processes, each within a time limit.

Small hostile texts stall Python-Markdown for seconds and exhaust its recursion, so no
article is rendered in the process that publishes.  pebble is used because it can end
a task that takes too long, which the standard library's pools cannot.
"""

import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

from pebble import CONSTS, ProcessExpired, ProcessPool

from kb.content.links import LinkMap
from kb.content.models import Problem, Severity
from kb.content.renderer import RenderedArticle, render_article

TIME_LIMIT_SECONDS = 5.0
"""The largest article allowed renders in well under a second."""
_MEMORY_LIMIT_BYTES = 1_500_000_000
"""What a worker may take beyond what it inherits from the process that started it, whose
threads alone can reserve gigabytes of addresses."""
CONSTS.sleep_unit = 0.01
"""How often pebble looks whether its processes have ended; its own 0.1 s would be a tenth
of the time in which one changed article is to be published."""
_WINDOW = 64
"""Tasks handed out ahead, so that texts of 50,000 articles are never in memory at once."""


@dataclass(frozen=True, slots=True)
class RenderTask:
    """One article to render."""

    path: str
    body: str
    body_line: int
    title: str


Result = tuple[str, RenderedArticle | Problem]
"""Path, and what came out or the problem that prevented it."""


def render_articles(
    tasks: Iterable[RenderTask], links: LinkMap, time_limit: float = TIME_LIMIT_SECONDS
) -> Iterator[Result]:
    """Begin to render all tasks; the results come in their order.

    The first tasks are handed out at once: whoever has other work does it before asking for
    the first result.
    """
    rendering = _render_all(tasks, links, time_limit)
    next(rendering)
    return cast("Iterator[Result]", rendering)


def _render_all(
    tasks: Iterable[RenderTask], links: LinkMap, time_limit: float
) -> Iterator[Result | None]:
    """All results, after a None when the first tasks have been handed out."""
    waiting = iter(tasks)
    pool: ProcessPool | None = None
    pending: deque[tuple[str, Future[RenderedArticle]]] = deque()

    def hand_out(count: int) -> None:
        nonlocal pool
        for task in islice(waiting, count):
            pool = pool or _start_pool(links)
            future = pool.schedule(_render, args=(task,), timeout=time_limit)
            pending.append((task.path, future))

    try:
        hand_out(_WINDOW)
        yield None
        while pending:
            yield _collect(*pending.popleft(), time_limit)
            hand_out(1)
    finally:
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


def _start_pool(links: LinkMap) -> ProcessPool:
    # fork hands the link map over for nothing; where it is missing the map is pickled.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else None)
    return ProcessPool(
        max_workers=max(1, min(os.cpu_count() or 1, 8)),
        context=context,
        initializer=_initialise,
        initargs=(links,),
    )


_links: Callable[[], LinkMap] = LinkMap


def _initialise(links: LinkMap) -> None:
    global _links
    _links = lambda: links  # noqa: E731
    limit = _address_space() + _MEMORY_LIMIT_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _address_space() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:  # not Linux
        return 4_000_000_000
    return pages * resource.getpagesize()


def _render(task: RenderTask) -> RenderedArticle:
    return render_article(task.path, task.body, task.body_line, task.title, _links())


def _collect(
    path: str, future: "Future[RenderedArticle]", time_limit: float
) -> tuple[str, RenderedArticle | Problem]:
    try:
        return path, future.result()
    except TimeoutError:
        message = f"rendering took longer than {time_limit:g} s"
    except (RecursionError, MemoryError, ProcessExpired):
        message = "the text is nested too deeply to be rendered"
    except Exception as error:  # whatever a third-party parser raises concerns this article only
        message = f"the Markdown cannot be rendered ({type(error).__name__}: {error})"
    fix = "look for long runs of brackets, deep lists or broken HTML, and simplify them"
    return path, Problem(path, 0, "render-failed", Severity.ERROR, message, fix)
