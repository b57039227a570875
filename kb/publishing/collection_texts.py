"""The collections' own texts (``index.md`` or ``README.md``): few and small, so rendered every time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.content.links import LinkMap, ResolvedLink
from kb.content.models import Problem, Severity, State
from kb.content.rendering_pool import RenderTask, render_articles
from kb.content.source import ContentSource, SourceFile
from kb.publishing.reading import read_articles


@dataclass(frozen=True, slots=True)
class CollectionTexts:
    """What became of the texts of all folders."""

    html: Mapping[str, str]
    """By folder; of those that are published and can be rendered."""
    links: tuple[tuple[str, ResolvedLink], ...]
    """Each with the path of the text that it stands in."""
    problems: tuple[Problem, ...]


def render_collection_texts(
    source: ContentSource, files: Mapping[str, SourceFile], articles: Iterable[str], links: LinkMap
) -> CollectionTexts:
    """Render the texts of ``files`` (by folder); ``articles`` are the paths of all articles."""
    problems = [*_texts_without_articles(files, tuple(articles))]
    tasks: list[RenderTask] = []
    for file, parsed in read_articles(source, files.values()):
        title = parsed.front_matter.title
        if parsed.is_broken:
            problems += parsed.problems
        elif parsed.front_matter.state is State.PUBLISHED:
            tasks.append(RenderTask(file.path, parsed.body, parsed.body_line, title))
    html: dict[str, str] = {}
    found: list[tuple[str, ResolvedLink]] = []
    for path, result in render_articles(tasks, links):
        if isinstance(result, Problem):
            problems.append(result)
        else:
            html[path.rpartition("/")[0]] = result.html
            found += [(path, link) for link in result.links]
            problems += result.problems
    return CollectionTexts(html, tuple(found), tuple(problems))


def _texts_without_articles(
    files: Mapping[str, SourceFile], articles: tuple[str, ...]
) -> Iterable[Problem]:
    for folder, file in files.items():
        below = f"{folder}/" if folder else ""
        if not any(path.startswith(below) for path in articles):
            yield Problem(
                file.path,
                0,
                "text-without-articles",
                Severity.WARNING,
                "is the text of its folder's page, but there are no articles in the folder",
                "give the file another name to make it an article",
            )
