"""A public help center with judged questions: what search quality is measured on.

The data belongs to others and is not part of this repository; without it there is
nothing to measure, which is said and is no failure.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.relevance.judgments import JudgedQuery, load_judgments

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "tests" / "relevance" / "demo"


@dataclass(frozen=True)
class JudgedContent:
    """Articles, and questions with the articles that answer them."""

    folder: Path
    by_title: list[JudgedQuery]
    """Questions as they were typed into a title field."""
    with_detail: list[JudgedQuery]
    """The same with the long form behind, of which search reads the beginning."""
    answerable: Mapping[str, bool]
    """By question: whether it still has an answer when ``removed`` are taken out."""
    removed: frozenset[str]
    """Slugs of the articles to take out."""

    @property
    def articles(self) -> Path:
        """The content folder."""
        return self.folder / "articles"

    @property
    def lost(self) -> list[JudgedQuery]:
        """The questions that have no answer without ``removed``."""
        return [query for query in self.by_title if self.answerable.get(query.id) is False]

    @property
    def kept(self) -> list[JudgedQuery]:
        """The questions that keep all their answers without ``removed``."""
        return [query for query in self.by_title if self.answerable.get(query.id)]

    @cached_property
    def past(self) -> list[JudgedQuery]:
        """Earlier questions with the articles that helpers linked: unread, so noisy.

        Four in ten links are side remarks.  None of the questions is among the judged ones.
        """
        rows = load_rows(self.folder / "silver_links.jsonl")
        return [
            JudgedQuery(row["id"], row["text"], dict.fromkeys(row["articles"], 2)) for row in rows
        ]


def find_data(name: str, needed: str) -> Path | None:
    """A folder of data that is kept elsewhere, or None after saying why there is none."""
    data = os.environ.get("HELPSHELF_SHARED_DATA")
    folder = Path(data or "") / name
    if data and (folder / needed).is_file():
        return folder
    reason = f"{folder / needed} is not there" if data else "HELPSHELF_SHARED_DATA is not set"
    print(f"\nSkipped: what is measured on {name} ({reason}).")
    return None


def find_judged_content() -> JudgedContent | None:
    """The judged content, or None after saying why there is none."""
    folder = find_data("firefox-help", "queries.jsonl")
    if folder is None:
        return None
    by_title = load_judgments(folder / "queries.jsonl", folder / "qrels.tsv")
    details = {row["id"]: row.get("detail") or "" for row in load_rows(folder / "queries.jsonl")}
    with_detail = [replace(q, text=f"{q.text} {details[q.id]}".strip()) for q in by_title]
    labels = [line.split("\t") for line in load_lines(folder / "answerability.tsv")[1:]]
    answerable = {query: label == "answerable" for query, label in labels}
    removed = frozenset(load_lines(folder / "removed_articles.txt"))
    return JudgedContent(folder, by_title, with_detail, answerable, removed)


def load_demo_questions() -> tuple[list[JudgedQuery], list[str]]:
    """Short questions about the repository's own articles, and some that these do not answer."""
    return (
        load_judgments(DEMO / "queries.jsonl", DEMO / "qrels.tsv"),
        load_lines(DEMO / "unanswered.txt"),
    )


def load_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in load_lines(path)]


def load_lines(path: Path) -> list[str]:
    """The lines that are not empty."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
