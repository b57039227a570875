"""One article as it would be published: its HTML and its problems, and nothing is written.

The whole content is compiled with the one text in its place, so that the problems are
those of ``kb check``, also those that show only beside other articles.  What did not
change is taken from the last generation.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kb.content.front_matter import parse_article
from kb.content.models import Problem
from kb.content.rendering_pool import RenderTask, render_articles
from kb.content.source import (
    ContentSource,
    FileHistory,
    FileVersion,
    Histories,
    Scan,
    SourceFile,
    blob_digest,
)
from kb.publishing.revision import Revision


@dataclass(frozen=True, slots=True)
class ArticlePreview:
    """An article that is not published."""

    title: str
    html: str
    """Sanitised; empty when it cannot be rendered, which is among the problems then."""
    problems: tuple[Problem, ...]


class OverlaidSource:
    """A source in which one file has another text."""

    def __init__(self, source: ContentSource, path: str, data: bytes) -> None:
        self._source = source
        self._path = path
        self._data = data

    def scan(self) -> Scan:
        """The files of the source, and the one."""
        scan = self._source.scan()
        digest = blob_digest(self._data)
        file = SourceFile(self._path, len(self._data), digest, digest)
        return replace(scan, files={**scan.files, self._path: file})

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The contents of files, in order."""
        for path in paths:
            if path == self._path:
                yield path, self._data
            else:
                yield from self._source.read([path])

    def histories(self, scan: Scan, since: str = "") -> Histories:
        """Dates and authors of what is committed."""
        histories = self._source.histories(self._without(scan), since)
        files: dict[str, FileHistory] = dict(histories.files)
        return Histories(files, histories.complete)

    def versions(self, scan: Scan, path: str, limit: int) -> Sequence[FileVersion]:
        """Earlier contents of one file."""
        return self._source.versions(scan, path, limit)

    def _without(self, scan: Scan) -> Scan:
        # The file need not exist where the source looks for its date.
        return replace(scan, files={p: f for p, f in scan.files.items() if p != self._path})


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
