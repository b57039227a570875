"""How long a search takes in one process, and how long matching and ranking beside other engines.

    python benchmarks/engine_speed.py --size 50000

compares the engines on an index made directly of the corpus, without publishing it.
"""

import argparse
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import corpus
from engine_comparison import AnalysedArticle, compare_engines
from measuring import Row, machine_facts, print_rows, time_each
from workspace import Workspace

from kb.bootstrap.publishing import build_engine, build_generations
from kb.content.models import Audience
from kb.publishing.generation import Generation
from kb.search.analysis import Analyzer
from kb.search.documents import build_document, build_search_sections
from kb.search.engine import IndexDocument
from kb.search.engines.whoosh import WhooshEngine
from kb.search.query import MAX_TERMS, Query, parse_query
from kb.search.service import SearchService

ROUNDS = 3
QUESTIONS = 100
"""Asked in each round, each once: nothing is measured from a cache that it filled."""
WARM_UP = 20
SECONDS = 30.0
"""Longest a round may take; a slow engine answers fewer questions."""
COMMON_WORDS = 40
COMPARED = 500
"""Questions of each round of the comparison; one half of them only warms up."""


def measure_search(workspace: Workspace) -> tuple[list[Row], str]:
    """All rows; nothing is to be said besides."""
    generations = build_generations(workspace.settings)
    try:
        generation = generations.current()
        index = generations.layout.generation(generation.id)
        engine = build_engine(workspace.settings)
        rows = compare_engines(
            lambda: build_engine(workspace.settings).open(index / engine.name),
            partial(_published, generation),
            _rounds(workspace.content),
            workspace.folder,
        )
        return [*rows, *_measure_service(workspace, generation.search)], ""
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


def _rounds(content: Path) -> Iterator[list[Query]]:
    analyzer = Analyzer.for_language("en")
    for number in range(ROUNDS):
        texts = corpus.sample_queries(content, COMPARED, seed=number + 1)
        yield [query for text in texts if (query := parse_query(text, analyzer))]


def _published(generation: Generation) -> Iterator[AnalysedArticle]:
    library = generation.library
    for summary in library.list_articles(Audience.STAFF):
        article = library.texts.load_article(summary)
        analyzer = Analyzer.for_language(summary.language)
        document = build_document(article, build_search_sections(article.sections, analyzer))
        fields = {name: " ".join(terms) for name, terms in document.fields.items()}
        yield AnalysedArticle(document.key, summary.title, fields)


def _of_corpus(content: Path) -> Iterator[AnalysedArticle]:
    """As a publish would analyse them, but with the marks of Markdown and without links."""
    analyzer = Analyzer.for_language("en")
    for number, (front, sections) in enumerate(corpus.read_articles(content)):
        title, questions = str(front["title"]), front.get("questions") or ()
        terms = {
            "title": analyzer.terms(title, keep_stop_words=True),
            "questions": analyzer.terms(" \n ".join(questions), keep_stop_words=True),
            "headings": analyzer.terms(" \n ".join(heading for heading, _ in sections)),
            "summary": analyzer.terms(str(front.get("summary") or "")),
            "tags": analyzer.terms(" \n ".join(front.get("tags") or ())),
            "body": analyzer.terms(" \n ".join(f"{head} {text}" for head, text in sections)),
        }
        fields = {name: " ".join(found) for name, found in terms.items()}
        yield AnalysedArticle(f"a{number:06}", title, fields)


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


def _compare_on_corpus(size: int, work: Path) -> list[Row]:
    content, folder = work / f"content-{size}", work / f"engines-{size}"
    print(corpus.write_corpus(content, size))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    articles = list(_of_corpus(content))
    started = time.process_time()
    WhooshEngine().build(
        folder / "index",
        (
            IndexDocument(a.key, {name: text.split() for name, text in a.fields.items()})
            for a in articles
        ),
    )
    print(f"building the index took {time.process_time() - started:.0f} s of CPU time")
    return compare_engines(
        lambda: WhooshEngine().open(folder / "index"), lambda: articles, _rounds(content), folder
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: the comparison alone."""
    parser = argparse.ArgumentParser(description="Compare the engine with others.")
    parser.add_argument("--size", type=int, default=5_000, help="articles")
    parser.add_argument("--work", type=Path, default=corpus.ROOT / "build" / "bench")
    options = parser.parse_args(arguments)
    print(machine_facts())
    rows = _compare_on_corpus(options.size, options.work)
    print_rows(f"Ten hits of {options.size} articles, CPU time", rows, is_promised_size=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
