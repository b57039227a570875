"""Turns a topic into a draft article that already knows how customers ask.

The front matter is valid as it is, whatever customers typed: values are quoted as JSON
strings, which YAML reads the same way.
"""

import json
import unicodedata
from collections.abc import Container, Iterable, Iterator

from kb.content_gaps.models import FaqDraft, Topic
from kb.text import slugify

MAX_QUESTIONS = 15
_MAX_QUESTION_BYTES = 8_000
"""Half of what a front matter may hold."""
_MAX_TITLE = 150
_MAX_SLUG = 60

_BODY = """\
<!--
Write the answer here: the result first, then the steps.

- One question, one answer. Link to other articles instead of repeating them.
- Use the words customers use. They are in `questions` above; remove those that ask
  something else, and add the product names and error codes that belong here.
- Set `state: published` when it is right, and merge this branch.
-->

## Steps

1. First step
2. Second step
"""


def build_faq_draft(
    topic: Topic, title: str, folder: str, *, taken: Container[str] = frozenset()
) -> FaqDraft:
    """The draft article for a topic.

    Args:
        topic: what customers ask; its wordings become the article's questions.
        title: as the editor wants it.
        folder: of the collection, below the content folder; "" for the top.
        taken: slugs that other articles have; the new one gets another.
    """
    title = _one_line(title)[:_MAX_TITLE].strip() or _one_line(topic.label) or "New question"
    slug = _find_slug(title, taken)
    questions = list(_choose_questions(text for text, _ in topic.queries))
    lines = ["---", f"title: {_quote(title)}", "kind: faq", "state: draft"]
    lines += ["questions:", *(f"  - {_quote(q)}" for q in questions)] if questions else []
    lines += ["tags: []", "---", "", _BODY]
    path = f"{folder.strip('/')}/{slug}.md" if folder.strip("/") else f"{slug}.md"
    return FaqDraft(
        path=path,
        text="\n".join(lines),
        branch=f"faq/{topic.id}-{slug}",
        message=_build_message(topic, title),
    )


def _build_message(topic: Topic, title: str) -> str:
    return (
        f"Draft: {title}\n\n"
        f"Topic {topic.id}: {topic.searches} failed searches in {topic.visits} visits "
        f"from {topic.first.date()} to {topic.last.date()}.\n"
    )


def _find_slug(title: str, taken: Container[str]) -> str:
    base = slugify(title)[:_MAX_SLUG].strip("-") or "question"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _choose_questions(texts: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    size = 0
    for text in texts:
        question = _one_line(text)
        size += len(question.encode())
        if len(seen) == MAX_QUESTIONS or size > _MAX_QUESTION_BYTES:
            return
        if question and question.casefold() not in seen:
            seen.add(question.casefold())
            yield question


def _one_line(text: str) -> str:
    visible = (" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join("".join(visible).split())


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
