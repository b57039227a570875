"""What customers wait for: pages, suggestions and searches through the whole site.

One worker, one customer at a time, over a connection that is kept, and then many at
once.  The search log is on and rate limits are off.  Every round asks for other articles
and other questions.
"""

import random
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote

import corpus
from engine_speed import sample_typing, worst_questions
from measuring import Row, time_each
from running_site import Client, RunningSite, serve, serve_worker_only
from site_load import measure_load
from stand_in_vectors import fill_vectors
from workspace import Workspace

from kb.bootstrap.publishing import build_generations
from kb.bootstrap.services import build_services

START_SECONDS = 2.0
MEMORY_MB = 250.0
"""Of a worker with 5,000 articles, and with 50,000 when search goes by words alone."""
ARTICLE_MS, LIST_MS, SUGGESTION_MS, SEARCH_MS = 5.0, 10.0, 5.0, 25.0
MEDIAN_SEARCH_MS = 10.0
WORST_MS = 250.0
"""For questions that nobody asks but those who want to do harm."""
SEARCH_PAGE = "search page"
LOADED_SIZE = 5_000
"""Articles up to which 100 requests a second are promised; ten times as many want a core more."""
STARTS = 5
ROUNDS = 3
WARM_UP = 20
PAGES, SEARCHES, SUGGESTIONS = 200, 100, 200
"""Asked in each round."""
SECONDS = 30.0
"""Longest a round of one kind may take."""
CUSTOMERS = 4
"""At once before memory is read: threads keep files open and caches of their own."""


def measure_site(workspace: Workspace) -> tuple[list[Row], str]:
    """All rows, and a line that tells whether the search log was written."""
    workspace.settings.database.unlink(missing_ok=True)
    fill_vectors(workspace.settings)
    addresses = _Addresses(workspace)
    rows = [_measure_start("start of a worker, to its first page", serve_worker_only, workspace)]
    rows.append(_measure_start("start of `kb serve`, to its first page", serve, workspace))
    with serve(workspace) as site:
        rows += [_measure(site, *kind) for kind in addresses.kinds()]
        rows.append(_medians("  of search pages, the median", rows))
        if workspace.size <= LOADED_SIZE:
            rows.append(measure_load(site.port, addresses.mix()))
        rows += _measure_memory(
            site, addresses, Row("memory of the worker, warm", (), "MB", MEMORY_MB)
        )
    with serve(workspace.with_settings({"KB_SEMANTIC": "off"})) as site:
        name = "memory without search by meaning"
        rows += _measure_memory(site, addresses, Row(name, (), "MB", MEMORY_MB, is_for_large=True))
    return rows, f"searches recorded meanwhile: {_count_recorded(workspace)}"


class _Addresses:
    """What to ask the site for, by round."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        generations = build_generations(workspace.settings)
        library = generations.current().library
        self.articles = [article.url for article in library.list_articles()]
        self.collections = [collection.url for collection in library.list_subcollections("")]
        self._vocabulary = dict(generations.current().search.vocabulary)
        generations.close()

    def kinds(self) -> list[tuple[str, float, Callable[[int], Sequence[str]]]]:
        """Name, promise and addresses of everything that is measured."""
        worst = "  12 of the commonest words"
        return [
            ("article page", ARTICLE_MS, self.article_pages),
            ("home page", LIST_MS, lambda seed: ["/"] * PAGES),
            ("collection page", LIST_MS, self.collection_pages),
            ("suggestion", SUGGESTION_MS, self.suggestions),
            (SEARCH_PAGE, SEARCH_MS, self.searches),
            (worst, WORST_MS, self.worst_searches),
        ]

    def mix(self) -> dict[str, Sequence[str]]:
        """What many customers ask for at once."""
        return {
            "search": [p for seed in range(90, 95) for p in self.searches(seed)],
            "suggestion": [p for seed in range(90, 95) for p in self.suggestions(seed)],
            "article": [quote(url) for url in self.articles],
            "home": ["/"],
        }

    def article_pages(self, seed: int) -> Sequence[str]:
        """Different articles, at random."""
        count = min(WARM_UP + PAGES, len(self.articles))
        return [quote(url) for url in random.Random(seed).sample(self.articles, count)]

    def collection_pages(self, seed: int) -> Sequence[str]:
        """All collections, again and again."""
        rng = random.Random(seed)
        return [quote(url) for url in rng.choices(self.collections, k=WARM_UP + PAGES)]

    def suggestions(self, seed: int) -> Sequence[str]:
        """What is sent while people type."""
        typed = sample_typing(self._workspace, WARM_UP + SUGGESTIONS, seed)
        return [f"/api/v1/suggest?q={quote(text)}" for text in typed]

    def searches(self, seed: int) -> Sequence[str]:
        """Questions as people ask them."""
        asked = corpus.sample_queries(self._workspace.content, WARM_UP + SEARCHES, seed)
        return [f"/search?q={quote(text)}" for text in asked]

    def worst_searches(self, seed: int) -> Sequence[str]:
        """Questions that match nearly every article with every word."""
        hard = worst_questions(self._vocabulary, 2 * WARM_UP, seed)
        return [f"/search?q={quote(text)}" for text in hard]


def _measure(
    site: RunningSite, name: str, promise: float, addresses: Callable[[int], Sequence[str]]
) -> Row:
    client = Client(site.port)
    rounds = []
    for number in range(ROUNDS):
        actions = [partial(client.get, path) for path in addresses(number + 1)]
        time_each(actions[:WARM_UP], SECONDS)
        rounds.append(time_each(actions[WARM_UP:], SECONDS))
    client.close()
    return Row(name, tuple(rounds), promise=promise)


def _medians(name: str, rows: Sequence[Row]) -> Row:
    (search,) = (row for row in rows if row.what == SEARCH_PAGE)
    medians = tuple((statistics.median(times),) for times in search.rounds)
    return Row(name, medians, promise=MEDIAN_SEARCH_MS)


def _measure_start(name: str, start: Callable[..., object], workspace: Workspace) -> Row:
    found: list[float] = []
    for _ in range(STARTS):
        with start(workspace) as site:  # type: ignore[attr-defined]
            found.append(site.started_after)
    return Row(name, (tuple(found),), "s", START_SECONDS)


def _measure_memory(site: RunningSite, addresses: _Addresses, row: Row) -> list[Row]:
    """``row`` with what the worker takes in the end; none where the system does not tell."""
    with ThreadPoolExecutor(CUSTOMERS) as pool:
        list(pool.map(lambda seed: _browse(site, addresses, seed), range(50, 50 + CUSTOMERS)))
    megabytes = site.worker_megabytes()
    if megabytes is None:
        return []
    return [replace(row, rounds=((megabytes,),))]


def _browse(site: RunningSite, addresses: _Addresses, seed: int) -> None:
    client = Client(site.port)
    pages = [*addresses.article_pages(seed), *addresses.collection_pages(seed)[:WARM_UP]]
    pages += [*addresses.searches(seed), *addresses.suggestions(seed)]
    time_each((partial(client.get, path) for path in pages), SECONDS)
    client.close()


def _count_recorded(workspace: Workspace) -> int:
    services = build_services(workspace.settings)
    services.search_log.settle()
    today = datetime.now(UTC).date()
    summary = services.search_log.summary(today - timedelta(days=1), today + timedelta(days=1))
    return summary.total.searches
