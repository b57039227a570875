"""How well search finds, and whether it knows when it does not: all on judged questions.

    make bench-quality
    make bench-quality ARGS="--only ranking --plot reliability.svg"

The product is measured as customers get it (``hybrid``, when a sentence model is there)
and by words alone (``lexical``), beside SQLite FTS5 and bm25s in the same run.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from answerability import Told, ask, judge_first_hits, judge_wrong, print_told
from bm25s_peer import Bm25s
from calibration import Judged, print_calibration, write_plot
from fts5 import Fts5
from handbook import find_handbooks, write_sections
from judged import ROOT, JudgedContent, find_judged_content, load_demo_questions
from out_of_scope import find_requests, write_articles
from past_questions import write_questions
from promises import Promises
from ranking_table import print_ranking
from topics import SUBSETS, TopicBench, load_messages, print_quality, print_speed
from typos import SLIPS, with_slips
from workbench import Rank, Searches, Workbench, rank_by, rank_by_meaning

from kb.relevance.judgments import JudgedQuery
from kb.relevance.metrics import DEPTH, average, evaluate
from kb.search.models import SearchOutcome
from kb.text import clean_query_text

SEEDS = (1, 2, 3)
"""Slips are drawn this often; the figures are means, since one draw is a matter of luck."""
_WORD = re.compile(r"\w+")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass
class Run:
    """What the parts share, and what they collect."""

    work: Path
    bench: Workbench
    promises: Promises = field(default_factory=Promises)
    reliability: dict[str, list[Judged]] = field(default_factory=dict)


def main() -> int:
    """Print all tables; exit code 0 also when data is not there."""
    parser = argparse.ArgumentParser(description="Measure the quality of search.")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; repeatable")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="reliability plot as SVG")
    parser.add_argument("--strict", action="store_true", help="exit code 1 for a broken promise")
    arguments = parser.parse_args()
    started = time.monotonic()
    bench = Workbench()
    with tempfile.TemporaryDirectory(prefix="helpshelf-quality-") as folder, bench.alone():
        run = Run(Path(folder), bench)
        for name, part in PARTS.items():
            if not arguments.only or name in arguments.only:
                part(run)
    for name, searches in run.reliability.items():
        print_calibration(name, searches)
    if arguments.plot and run.reliability:
        write_plot(arguments.plot, run.reliability)
        print(f"\nReliability plot: {arguments.plot}")
    all_hold = run.promises.print()
    print(f"\n{time.monotonic() - started:.0f} s")
    return int(arguments.strict and not all_hold)


def measure_public_help_center(run: Run) -> None:
    """Ranking, typos and answerability on a public help center with real questions."""
    content = find_judged_content()
    if content is None:
        return
    with run.bench.published(content.articles) as searches:
        _rank_judged(run, content, searches)
        _measure_typos(run, content, searches)
        pages = ask(searches.default, [query.text for query in content.by_title])
        judged = judge_first_hits(content.by_title, pages)
    with run.bench.published(content.articles, without=content.removed) as searches:
        wrong = _measure_answerability(run, content, searches)
    run.reliability["public help center"] = judged + wrong


def measure_past_questions(run: Run) -> None:
    """The same help center with past questions written down in the articles."""
    content = find_judged_content()
    if content is None:
        return

    def change(folder: Path) -> None:
        written = write_questions(folder, content.past)
        print(f"\n{written} past questions are written down with their articles")

    with run.bench.published(content.articles, change=change) as searches:
        print_ranking("Titles, with past questions", content.by_title, _product(searches))


def measure_demo(run: Run) -> None:
    """Short questions about the repository's own articles."""
    queries, unanswered = load_demo_questions()
    with run.bench.published(ROOT / "articles") as searches:
        systems = _peers(ROOT / "articles", run.work / "demo.sqlite") | _product(searches)
        print_ranking("Short questions on the demo content", queries, systems)
        pages = ask(searches.default, [query.text for query in queries])
        without = ask(searches.default, unanswered)
    told = print_told("\nShort questions", pages, without)
    run.reliability["demo content"] = judge_first_hits(queries, pages) + judge_wrong(without)
    run.promises.at_most("demo: questions with an answer marked weak", told.weak_with, 0.10)


def measure_out_of_scope(run: Run) -> None:
    """Requests of known intents against requests of none."""
    requests = find_requests()
    if requests is None:
        return
    content = write_articles(requests.articles, run.work / "intents")
    with run.bench.published(content) as searches:
        inside = ask(searches.default, [text for text, _ in requests.in_scope])
        outside = ask(searches.default, requests.out_of_scope)
    first = sum(
        bool(page.hits) and page.hits[0].slug == slug
        for page, (_, slug) in zip(inside, requests.in_scope, strict=True)
    )
    print_told("\nOut of scope (CLINC150)", inside, outside)
    print(f"the right intent comes first for {first / len(inside):.1%} of those in scope")


def measure_languages(run: Run) -> None:
    """The same handbook in the language that the default model has learned, and in others."""
    for language, handbook in find_handbooks().items():
        folder = run.work / f"handbook-{language}"
        queries = write_sections(handbook, language, folder)
        with run.bench.published(folder) as searches:
            print_ranking(f"Headings of a handbook ({language})", queries, _product(searches))
            pages = ask(searches.default, [query.text for query in queries])
        run.reliability[f"handbook ({language})"] = judge_first_hits(queries, pages)
        found = [
            page
            for query, page in zip(queries, pages, strict=True)
            if any(query.grades.get(hit.slug) for hit in page.hits[:5])
        ]
        weak = sum(page.outcome is SearchOutcome.WEAK for page in found) / len(found)
        print(f"marked weak with the answer among the first five: {weak:.1%}")


def measure_topics(run: Run) -> None:
    """Whether failed searches that ask the same become one topic, and how long that takes."""
    sets = load_messages()
    if not sets:
        return
    bench = TopicBench(run.work)
    for messages in sets:
        found = print_quality(bench, messages)
        reached = found.get("with meaning")
        if reached is not None and messages.name.startswith("banking77"):
            run.promises.at_least("topics: B-cubed F (banking77)", reached.f, 0.58)
            run.promises.at_least("topics: B-cubed precision (banking77)", reached.precision, 0.72)
    for count in SUBSETS:
        print_quality(bench, sets[0].sample(count))
    print_quality(bench, sets[0].with_slips())
    first, then, megabytes = print_speed(run.work, sets)
    run.promises.at_most("topics: seconds for 100,000 failed searches", first, 120)
    run.promises.at_most("topics: seconds for a day's 5,000 more", then, 10)
    run.promises.at_most("topics: memory for it, MB", megabytes, 1_000)


PARTS: Mapping[str, Callable[[Run], None]] = {
    "ranking": measure_public_help_center,
    "past-questions": measure_past_questions,
    "demo": measure_demo,
    "out-of-scope": measure_out_of_scope,
    "languages": measure_languages,
    "topics": measure_topics,
}


def _rank_judged(run: Run, content: JudgedContent, searches: Searches) -> None:
    systems = _peers(content.articles, run.work / "fts5.sqlite") | _product(searches)
    titles = print_ranking("Titles only", content.by_title, systems)
    print_ranking("Titles with details (200 characters are read)", content.with_detail, systems)
    lexical = average(titles["lexical"])
    run.promises.at_least("lexical success@1", lexical["success@1"], 0.38)
    run.promises.at_least("lexical nDCG@10", lexical["ndcg@10"], 0.46)
    if "hybrid" in titles:
        hybrid = average(titles["hybrid"])
        run.promises.at_least("hybrid success@1", hybrid["success@1"], 0.60)
        run.promises.at_least("hybrid success@5", hybrid["success@5"], 0.79)
        run.promises.at_least("hybrid nDCG@10", hybrid["ndcg@10"], 0.62)


def _measure_typos(run: Run, content: JudgedContent, searches: Searches) -> None:
    print(f"\n{SLIPS} keyboard slips in every title, mean of {len(SEEDS)} draws: success@5")
    for name, rank in _product(searches).items():
        clean = _success_at_5(content.by_title, rank)
        slipped = [_success_at_5(with_slips(content.by_title, seed), rank) for seed in SEEDS]
        cost = clean - sum(slipped) / len(slipped)
        print(
            f"{name:10}{clean:.3f} without, {clean - cost:.3f} with: costs {100 * cost:.1f} points"
        )
        if name != "semantic":  # no customer gets that
            run.promises.at_most(f"{name} success@5 lost to {SLIPS} slips", cost, 0.08)


def _measure_answerability(run: Run, content: JudgedContent, searches: Searches) -> list[Judged]:
    pages = ask(searches.default, [query.text for query in content.lost])
    told = _tell(searches, content)
    run.promises.at_least("AUROC of confidence, removed articles", told.area, 0.72)
    run.promises.at_most("questions with an answer marked weak", told.weak_with, 0.10)
    return judge_wrong(pages)


def _tell(searches: Searches, content: JudgedContent) -> Told:
    print("\nTelling questions that keep their answer from those that lost it")
    details = {query.id: query.text for query in content.with_detail}
    kept, lost = content.kept, content.lost
    if searches.hybrid:
        print_told(
            "lexical, titles",
            ask(searches.lexical, [q.text for q in kept]),
            ask(searches.lexical, [q.text for q in lost]),
        )
    print_told(
        "default, titles with details",
        ask(searches.default, [details[q.id] for q in kept]),
        ask(searches.default, [details[q.id] for q in lost]),
    )
    return print_told(
        "default, titles",
        ask(searches.default, [q.text for q in kept]),
        ask(searches.default, [q.text for q in lost]),
    )


def _success_at_5(queries: Sequence[JudgedQuery], rank: Rank) -> float:
    return evaluate(queries, rank)["success@5"]


def _product(searches: Searches) -> dict[str, Rank]:
    """The product's rankings, the one that customers get last."""
    systems = {"lexical": rank_by(searches.lexical)}
    if searches.semantic:
        systems["semantic"] = rank_by_meaning(searches.semantic)
    if searches.hybrid:
        systems["hybrid"] = rank_by(searches.hybrid)
    return systems


def _peers(articles: Path, path: Path) -> dict[str, Rank]:
    """FTS5 and bm25s over the same files, asked with the same 200 characters.

    Function words are included for FTS5, which has no list of them: its BM25 gives them
    little weight.
    """
    fields = {file.stem: _fields(file) for file in sorted(articles.rglob("*.md"))}
    table = Fts5(path, {"title": 3.0, "body": 1.0}, "porter unicode61")
    table.build(fields.items())
    index = Bm25s({slug: f"{text['title']}\n{text['body']}" for slug, text in fields.items()})

    def ask_fts5(text: str) -> Sequence[str]:
        words = dict.fromkeys(_WORD.findall(clean_query_text(text).lower()))
        return table.search(list(words), DEPTH)

    return {"FTS5": ask_fts5, "bm25s": lambda text: index.search(clean_query_text(text), DEPTH)}


def _fields(file: Path) -> dict[str, str]:
    text = file.read_text(encoding="utf-8")
    match = _FRONT_MATTER.match(text)
    front = yaml.safe_load(match[1]) if match else {}
    body = text[match.end() :] if match else text
    # Peers read what the product reads: the customers' wordings count as text.
    parts = (front.get("summary", ""), *front.get("questions", ()), body)
    return {"title": str(front.get("title", "")), "body": "\n".join(map(str, parts))}


if __name__ == "__main__":
    raise SystemExit(main())
