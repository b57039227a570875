"""How long suggestions and corrections take in one process, first uses told apart.

Corrections are measured on the words of the content and on larger vocabularies, filled up
with words of the language, beside a comparison with every word of about the same length
(rapidfuzz), which is what is done until the index is built.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from engine_speed import sample_typing
from measuring import Row, time_each
from spellchecker import SpellChecker
from typos import make_slips
from workspace import Workspace

from kb.bootstrap.publishing import build_generations
from kb.content.models import ArticleSummary, Audience
from kb.search.analysis import Analyzer
from kb.search.corrections import Corrector
from kb.search.dictionary import Dictionary
from kb.search.spelling_index import SHORTEST_FOR_TWO, compare
from kb.search.suggestions import SuggestionIndex
from kb.text import fold

ROUNDS = 3
COUNT = 200
SECONDS = 30.0
PROMISE = 0.2
"""Milliseconds at p95, for a suggestion and for a correction."""
VOCABULARY = 25_000
LARGE_VOCABULARY = 150_000
"""What 5,000 and 50,000 articles that are all different would have."""


def measure_typing(workspace: Workspace) -> tuple[list[Row], str]:
    """All rows, and what the corrections take in memory."""
    generations = build_generations(workspace.settings)
    try:
        generation = generations.current()
        while not generations.settle():
            pass  # what is prepared in the background lets requests go first, but not these calls
        articles = generation.library.list_articles(Audience.STAFF)
        own = generation.search.vocabulary
        rows = _measure_suggestions(workspace, articles)
        remarks = []
        for size in (len(own), VOCABULARY, LARGE_VOCABULARY):
            found, remark = _measure_corrections(_filled_up(own, size), articles)
            rows += found
            remarks.append(remark)
        return rows, "\n".join(remarks)
    finally:
        generations.close()


def _measure_suggestions(workspace: Workspace, articles: Sequence[ArticleSummary]) -> list[Row]:
    analyzer = Analyzer.for_language("en")
    build: Callable[[], object] = partial(SuggestionIndex, articles, analyzer)
    opening = tuple(time_each([build], SECONDS) for _ in range(ROUNDS))
    rows = [Row("building the suggestions", opening)]
    for name, longest in (("suggestion, nothing cached", 24), ("  of one or two letters", 2)):
        rounds = []
        for number in range(ROUNDS):
            typed = sample_typing(workspace, COUNT, seed=200 + number)
            index = SuggestionIndex(articles, analyzer)  # a new one has cached nothing
            texts = dict.fromkeys(text[:longest] for text in typed)
            actions = [partial(index.suggest, text, 8, Audience.PUBLIC) for text in texts]
            rounds.append(time_each(actions, SECONDS))
        rows.append(Row(name, tuple(rounds), promise=PROMISE))
    return rows


def _measure_corrections(
    vocabulary: Mapping[str, int], articles: Sequence[ArticleSummary]
) -> tuple[list[Row], str]:
    analyzer = Analyzer.for_language("en")
    dictionary = Dictionary.for_language("en")
    dictionary.load()
    terms = frozenset(term for word in vocabulary for term in analyzer.terms(word))
    words = sorted(vocabulary)
    building, mine, scanning = [], [], []
    for number in range(ROUNDS):
        typed = _misspelt(words, terms, seed=300 + number)
        corrector = Corrector(vocabulary, dictionary, articles, "en")
        started = time.perf_counter()
        corrector.warm()
        building.append(((time.perf_counter() - started) * 1000,))
        actions: list[Callable[[], object]] = [
            partial(corrector.correct, word, analyzer, terms.__contains__) for word in typed
        ]
        mine.append(time_each(actions, SECONDS))
        scanning.append(time_each([partial(_scan, word, words) for word in typed], SECONDS))
    name = f"{len(vocabulary):,} words"
    is_promised = len(vocabulary) <= VOCABULARY
    rows = [
        Row(f"building the corrections, {name}", tuple(building)),
        Row("  one misspelt word", tuple(mine), promise=PROMISE if is_promised else None),
        Row("  compared with every word", tuple(scanning)),
    ]
    ratio = rows[2].p50 / rows[1].p50
    return rows, f"{name}: a correction is {ratio:.0f} times as fast as a comparison (p50)"


def _scan(word: str, words: Sequence[str]) -> object:
    return compare(word, words, 2 if len(word) >= SHORTEST_FOR_TWO else 1)


def _misspelt(words: Sequence[str], terms: frozenset[str], seed: int) -> list[str]:
    """Words with one slip each, of which none occurs."""
    rng = random.Random(seed)
    analyzer = Analyzer.for_language("en")
    long = [word for word in words if len(word) >= 5 and word.isalpha()]
    found: dict[str, None] = {}
    while len(found) < COUNT:
        typed = make_slips(rng.choice(long), rng, count=1)
        if len(typed) > 3 and terms.isdisjoint(analyzer.terms(typed)):
            found[typed] = None
    return list(found)


def _filled_up(vocabulary: Mapping[str, int], size: int) -> dict[str, int]:
    others = sorted(SpellChecker(language="en").word_frequency.words())
    random.Random(1).shuffle(others)
    filled = dict(vocabulary)
    for word in others:
        if len(filled) >= size:
            break
        filled.setdefault(fold(word), 2)
    return filled
