"""What it brings to write past questions down with the article that helped.

The questions are links that helpers of a public forum gave, four in ten of them side
remarks, so this is what a company gets from its old tickets without reading them.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import yaml

from kb.relevance.judgments import JudgedQuery

MOST = 30
"""Questions an article: the newest; some articles have a hundred that say the same."""


def write_questions(content: Path, past: Sequence[JudgedQuery]) -> int:
    """Add the questions to the front matter of their articles; says how many were written."""
    by_slug: dict[str, list[str]] = {}
    for query in past:
        for slug in query.grades:
            by_slug.setdefault(slug, []).append(query.text)
    written = 0
    for slug, texts in by_slug.items():
        file = content / f"{slug}.md"
        if file.is_file():
            written += _add(file, texts[:MOST])
    return written


def _add(file: Path, texts: Sequence[str]) -> int:
    text = file.read_text(encoding="utf-8")
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    known = yaml.safe_load(front)
    questions = list(dict.fromkeys([*known.get("questions", []), *texts]))
    # JSON lists and strings are YAML, whatever they contain.
    file.write_text(f"---\n{front}\nquestions: {json.dumps(questions)}\n---\n{body}", "utf-8")
    return len(questions)
