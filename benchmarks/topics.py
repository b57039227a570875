"""Whether failed searches that ask the same become one topic: labelled messages of customers.

They arrive in a real database and are grouped by the product's regular job, all at once or
in ten parts; what is measured is which topic each of them has in the end.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from judged import find_data, load_rows
from running_site import resident_megabytes
from typos import make_slips

from kb.bootstrap.embedding import build_embedder
from kb.clock import SystemClock
from kb.config import load_settings
from kb.content_gaps.grouping import Grouper
from kb.content_gaps.key_meanings import KeyMeanings
from kb.content_gaps.models import Words
from kb.content_gaps.topic_grouper import TopicGrouper
from kb.relevance.bcubed import Agreement, compare_groups
from kb.search.embedder import Embedder, Vectors
from kb.search.embedders.null import NullEmbedder
from kb.storage.migrations import migrations
from kb.storage.sqlite import SqliteFile
from kb.storage.topic_grouping import SqliteGroupingStore
from kb.text import fold

PARTS = 10
MOST = 10_000
SUBSETS = (500, 2_000)
LOAD, DAY = 100_000, 5_000
"""Failed searches to group at once, and to add."""
_DIFFERENT = 0.3
"""Share of the load that is a wording of its own; the rest repeats, as customers do."""

Group = Callable[[Sequence[str]], list[Hashable]]


@dataclass(frozen=True)
class Messages:
    """What customers wrote, and the intent of each."""

    name: str
    texts: Sequence[str]
    labels: Sequence[str]

    def sample(self, count: int) -> "Messages":
        """So many of them, drawn at random."""
        chosen = random.Random(count).sample(range(len(self.texts)), min(count, len(self.texts)))
        return Messages(
            f"{self.name}, {len(chosen):,}",
            [self.texts[at] for at in chosen],
            [self.labels[at] for at in chosen],
        )

    def with_slips(self) -> "Messages":
        """With one keyboard slip in every third message."""
        rng = random.Random(3)
        texts = [make_slips(t, rng, 1) if rng.random() < 1 / 3 else t for t in self.texts]
        return Messages(f"{self.name}, slips", texts, self.labels)


def load_messages() -> list[Messages]:
    """The sets that are there; says which are not."""
    found = []
    for name in ("banking77", "clinc150"):
        folder = find_data(name, "queries.jsonl")
        if folder is not None:
            rows = [row for row in load_rows(folder / "queries.jsonl") if row["intent"]]
            texts = [row["text"] for row in rows]
            found.append(Messages(name, texts, [row["intent"] for row in rows]).sample(MOST))
    return found


class TopicBench:
    """Databases in a folder, and one model whose vectors are computed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        model = build_embedder(load_settings(), at_once=1)
        self.embedder: Embedder = _Remembering(model) if model.model else model

    def ways(self) -> Mapping[str, Group]:
        """Baselines and what the product does."""
        ways: dict[str, Group] = {
            "same text": lambda texts: [fold(text) for text in texts],
            "same stemmed words": _same_words,
            "words alone": lambda texts: self.group(texts, 1, NullEmbedder("off")),
            f"words alone, {PARTS} parts": lambda t: self.group(t, PARTS, NullEmbedder("off")),
        }
        if self.embedder.model:
            ways["with meaning"] = lambda texts: self.group(texts, 1, self.embedder)
            ways[f"with meaning, {PARTS} parts"] = lambda t: self.group(t, PARTS, self.embedder)
        return ways

    def group(self, texts: Sequence[str], parts: int, embedder: Embedder) -> list[Hashable]:
        """The topic of each text after it arrived with so many others."""
        places = list(range(len(texts)))
        random.Random(parts).shuffle(places)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            arrivals = Arrivals(Path(folder) / "topics.db", embedder)
            for part in range(parts):
                arrivals.add([texts[at] for at in places[part::parts]])
                arrivals.group()
            topics = arrivals.topics()
            arrivals.close()
        return [topics[text] for text in texts]


class Arrivals:
    """A database with failed searches and the regular job that groups them."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self._file = SqliteFile(path, synchronous="NORMAL", migrations=migrations)
        store = SqliteGroupingStore(self._file)
        self._grouper = TopicGrouper(store, SystemClock(), Words, KeyMeanings(store, embedder))
        self._searches = 0

    def add(self, texts: Sequence[str]) -> None:
        """Failed searches, each of a visit of its own."""
        with self._file.transaction() as database:
            for text in texts:
                self._searches += 1
                database.conn.execute(
                    "INSERT INTO wordings (normalised, text, failed) VALUES (?1, ?1, 1)"
                    " ON CONFLICT (normalised) DO NOTHING",
                    (text,),
                )
                database.conn.execute(
                    "INSERT INTO searches (visit_id, recorded_at, touched_at, day, wording_id, text,"
                    " searched, stage, mode, confidence, weak, language, shown, took_ms, source,"
                    " opens_visit, opened, contacted, outcome, failed) SELECT ?, 0, 0, 0, id, text,"
                    " text, '', '', 0, 0, 'en', '[]', 0, 'import', 1, 0, 0, 'zero-result', 1"
                    " FROM wordings WHERE normalised = ?",
                    (self._searches, text),
                )

    def group(self) -> float:
        """Run the regular job; seconds."""
        started = time.perf_counter()
        self._grouper.group()
        return time.perf_counter() - started

    def topics(self) -> dict[str, int]:
        """The topic of each text."""
        rows = self._file.connection().conn.execute("SELECT text, topic_id FROM wordings")
        return dict(rows.fetchall())

    def close(self) -> None:
        """Close the database."""
        self._file.close()


def print_quality(bench: TopicBench, messages: Messages) -> dict[str, Agreement]:
    """A table of all ways to group these messages."""
    print(f"\n{messages.name}: {len(set(messages.labels))} intents")
    print(f"{'':28}{'precision':>10}{'recall':>8}{'F':>7}{'topics':>8}{'s':>7}")
    found = {}
    for name, group in bench.ways().items():
        started = time.perf_counter()
        groups = group(messages.texts)
        took = time.perf_counter() - started
        one = found[name] = compare_groups(groups, messages.labels)
        print(
            f"{name:28}{one.precision:10.3f}{one.recall:8.3f}{one.f:7.3f}"
            f"{len(set(groups)):8,}{took:7.1f}"
        )
    return found


def print_speed(folder: Path, messages: Sequence[Messages]) -> tuple[float, float, float]:
    """Seconds for the load and for a day on top, and megabytes at most, with the real model."""
    texts = [text for each in messages for text in each.texts]
    rng = random.Random(7)
    load, day = _draw(texts, LOAD, rng), _draw(texts, DAY, rng)
    # A process of its own, as the regular job is: this one has held much else.
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        first, then, megabytes = alone.submit(_group_load, folder, load, day).result()
    print(
        f"\n{LOAD:,} failed searches in {len(set(load)):,} wordings: {first:.1f} s; {DAY:,} more "
        f"({len(set(day) - set(load)):,} new wordings): {then:.1f} s; at most {megabytes:.0f} MB"
    )
    return first, then, megabytes


def _group_load(
    folder: Path, load: Sequence[str], day: Sequence[str]
) -> tuple[float, float, float]:
    arrivals = Arrivals(folder / "load.db", build_embedder(load_settings(), at_once=1))
    arrivals.add(load)
    first = arrivals.group()
    arrivals.add(day)
    then = arrivals.group()
    arrivals.close()
    return first, then, resident_megabytes(os.getpid(), highest=True)


def _draw(texts: Sequence[str], count: int, rng: random.Random) -> list[str]:
    different = [
        make_slips(text, rng, 1) if at >= len(texts) else text
        for at, text in zip(range(round(count * _DIFFERENT)), _endless(texts, rng), strict=False)
    ]
    return [*different, *rng.choices(different, k=count - len(different))]


def _endless(texts: Sequence[str], rng: random.Random) -> Sequence[str]:
    return rng.sample(texts, len(texts)) + rng.choices(texts, k=LOAD)


def _same_words(texts: Sequence[str]) -> list[Hashable]:
    grouper = Grouper(Words())
    return [grouper.find_key(text) for text in texts]


class _Remembering:
    """Computes each vector once, for runs that are about quality."""

    def __init__(self, embedder: Embedder) -> None:
        self.model = embedder.model
        self._embedder = embedder
        self._rows: dict[str, Vectors] = {}

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._embedder.dimension

    def embed(self, texts: Sequence[str], *, timeout: float | None = None) -> Vectors:
        """One row for each text."""
        import numpy as np

        missing = [text for text in dict.fromkeys(texts) if text not in self._rows]
        self._rows |= dict(
            zip(missing, self._embedder.embed(missing, timeout=timeout), strict=True)
        )
        return np.stack([self._rows[text] for text in texts])

    def close(self) -> None:
        """Release the model."""
        self._embedder.close()
