"""Turns a topic into a draft article that already knows how customers ask.

The front matter is valid as it is, whatever customers typed: values are quoted as JSON
strings, which YAML reads the same way.
"""

import json
import re
from collections.abc import Container, Iterable, Iterator

from kb.content_changes.editing import one_line
from kb.content_changes.models import FaqDraft
from kb.content_gaps.models import Topic
from kb.text import slugify

MAX_QUESTIONS = 15
_MAX_QUESTION_BYTES = 5_000
"""They stand there twice, and a front matter may hold 16 kB."""
_MAX_NEAREST = 5
_MAX_TITLE = 150
_MAX_SLUG = 60

_BODY = """\
<!--
Write the answer here: the result first, then the steps.

- One question, one answer. Link to other articles instead of repeating them.
- Use the words customers use. They are in `questions` above; remove those that ask
  something else, and add the product names and error codes that belong here.
- `regression_queries` have to keep finding this article; remove those that need not.
- Set `state: published` when it is right, and merge this branch, or use the button.
%s-->
%s
## Steps

1. First step
2. Second step
"""


def build_faq_draft(
    topic: Topic,
    title: str,
    folder: str,
    *,
    taken: Container[str] = frozenset(),
    known_answer: str = "",
) -> FaqDraft:
    """The draft article for a topic.

    Args:
        topic: what customers ask; its wordings become the article's questions.
        title: as the editor wants it.
        folder: of the collection, below the content folder; "" for the top.
        taken: slugs that other articles have; the new one gets another.
        known_answer: Markdown that agents already answered with; begins the text.
    """
    title = one_line(title)[:_MAX_TITLE].strip() or one_line(topic.label) or "New question"
    slug = _find_slug(title, taken)
    questions = list(_choose_questions(text for text, _ in topic.queries))
    lines = ["---", f"title: {_quote(title)}", "kind: faq", "state: draft", f"topic: {topic.id}"]
    quoted = [f"  - {_quote(question)}" for question in questions]
    lines += ["questions:", *quoted, "regression_queries:", *quoted] if questions else []
    known = f"\n{known_answer.strip()}\n" if known_answer.strip() else ""
    lines += ["tags: []", "---", "", _BODY % (_list_nearest(topic), known)]
    path = f"{folder.strip('/')}/{slug}.md" if folder.strip("/") else f"{slug}.md"
    return FaqDraft(
        path=path,
        text="\n".join(lines),
        branch=f"faq/{topic.id}-{slug}",
        message=_build_message(topic, title),
    )


def _list_nearest(topic: Topic) -> str:
    """The nearest articles for the writer, as lines of a comment."""
    if not topic.nearest:
        return ""
    lines = [
        f"- [{_in_comment(near.title)}]({_in_comment(near.url)})"
        for near in topic.nearest[:_MAX_NEAREST]
    ]
    return "\n".join(["", "Articles that come near; link to them, do not repeat them:", *lines, ""])


def _in_comment(text: str) -> str:
    return re.sub(r"-{2,}|[<>\[\]]", " ", one_line(text))


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
        question = one_line(text)
        size += len(question.encode())
        if len(seen) == MAX_QUESTIONS or size > _MAX_QUESTION_BYTES:
            return
        if question and question.casefold() not in seen:
            seen.add(question.casefold())
            yield question


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
