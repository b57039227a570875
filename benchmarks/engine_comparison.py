"""The engine beside tantivy and SQLite FTS5: the same terms, fields and weights, ten hits fetched.

All get the same analysed terms of the same articles and questions, so what is compared is
matching and ranking, not stemming; the answer is key and title of the ten best.  In each
round the engine starts cold and warms up as a worker does, and all are asked one half of
the questions; what is measured is the other half, once each, in portions that take turns.
Times are CPU time of the thread, so that other work on the machine disturbs less.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fts5 import Fts5
from measuring import Row
from tantivy_peer import Tantivy

from kb.search.engine import FIELD_RANKING, EngineReader
from kb.search.query import Query

PORTION = 25
"""Questions that one engine answers before the next has its turn."""
SMALL = 5_000
"""From here on the ratios are promised; in less, all engines take next to no time."""
PROMISED_TANTIVY, PROMISED_TANTIVY_LARGE = 1.0, 1.2
PROMISED_FTS5 = 0.1
PROMISED_FIRST_MS = 100.0
WEIGHTS = {name: ranking.weight for name, ranking in FIELD_RANKING.items() if ranking.weight}

Answer = Callable[[Query], object]


@dataclass(frozen=True)
class AnalysedArticle:
    """What all engines index."""

    key: str
    title: str
    fields: Mapping[str, str]
    """Terms by field, separated by spaces."""


@dataclass(frozen=True)
class Competitor:
    """One side of the comparison and its times in milliseconds, by round."""

    what: str
    answer: Answer
    rounds: list[tuple[float, ...]]

    @property
    def row(self) -> Row:
        """The line of the table."""
        return Row(self.what, tuple(self.rounds))


def compare_engines(
    open_reader: Callable[[], EngineReader],
    articles: Callable[[], Iterable[AnalysedArticle]],
    rounds: Iterable[Sequence[Query]],
    folder: Path,
) -> list[Row]:
    """A line for each engine, the ratios that are promised, and how soon the first answer comes."""
    titles = {article.key: article.title for article in articles()}
    tantivy = Tantivy(folder / "tantivy", WEIGHTS)
    tantivy.build((a.key, a.title, a.fields) for a in articles())
    table = Fts5(folder / "fts5.sqlite", WEIGHTS, "unicode61 tokenchars '.'")
    table.build((a.key, a.fields) for a in articles())
    peers = [
        Competitor("tantivy, query built term by term", lambda q: tantivy.search(_words(q)), []),
        Competitor("tantivy, its own parser", lambda q: tantivy.search_parsed(_words(q)), []),
        Competitor("SQLite FTS5", lambda q: [(k, titles[k]) for k in table.search(_words(q))], []),
    ]
    own: list[tuple[float, ...]] = []
    first: list[float] = []
    try:
        for number, queries in enumerate(rounds):
            started = time.perf_counter()
            reader = open_reader()
            try:
                reader.search(queries[0].terms, 10)
                first.append((time.perf_counter() - started) * 1000)
                while not reader.warm():
                    pass
                mine = Competitor("engine", _fetching(reader, titles), own)
                _measure_round([mine, *peers], queries, number)
            finally:
                reader.close()
    finally:
        table.close()
    rows = [Row("engine", tuple(own)), *(peer.row for peer in peers)]
    opening = Row("opening and first search, wall time", (tuple(first),), promise=PROMISED_FIRST_MS)
    return [*rows, *_ratios(rows, len(titles)), opening]


def _measure_round(sides: Sequence[Competitor], queries: Sequence[Query], number: int) -> None:
    half = len(queries) // 2
    for query in queries[:half]:
        for side in sides:
            side.answer(query)
    found: dict[str, list[float]] = {side.what: [] for side in sides}
    for turn, portion in enumerate(_portions(queries[half:])):
        first = (turn + number) % len(sides)
        for side in (*sides[first:], *sides[:first]):
            found[side.what] += [_cpu_milliseconds(side.answer, query) for query in portion]
    for side in sides:
        side.rounds.append(tuple(found[side.what]))


def _cpu_milliseconds(answer: Answer, query: Query) -> float:
    started = time.thread_time_ns()
    answer(query)
    return (time.thread_time_ns() - started) / 1e6


def _fetching(reader: EngineReader, titles: Mapping[str, str]) -> Answer:
    return lambda query: [(hit.key, titles[hit.key]) for hit in reader.search(query.terms, 10).hits]


def _ratios(rows: Sequence[Row], articles: int) -> Iterator[Row]:
    mine, *tantivys, fts5 = rows
    best = min(tantivys, key=lambda row: row.p50)
    for name, peer, promise in (
        ("tantivy", best, PROMISED_TANTIVY if articles <= SMALL else PROMISED_TANTIVY_LARGE),
        ("FTS5", fts5, PROMISED_FTS5 if articles >= SMALL else None),
    ):
        p95 = (mine.p95 or mine.p50) / (peer.p95 or peer.p50)
        yield Row(f"engine / {name}, at p50", ((mine.p50 / peer.p50,),), "x", promise)
        yield Row(f"engine / {name}, at p95", ((p95,),), "x", promise)


def _portions(queries: Sequence[Query]) -> Iterator[Sequence[Query]]:
    return (queries[at : at + PORTION] for at in range(0, len(queries), PORTION))


def _words(query: Query) -> list[str]:
    return [term.term for term in query.terms]
