"""Searches to fit the confidence on, and others to test it on.

To learn from: past questions of a public help center with the articles that helpers
linked (unread, noisy) and short questions on the demo content.  Of both, some articles
are taken out at random, so that questions lose their answer.  To test on: the judged
questions of the public help center and its fixed list of removed articles.  No question
is in both.
"""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from typing import Any
from unittest import mock

from judged import ROOT, JudgedContent, load_demo_questions
from workbench import Searches, Workbench

from kb.relevance.judgments import JudgedQuery
from kb.search import confidence
from kb.search.confidence import Evidence
from kb.search.service import SearchService

DRAWS = 3
"""How often articles are taken out."""
TAKEN_OUT = 0.15
"""Share of the articles that some question wants; of the fixed test list it is 14 %."""

Choose = Callable[[Searches], SearchService]


@dataclass(frozen=True)
class Example:
    """One search: what was seen of its first hit, and whether that hit is right."""

    question: str
    evidence: tuple[float, ...]
    right: bool


def collect_past(bench: Workbench, content: JudgedContent, choose: Choose) -> list[Example]:
    """Past questions that find first what was linked, and the same without that article.

    When something else comes first, nobody knows whether it is wrong: four links in ten
    are side remarks ("clear your cookies"), and other articles may answer as well.
    """
    with bench.published(content.articles) as searches:
        examples = [e for e in _examples(choose(searches), content.past) if e.right]
    right = {example.question for example in examples}
    print(f"{len(right)} of {len(content.past)} past questions find first what was linked")
    found = [query for query in content.past if query.id in right]
    for seed in range(DRAWS):
        removed, lost = take_out(found, seed)
        with bench.published(content.articles, without=removed) as searches:
            examples += _examples(choose(searches), lost, wrong=True)
    return examples


def collect_demo(bench: Workbench, choose: Choose) -> list[Example]:
    """Short questions on the demo content, and those that it does not answer."""
    queries, unanswered = load_demo_questions()
    nothing = [JudgedQuery(text, text, {}) for text in unanswered]
    with bench.published(ROOT / "articles") as searches:
        examples = list(_examples(choose(searches), [*queries, *nothing]))
    for seed in range(DRAWS):
        removed, lost = take_out(queries, seed)
        with bench.published(ROOT / "articles", without=removed) as searches:
            examples += _examples(choose(searches), lost, wrong=True)
    return examples


@dataclass(frozen=True)
class TestExamples:
    """What nothing is fitted on."""

    __test__ = False

    judged: list[Example]
    """The judged questions on all articles, and those that lost their answer without it."""
    kept: list[Example]
    """Without the removed articles: questions that keep their answers, whatever comes first."""
    lost: list[Example]


def collect_test(bench: Workbench, content: JudgedContent, choose: Choose) -> TestExamples:
    """The judged questions, with all articles and without those of the fixed list."""
    with bench.published(content.articles) as searches:
        judged = list(_examples(choose(searches), content.by_title))
    with bench.published(content.articles, without=content.removed) as searches:
        kept = list(_examples(choose(searches), content.kept))
        lost = list(_examples(choose(searches), content.lost, wrong=True))
    return TestExamples(judged + lost, kept, lost)


def take_out(queries: Sequence[JudgedQuery], seed: int) -> tuple[frozenset[str], list[JudgedQuery]]:
    """Some articles at random, and the questions that then have no answer left."""
    wanted = sorted({slug for query in queries for slug, grade in query.grades.items() if grade})
    removed = frozenset(random.Random(seed).sample(wanted, round(len(wanted) * TAKEN_OUT)))
    return removed, [query for query in queries if removed.issuperset(query.grades)]


def _examples(
    search: SearchService, queries: Sequence[JudgedQuery], *, wrong: bool = False
) -> Iterator[Example]:
    for query in queries:
        with _recorded_evidence() as seen:
            page = search.search(query.text)
        if page.hits and seen:
            right = not wrong and query.grades.get(page.hits[0].slug, 0) >= 1
            yield Example(query.id, astuple(seen[-1]), right)


@contextmanager
def _recorded_evidence() -> Iterator[list[Evidence]]:
    """What the search hands to its model; it keeps none of it, and needs to for nobody else."""
    seen: list[Evidence] = []
    estimate = confidence.estimate_confidence

    def record(evidence: Evidence, **how: Any) -> float:
        seen.append(evidence)
        return estimate(evidence, **how)

    users = [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("kb.search") and vars(module).get("estimate_confidence") is estimate
    ]
    with ExitStack() as stack:
        for module in users:
            stack.enter_context(mock.patch.object(module, "estimate_confidence", record))
        yield seen
