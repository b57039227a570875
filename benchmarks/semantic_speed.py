"""What finding by meaning costs: embedding articles and questions, comparing, memory."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import corpus
import numpy as np
from measuring import Row, time_each
from running_site import resident_megabytes
from stand_in_vectors import DIMENSION, anywhere, random_vectors
from workspace import Workspace

from kb.bootstrap.embedding import build_embedder, build_query_embedder, find_embedder_problem
from kb.cli.background import kb_command
from kb.search.embedder import Embedder
from kb.search.passage_table import DIGEST, PassageTable
from kb.search.passages import PASSAGE_WORDS
from kb.search.query_vectors import QueryVectors
from kb.search.rounded import RoundedVectors, Vectors, round_vectors
from kb.search.vectors import VectorIndex

SECTIONS_A_SECOND = 35.0
COMPARING_MS = {20_000: 2.0, 200_000: 10.0}
SECTIONS = 140
QUESTIONS = 60
ROUNDS = 3
SECONDS = 20.0
_PASSAGES_AN_ARTICLE = 8
_LIMIT = 50


def measure_semantic(workspace: Workspace) -> tuple[list[Row], str]:
    """All rows; none where the model is not installed."""
    problem = find_embedder_problem(workspace.settings)
    if problem:
        return [], f"Not measured: {problem}"
    rows = [_measure_sections(workspace)]
    local = build_query_embedder(workspace.settings)
    rows += _measure_questions(workspace, "in this process", local)
    with _embedding_process() as (process, path):
        shared = build_query_embedder(replace(workspace.settings, embedder_socket=path))
        rows += _measure_questions(workspace, "over the socket", shared)
        rows.append(
            Row("memory of the embedding process", ((resident_megabytes(process.pid),),), "MB")
        )
    for count in COMPARING_MS:
        rows += _measure_comparing(count)
    return (
        rows,
        "Vectors that are compared are random, with subjects and main directions like real ones.",
    )


def _measure_sections(workspace: Workspace) -> Row:
    """Milliseconds a section of 120 words, as `kb index` embeds them: two side by side."""
    words = " ".join(
        path.read_text(encoding="utf-8") for path in sorted(workspace.content.glob("c*/*.md"))[:300]
    ).split()
    texts = [
        " ".join(words[start : start + PASSAGE_WORDS])
        for start in range(0, len(words) - PASSAGE_WORDS, PASSAGE_WORDS)
    ][:SECTIONS]
    embedder = build_embedder(workspace.settings)
    embedder.embed(texts[:4])
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        embedder.embed(texts)
        rounds.append(((time.perf_counter() - started) * 1000 / len(texts),))
    embedder.close()
    return Row("embedding: a section of 120 words", tuple(rounds), "ms", 1000 / SECTIONS_A_SECOND)


def _measure_questions(workspace: Workspace, where: str, embedder: Embedder) -> list[Row]:
    """A new question, and one that was asked before."""
    questions = QueryVectors(embedder, 10.0)
    questions.warm(60.0)
    new, again = [], []
    for number in range(ROUNDS):
        texts = corpus.sample_queries(workspace.content, QUESTIONS, 900 + number)
        actions = [partial(questions.embed, text) for text in texts]
        new.append(time_each(actions, SECONDS))
        again.append(time_each(actions, SECONDS))
    embedder.close()
    rows = [Row(f"embedding: a new question, {where}", tuple(new))]
    if "socket" not in where:
        rows.append(Row("  one that was asked before", tuple(again)))
    return rows


def _measure_comparing(count: int) -> list[Row]:
    """One question with all passages, the best 50 articles; and one that nothing is near to."""
    articles = count // _PASSAGES_AN_ARTICLE
    kinds = [0, 0, *[2] * (_PASSAGES_AN_ARTICLE - 2)] * articles
    table = PassageTable(
        slugs=[f"article-{number}" for number in range(articles)],
        counts=np.full(articles, _PASSAGES_AN_ARTICLE, np.int32),
        kinds=np.array(kinds, np.uint8),
        anchors=["h-anchor"] * len(kinds),
        digests=np.zeros(len(kinds), DIGEST),
        model="random",
        dimension=DIMENSION,
        segments=("random",),
        rows=np.arange(len(kinds), dtype=np.int32),
    )
    vectors = random_vectors(len(kinds), together=_PASSAGES_AN_ARTICLE)
    index = VectorIndex(table, [RoundedVectors.of(round_vectors(vectors))])
    index.prepare()
    near = [random_vectors(QUESTIONS, seed=50 + number) for number in range(ROUNDS)]
    far = [anywhere(QUESTIONS, seed=80 + number) for number in range(ROUNDS)]
    return [
        _time_searches(
            index, near, f"comparing with {count:,} passages, median", COMPARING_MS[count]
        ),
        _time_searches(index, far, "  nothing is near to the question"),
    ]


def _time_searches(
    index: VectorIndex, rounds: Sequence[Vectors], name: str, most: float | None = None
) -> Row:
    times = []
    for questions in rounds:
        actions = [partial(index.search, vector, _LIMIT, lambda slug: True) for vector in questions]
        time_each(actions[:5], SECONDS)
        times.append(time_each(actions, SECONDS))
    # The promise is about the median: the 95th percentile belongs to the neighbours.
    medians = tuple((statistics.median(values),) for values in times)
    return Row(name, medians, "ms", most)


@contextmanager
def _embedding_process() -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    environment = {name: value for name, value in os.environ.items() if name[:3] != "KB_"}
    with tempfile.TemporaryDirectory(prefix="helpshelf-") as folder:
        path = Path(folder) / "embedder"
        process = subprocess.Popen(
            kb_command("embedder", "--socket", str(path), "--parent", str(os.getpid())),
            cwd=corpus.ROOT,
            env=environment,
        )
        try:
            while not path.exists() and process.poll() is None:
                time.sleep(0.05)
            yield process, path
        finally:
            process.terminate()
            process.wait()
