"""Requests that have nothing to do with the content, told by confidence (CLINC150).

150 intents of an assistant become articles: the intent's name is the title, its training
requests are the questions.  Then test requests of these intents stand against requests
that belong to none.  There is no body text, so this is about wordings only.
"""

import random
from dataclasses import dataclass
from pathlib import Path

from judged import find_data, load_rows

SAMPLE = 1_000
"""Of each kind; all that there are out of scope."""
EXAMPLES = 100
"""Training requests an intent: all there are."""


@dataclass(frozen=True)
class Requests:
    """The content as files by name, and test requests of both kinds."""

    articles: dict[str, str]
    in_scope: list[tuple[str, str]]
    """Text and slug of its intent."""
    out_of_scope: list[str]


def find_requests() -> Requests | None:
    """The requests, or None after saying why there are none."""
    folder = find_data("clinc150", "queries.jsonl")
    if folder is None:
        return None
    rows = load_rows(folder / "queries.jsonl")
    examples: dict[str, list[str]] = {}
    for row in rows:
        if row["split"] == "train" and not row["oos"]:
            examples.setdefault(row["intent"], []).append(row["text"])
    test = [row for row in rows if row["split"] == "test"]
    inside = [(row["text"], _slug(row["intent"])) for row in test if not row["oos"]]
    outside = [row["text"] for row in test if row["oos"]]
    rng = random.Random(1)
    return Requests(
        {f"{_slug(intent)}.md": _article(intent, texts) for intent, texts in examples.items()},
        rng.sample(inside, min(SAMPLE, len(inside))),
        rng.sample(outside, min(SAMPLE, len(outside))),
    )


def write_articles(articles: dict[str, str], folder: Path) -> Path:
    """The articles as a content folder."""
    folder.mkdir(parents=True)
    for name, text in articles.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _slug(intent: str) -> str:
    return intent.replace("_", "-")


def _article(intent: str, texts: list[str]) -> str:
    title = intent.replace("_", " ").capitalize()
    lines = [f'  - "{text}"' for text in texts[:EXAMPLES] if '"' not in text and "\\" not in text]
    return "\n".join(["---", f'title: "{title}"', "questions:", *lines, "---", f"{title}.", ""])
