"""How long a search takes in one process, beside SQLite FTS5 over the same terms.

Both sides get the same analysed terms of the same articles in the same fields with the
same weights, and the same terms of the same questions: what is compared is matching and
ranking, not stemming.  Rounds ask different questions, in turns, engine first in one
round and FTS5 first in the next.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import corpus
from fts5 import Fts5
from measuring import Row, time_each
from workspace import Workspace

from kb.bootstrap.publishing import build_engine, build_generations
from kb.content.models import Audience
from kb.publishing.generations import Generation
from kb.search.analysis import Analyzer
from kb.search.documents import build_document, build_search_sections
from kb.search.engine import FIELD_WEIGHTS
from kb.search.query import MAX_TERMS, Query, parse_query
from kb.search.service import SearchService

ROUNDS = 3
QUESTIONS = 100
"""Asked in each round, each once: nothing is measured from a cache that it filled."""
WARM_UP = 20
SECONDS = 30.0
"""Longest a round may take; a slow engine answers fewer questions."""
COMMON_WORDS = 40


def measure_search(workspace: Workspace) -> tuple[list[Row], str]:
    """All rows, and the line that compares the engine with FTS5."""
    generations = build_generations(workspace.settings)
    try:
        generation = generations.current()
        folder = generations.layout.generation(generation.id)
        rows, ratio = _compare_engines(workspace, generation, folder)
        rows += _measure_service(workspace, generation.search)
        return rows, ratio
    finally:
        generations.close()


def sample_typing(workspace: Workspace, count: int, seed: int) -> list[str]:
    """What a suggestion box is asked while a question is being typed."""
    rng = random.Random(seed)
    queries = corpus.sample_queries(workspace.content, count, seed + 1_000)
    return [query[: rng.randint(1, max(2, min(len(query), 24)))] for query in queries]


def worst_questions(vocabulary: Mapping[str, int], count: int, seed: int) -> list[str]:
    """Questions of twelve of the commonest words that carry meaning."""
    analyzer = Analyzer.for_language("en")
    words = sorted(vocabulary, key=lambda word: (-vocabulary[word], word))
    common = [word for word in words if word not in analyzer.stop_words][:COMMON_WORDS]
    rng = random.Random(seed)
    return [" ".join(rng.sample(common, min(MAX_TERMS, len(common)))) for _ in range(count)]


def _compare_engines(
    workspace: Workspace, generation: Generation, folder: Path
) -> tuple[list[Row], str]:
    engine = build_engine(workspace.settings)
    reader = engine.open(folder / engine.name)
    table = Fts5(workspace.folder / "fts5.sqlite", FIELD_WEIGHTS, "unicode61 tokenchars '.'")
    try:
        table.build(_rows(generation))
        mine: list[tuple[float, ...]] = []
        theirs: list[tuple[float, ...]] = []
        for number, queries in enumerate(_rounds(workspace)):
            sides: list[tuple[list[tuple[float, ...]], list[Callable[[], object]]]] = [
                (mine, [partial(reader.search, query.terms, 10) for query in queries]),
                (theirs, [partial(table.search, _words(query)) for query in queries]),
            ]
            for times, actions in sides if number % 2 else reversed(sides):
                time_each(actions[:WARM_UP], SECONDS)
                times.append(time_each(actions[WARM_UP:], SECONDS))
    finally:
        reader.close()
        table.close()
    rows = [Row(f"engine {engine.name}", tuple(mine)), Row("SQLite FTS5", tuple(theirs))]
    return rows, _ratio(engine.name, *rows)


def _ratio(name: str, mine: Row, theirs: Row) -> str:
    p50, p95 = mine.p50 / theirs.p50, (mine.p95 or 0.0) / (theirs.p95 or 1.0)
    return (
        f"{name} takes {p50:.2f} times as long as SQLite FTS5 at the median, {p95:.2f} times at p95"
    )


def _rounds(workspace: Workspace) -> Iterator[list[Query]]:
    analyzer = Analyzer.for_language("en")
    for number in range(ROUNDS):
        texts = corpus.sample_queries(workspace.content, WARM_UP + QUESTIONS, seed=number + 1)
        yield [query for text in texts if (query := parse_query(text, analyzer))]


def _rows(generation: Generation) -> Iterator[tuple[str, dict[str, str]]]:
    library = generation.library
    for summary in library.list_articles(Audience.STAFF):
        article = library.texts.load_article(summary)
        analyzer = Analyzer.for_language(summary.language)
        document = build_document(article, build_search_sections(article.sections, analyzer))
        yield document.key, {name: " ".join(terms) for name, terms in document.fields.items()}


def _words(query: Query) -> Sequence[str]:
    return [term.term for term in query.terms]


def _measure_service(workspace: Workspace, search: SearchService) -> list[Row]:
    def ask(texts: Sequence[str], action: Callable[[str], object]) -> tuple[float, ...]:
        actions = [partial(action, text) for text in texts]
        time_each(actions[:WARM_UP], SECONDS)
        return time_each(actions[WARM_UP:], SECONDS)

    questions, worst, typing = [], [], []
    for number in range(ROUNDS):
        seed = 100 + number
        asked = corpus.sample_queries(workspace.content, WARM_UP + QUESTIONS, seed)
        questions.append(ask(asked, search.search))
        hard = worst_questions(search.vocabulary, 2 * WARM_UP, seed)
        worst.append(ask(hard, search.search))
        typing.append(ask(sample_typing(workspace, WARM_UP + QUESTIONS, seed), search.suggest))
    return [
        Row("search as a whole, in process", tuple(questions)),
        Row(f"  {MAX_TERMS} of the commonest words", tuple(worst)),
        Row("suggestion, in process", tuple(typing)),
    ]
