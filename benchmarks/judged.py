"""A public help center with judged questions: what search quality is measured on.

The data belongs to others and is not part of this repository; without it there is
nothing to measure, which is said and is no failure.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from kb.bootstrap.publishing import build_generations, build_publisher
from kb.config import load_settings
from kb.relevance.judgments import JudgedQuery, load_judgments
from kb.search.service import SearchService


@dataclass(frozen=True)
class JudgedContent:
    """Articles, questions with the articles that answer them, and which lose their answer."""

    folder: Path
    by_title: list[JudgedQuery]
    """Questions as they were typed into a title field."""
    with_detail: list[JudgedQuery]
    """The same with the long form behind, of which search reads the beginning."""
    answerable: dict[str, bool]
    """By question: whether it still has an answer when ``removed`` are taken out."""
    removed: frozenset[str]
    """Slugs of the articles to take out."""

    @property
    def articles(self) -> Path:
        """The content folder."""
        return self.folder / "articles"


def find_judged_content() -> JudgedContent | None:
    """The judged content, or None after saying why there is none."""
    data = os.environ.get("HELPSHELF_SHARED_DATA")
    folder = Path(data or "") / "firefox-help"
    if not data or not (folder / "queries.jsonl").is_file():
        reason = f"{folder} is not there" if data else "HELPSHELF_SHARED_DATA is not set"
        print(f"Skipped: the judged questions of a public help center are missing ({reason}).")
        return None
    by_title = load_judgments(folder / "queries.jsonl", folder / "qrels.tsv")
    details = _load_details(folder / "queries.jsonl")
    with_detail = [replace(q, text=f"{q.text} {details[q.id]}".strip()) for q in by_title]
    labels = [line.split("\t") for line in _lines(folder / "answerability.tsv")[1:]]
    answerable = {query: label == "answerable" for query, label in labels}
    removed = frozenset(_lines(folder / "removed_articles.txt"))
    return JudgedContent(folder, by_title, with_detail, answerable, removed)


@contextmanager
def published(
    content: Path, work: Path, without: frozenset[str] = frozenset()
) -> Iterator[SearchService]:
    """Search over a copy of the articles, without some of them."""
    copy = work / "content"
    shutil.copytree(content, copy, ignore=lambda _, names: [n for n in names if n[:-3] in without])
    settings = load_settings({"KB_CONTENT_DIR": str(copy), "KB_INDEX_DIR": str(work / "index")})
    report = build_publisher(settings).publish()
    generations = build_generations(settings)
    try:
        print(
            f"published {report.articles} articles"
            + (f" ({len(without)} taken out)" if without else "")
        )
        yield generations.current().search
    finally:
        generations.close()


def auroc(positives: list[float], negatives: list[float]) -> float:
    """How often a positive has the higher value than a negative; ties count half."""
    wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    return wins / (len(positives) * len(negatives))


def _load_details(path: Path) -> dict[str, str]:
    rows = (json.loads(line) for line in _lines(path))
    return {row["id"]: str(row.get("detail") or "") for row in rows}


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
