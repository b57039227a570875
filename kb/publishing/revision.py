"""One revision of the content, compiled: read all, check all, render what changed, cross-check.

The steps run in this order over frozen values.  Articles come out one by one, so that
50,000 of them are never in memory at once; what is wrong with any of them never keeps
the others back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from kb.contacts.directory import parse_directory
from kb.content.arrangement import (
    Arrangement,
    arrange,
    build_collections,
)
from kb.content.links import Fate, LinkMap, ResolvedLink
from kb.content.models import (
    ArticleSummary,
    Collection,
    Kind,
    Problem,
    Severity,
    Site,
    State,
)
from kb.content.renderer import RENDERER_VERSION, RenderedArticle
from kb.content.rendering_pool import RenderTask, render_articles
from kb.content.site_settings import parse_site
from kb.content.source import ContentSource, Scan
from kb.publishing.article_files import ArticleFiles, FreshFile
from kb.publishing.collection_texts import CollectionTexts, render_collection_texts
from kb.publishing.image_sizes import check_images, measure_images
from kb.publishing.linking import build_link_map, check_links
from kb.publishing.models import ArticleText, BrokenFile, Catalogue, StoredArticle
from kb.publishing.reading import (
    SettingsFiles,
    merge_histories,
    read_articles,
    read_content_files,
    read_settings,
)
from kb.publishing.versions import load_versions
from kb.search.analysis import Analyzer
from kb.search.best_bets import parse_best_bets
from kb.search.documents import build_head_terms, build_search_sections
from kb.search.synonyms import parse_synonyms


class Progress(Protocol):
    """Is told how far a publish has come."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """``step`` is a word for people; ``total`` is 0 when unknown."""
        ...


@dataclass(frozen=True, slots=True)
class CompiledArticle:
    """One article of the new revision. ``text`` is None when the last one's stays."""

    stored: StoredArticle
    text: ArticleText | None


@dataclass
class Revision:
    """Compiles one scan of a source on top of the last generation's catalogue."""

    source: ContentSource
    previous: Catalogue | None
    today: date
    full: bool = False
    progress: Progress = lambda step, done, total: None
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.articles = ArticleFiles(self.previous, self.problems.extend)

    @property
    def broken(self) -> Mapping[str, BrokenFile]:
        """Files that cannot be published, by path."""
        return self.articles.broken

    @property
    def kept(self) -> Sequence[str]:
        """Paths of broken files whose last good version is published."""
        return self.articles.kept

    def read_source(self) -> None:
        """List what the source holds; enough to tell whether anything changed."""
        self.progress("Reading", 0, 0)
        self.scan: Scan = self.source.scan()

    def prepare(self) -> None:
        """Read and arrange everything; after this all addresses are known."""
        self.problems += self.scan.problems
        self.settings: SettingsFiles = read_settings(self.source, self.scan, self.previous)
        self.problems += self.settings.problems
        self.site: Site = self._read_site()
        self._parse_articles()
        self.histories = merge_histories(self.source, self.scan, self.previous)
        self.files, file_problems = read_content_files(self.source, self.scan, self.previous)
        self.problems += file_problems
        self.collections = self._build_collections({})
        self.arrangement: Arrangement = self._arrange()
        self._check_best_bets()
        self.links: LinkMap = build_link_map(self.arrangement, self.collections, self.files)

    def compile(self) -> Iterator[CompiledArticle]:
        """Every article of the revision, changed ones rendered; collects problems on the way."""
        texts = self._render_collection_texts()
        unchanged = [path for path in self.articles.reused if path in self.arrangement.articles]
        again = [path for path in unchanged if self._must_render(path)]
        total = len(self.articles.fresh) + len(again)
        self.stored: dict[str, StoredArticle] = {}
        rendered = self._render(again)  # by other processes, while the rest is looked through
        for path in sorted(set(unchanged) - set(again)):
            yield self._keep(path)
        for done, compiled in enumerate(rendered, 1):
            self.progress("Rendering", done, total)
            if compiled is not None:
                self.stored[compiled.stored.path] = compiled.stored
                yield compiled
        links = (*texts.links, *self._identity_links())
        checked = check_links(self.stored, links, self.collections, self.files, self.broken)
        self.files = measure_images(self.source, checked.files, self.previous)
        self.problems += checked.problems
        own = ((path, link) for path, stored in self.stored.items() for link in stored.links)
        self.problems += check_images((*own, *texts.links), self.files)

    def _identity_links(self) -> Iterator[tuple[str, ResolvedLink]]:
        """Logo and font, which customers see on every page whatever folder they lie in."""
        document = self.settings.site
        for name in ("logo", "font"):
            path = getattr(self.site, name)
            if path in self.files:
                yield document.path, ResolvedLink(path, self.files[path].url, Fate.KEPT, path)
            elif path:
                self.problems.append(
                    Problem(
                        document.path,
                        document.line_of(name),
                        "missing-file",
                        Severity.WARNING,
                        f"the file {path} does not exist",
                        "add the file, or correct the path: it begins at the top of the content folder",
                        name,
                    )
                )

    # -- reading ---------------------------------------------------------------

    def _read_site(self) -> Site:
        site, problems = parse_site(self.settings.site)
        self.problems += problems
        _, directory_problems = parse_directory(
            self.settings.contacts, timezone=site.timezone, country=site.country
        )
        self.problems += directory_problems
        analyzer = Analyzer.for_language(site.language)
        self.problems += parse_synonyms(self.settings.synonyms, analyzer)[1]
        return site

    def _parse_articles(self) -> None:
        markdown = [file for file in self.scan.files.values() if file.is_markdown]
        self.collection_texts = {f.folder: f for f in markdown if f.is_collection_text}
        reuse = not self.full and not self._renderer_changed
        changed = [
            file
            for file in markdown
            if not file.is_collection_text and not (reuse and self.articles.reuse(file))
        ]
        for count, (file, parsed) in enumerate(read_articles(self.source, changed), 1):
            self.progress("Reading", count, len(changed))
            self.articles.add(file, parsed)

    @property
    def _renderer_changed(self) -> bool:
        return self.previous is not None and self.previous.manifest.renderer != RENDERER_VERSION

    # -- arranging -------------------------------------------------------------

    def _build_collections(self, texts: Mapping[str, str]) -> list[Collection]:
        folders: set[str] = set()
        for path in (
            *self.articles.front_matters,
            *(f.path for f in self.collection_texts.values()),
        ):
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
            folders.add("")
        collections, problems = build_collections(sorted(folders), self.settings.collections, texts)
        self.problems += [problem for problem in problems if problem not in self.problems]
        return collections

    def _arrange(self) -> Arrangement:
        # A file that is refused falls back to its last version, which may have another slug
        # and so refuse another file; each file is refused twice at most.
        while (arrangement := self._arrange_once()).rejected:
            for path, problem in arrangement.rejected.items():
                if path in self.broken:
                    self.problems.append(problem)
                    self.articles.drop(path)
                else:
                    state = self.articles.front_matters[path].state
                    self.articles.fall_back(self.scan.files[path], (problem,), state)
        self.problems += arrangement.problems
        return arrangement

    def _arrange_once(self) -> Arrangement:
        known = self.previous.articles.values() if self.previous else ()
        return arrange(
            self.articles.front_matters,
            self.collections,
            self.histories,
            self.site.language,
            self.today,
            holders={article.summary.slug: article.path for article in known},
        )

    def _check_best_bets(self) -> None:
        analyzer = Analyzer.for_language(self.site.language)
        articles = self.arrangement.articles.values()
        self.problems += parse_best_bets(self.settings.best_bets, analyzer, articles, self.today)[1]

    # -- rendering -------------------------------------------------------------

    def _render_collection_texts(self) -> CollectionTexts:
        texts = render_collection_texts(
            self.source, self.collection_texts, self.arrangement.articles, self.links
        )
        self.problems += texts.problems
        if texts.html:
            self.collections = self._build_collections(texts.html)
        return texts

    def _must_render(self, path: str) -> bool:
        """Whether an unchanged file would come out differently.

        Because its links lead elsewhere now, its words are taken for those of another language
        (of the whole site), or a policy has got another history.
        """
        if path in self.broken:
            return False
        known, now = self.articles.reused[path].summary, self.arrangement.articles[path]
        if now.language != known.language:
            return True
        if now.kind is Kind.POLICY and known.updated_at != now.updated_at:
            return True
        for link in self.articles.reused[path].links:
            leads = self.links.resolve(link.raw, path, image=link.image)
            if leads.url != link.url or leads.near != link.near:
                return True
        return False

    def _keep(self, path: str) -> CompiledArticle:
        known = self.articles.reused[path]
        summary = self.arrangement.articles[path]
        if path not in self.broken:
            self.problems += known.problems
        stored = known if known.summary == summary else replace(known, summary=summary)
        self.stored[path] = stored
        return CompiledArticle(stored, None)

    def _render(self, again: list[str]) -> Iterator[CompiledArticle | None]:
        """Begin to render what has changed, and what comes out differently."""
        files = [self.scan.files[path] for path in again]
        bodies = dict(self.articles.fresh)
        for file, parsed in read_articles(self.source, files):
            bodies[file.path] = FreshFile(file, parsed)
        tasks = (
            RenderTask(
                path, fresh.parsed.body, fresh.parsed.body_line, fresh.parsed.front_matter.title
            )
            for path, fresh in bodies.items()
        )
        results = render_articles(tasks, self.links)
        return (
            self._fall_back(bodies[path], result)
            if isinstance(result, Problem)
            else self._finish(bodies[path], result)
            for path, result in results
        )

    def _fall_back(self, fresh: FreshFile, problem: Problem) -> CompiledArticle | None:
        path, parsed = fresh.file.path, fresh.parsed
        problems = (*parsed.problems, problem)
        self.articles.fall_back(fresh.file, problems, parsed.front_matter.state)
        return self._keep(path) if path in self.articles.reused else None

    def _finish(self, fresh: FreshFile, rendered: RenderedArticle) -> CompiledArticle:
        file, parsed = fresh.file, fresh.parsed
        summary = self.arrangement.articles[file.path]
        problems = (*parsed.problems, *rendered.problems)
        self.problems += problems
        versions = load_versions(self.source, self.scan, summary, self.links)
        analyzer = Analyzer.for_language(summary.language)
        head = build_head_terms(summary, analyzer)
        sections = build_search_sections(rendered.sections, analyzer)
        stored = StoredArticle(
            path=file.path,
            digest=file.digest,
            front_matter=parsed.front_matter,
            summary=summary,
            problems=problems,
            links=rendered.links,
            anchors=rendered.anchors,
        )
        levels = [section.level for section in rendered.sections]
        return CompiledArticle(stored, ArticleText(rendered.html, head, sections, levels, versions))


def searchable(summary: ArticleSummary) -> bool:
    """Whether an article is in the search index at all."""
    return summary.state in (State.PUBLISHED, State.INTERNAL)
