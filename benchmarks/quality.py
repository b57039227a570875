"""How well search finds, on judged questions, beside SQLite FTS5 in the same run.

    make bench-quality

Differences are given with a paired bootstrap interval: the questions are drawn again and
again, both systems answer the same draw.  An interval that holds 0 means no difference
was shown.  The judgments are incomplete, so compare systems here, not with figures from
elsewhere.
"""

import random
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml
from fts5 import Fts5
from judged import JudgedContent, auroc, find_judged_content, published

from kb.relevance.judgments import JudgedQuery
from kb.relevance.metrics import DEPTH, evaluate
from kb.search.service import SearchService
from kb.text import clean_query_text

MEASURES = ("success@1", "success@5", "mrr@10", "ndcg@10", "recall@10")
DRAWS = 2_000
_WORD = re.compile(r"\w+")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)

Rank = Callable[[str], Sequence[str]]
Scores = list[dict[str, float]]


def main() -> int:
    """Print all tables; exit code 0 also when the data is not there."""
    content = find_judged_content()
    if content is None:
        return 0
    with tempfile.TemporaryDirectory(prefix="helpshelf-quality-") as folder:
        work = Path(folder)
        table = _build_fts5(content, work / "fts5.sqlite")
        with published(content.articles, work / "all") as search:
            for name, queries in (
                ("Titles only", content.by_title),
                ("Titles with details (the first 200 characters are read)", content.with_detail),
            ):
                _compare(name, queries, _ranking(search), _fts5_ranking(table))
        table.close()
        with published(content.articles, work / "reduced", content.removed) as search:
            _print_answerability(content, search)
    return 0


def _compare(name: str, queries: Sequence[JudgedQuery], mine: Rank, theirs: Rank) -> None:
    found, other = _score_each(queries, mine), _score_each(queries, theirs)
    print(f"\n{name}: {len(queries)} questions")
    print(f"{'':12}{'product':>9}{'FTS5':>9}{'difference':>12}  95 % of draws")
    for measure in MEASURES:
        differences = [a[measure] - b[measure] for a, b in zip(found, other, strict=True)]
        low, high = _interval(differences)
        print(
            f"{measure:12}{_mean([row[measure] for row in found]):9.3f}"
            f"{_mean([row[measure] for row in other]):9.3f}{_mean(differences):+12.3f}"
            f"  {low:+.3f} to {high:+.3f}"
        )


def _score_each(queries: Sequence[JudgedQuery], rank: Rank) -> Scores:
    return [evaluate([query], rank) for query in queries]


def _interval(differences: Sequence[float]) -> tuple[float, float]:
    rng = random.Random(1)
    means = sorted(_mean(rng.choices(differences, k=len(differences))) for _ in range(DRAWS))
    return means[int(DRAWS * 0.025)], means[int(DRAWS * 0.975)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _print_answerability(content: JudgedContent, search: SearchService) -> None:
    for name, queries in (("titles", content.by_title), ("with details", content.with_detail)):
        pages = {q.id: search.search(q.text) for q in queries if q.id in content.answerable}
        values: dict[bool, list[float]] = {True: [], False: []}
        for query, page in pages.items():
            values[content.answerable[query]].append(page.confidence)
        print(
            f"\nTelling {len(values[True])} questions with an answer from {len(values[False])} "
            f"without by confidence ({name}): AUROC {auroc(values[True], values[False]):.3f}"
        )


def _ranking(search: SearchService) -> Rank:
    return lambda text: [hit.slug for hit in search.search(text, limit=DEPTH).hits]


def _fts5_ranking(table: Fts5) -> Rank:
    # The same 200 characters that the product reads; function words included, since FTS5
    # has no list of them and its BM25 gives them little weight.
    return lambda text: table.search(
        list(dict.fromkeys(_WORD.findall(clean_query_text(text).lower()))), DEPTH
    )


def _build_fts5(content: JudgedContent, path: Path) -> Fts5:
    table = Fts5(path, {"title": 3.0, "body": 1.0}, "porter unicode61")
    table.build((file.stem, _fields(file)) for file in sorted(content.articles.rglob("*.md")))
    return table


def _fields(file: Path) -> dict[str, str]:
    text = file.read_text(encoding="utf-8")
    match = _FRONT_MATTER.match(text)
    front = yaml.safe_load(match[1]) if match else {}
    body = text[match.end() :] if match else text
    return {"title": str(front.get("title", "")), "body": f"{front.get('summary', '')}\n{body}"}


if __name__ == "__main__":
    raise SystemExit(main())
