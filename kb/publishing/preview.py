"""One article as it would be published: its HTML and its problems, and nothing is written.

The whole content is compiled with the one text in its place, so that the problems are
those of ``kb check``, also those that show only beside other articles.  What did not
change is taken from the last generation.
"""

from dataclasses import dataclass

from kb.content.front_matter import parse_article
from kb.content.models import Problem
from kb.content.rendering_pool import RenderTask, render_articles
from kb.publishing.revision import Revision


@dataclass(frozen=True, slots=True)
class ArticlePreview:
    """An article that is not published."""

    title: str
    html: str
    """Sanitised; empty when it cannot be rendered, which is among the problems then."""
    problems: tuple[Problem, ...]


def preview_article(revision: Revision, path: str, data: bytes) -> ArticlePreview:
    """Compile a revision whose source is overlaid, and take the one article out of it."""
    revision.read_source()
    revision.prepare()
    html = next((c.text.html for c in revision.compile() if c.stored.path == path and c.text), None)
    parsed = parse_article(path, data)
    if html is None:
        html = _render(revision, path, data)
    problems = sorted({p for p in revision.problems if p.path == path})
    return ArticlePreview(parsed.front_matter.title, html, tuple(problems))


def _render(revision: Revision, path: str, data: bytes) -> str:
    """The text alone, where the front matter keeps the article from being compiled."""
    parsed = parse_article(path, data)
    task = RenderTask(path, parsed.body, parsed.body_line, parsed.front_matter.title)
    for _, result in render_articles([task], revision.links):
        if not isinstance(result, Problem):
            return result.html
    return ""
