"""The values of publishing: what is kept of each article between two publishes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.content.front_matter import FrontMatter
from kb.content.links import ResolvedLink
from kb.content.models import (
    ArticleSummary,
    ArticleVersion,
    Audience,
    Collection,
    ContentFile,
    Problem,
)
from kb.search.documents import HeadTerms, SearchSection


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as the last generation holds it, without its text."""

    path: str
    digest: str
    """Of the file it was made from, which may be older than the file that lies there now."""
    front_matter: FrontMatter
    summary: ArticleSummary
    problems: tuple[Problem, ...]
    """Those of the file itself and of its rendering."""
    links: tuple[ResolvedLink, ...]
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleText:
    """The text of an article: what pages show and snippets quote."""

    html: str
    head: HeadTerms
    sections: Sequence[SearchSection]
    levels: Sequence[int]
    """Heading level of each section."""
    versions: tuple[ArticleVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that could not be published, so that it is not tried again until it changes."""

    path: str
    digest: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is: read first, and refused when of another format."""

    revision: str
    commit: str
    published_at: str
    renderer: str
    engine: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything of a generation but the texts."""

    manifest: Manifest
    articles: Mapping[str, StoredArticle]
    """By path."""
    broken: Mapping[str, BrokenFile]
    collections: tuple[Collection, ...]
    files: Mapping[str, ContentFile]
    """Images and attachments by path."""
    fingerprints: Mapping[str, str]
    """Fingerprint of each file when its digest was taken, by path."""
    documents: Mapping[str, str]
    """Last good text of each settings file by name."""
    problems: tuple[Problem, ...] = ()
    """All problems of the content, for the report."""
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Learned wordings that are indexed, by slug."""

    def count_regression_queries(self) -> int:
        """How many regression queries there are to ask."""
        summaries = (article.summary for article in self.articles.values())
        return sum(len(s.regression_queries) for s in summaries if s.is_visible_to(Audience.STAFF))


@dataclass(frozen=True, slots=True)
class Published:
    """What serving needs of a generation's catalogue.

    Front matter, links and anchors are for the next publish; of 50,000 articles they would
    take most of a worker's memory.
    """

    manifest: Manifest
    summaries: Mapping[str, ArticleSummary]
    """By slug."""
    questions: Mapping[str, bytes]
    """What ``pack_questions`` made of each article, by slug."""
    collections: tuple[Collection, ...]
    files: tuple[ContentFile, ...]
    documents: Mapping[str, str]
    problems: tuple[Problem, ...]
    wordings: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publish did."""

    generation: str
    revision: str
    articles: int
    """How many articles the generation holds, drafts and internal ones included."""
    indexed: int
    """How many articles were rendered or indexed anew."""
    removed: int
    problems: tuple[Problem, ...]
    seconds: float
    changed: bool = True
    """False when the current generation already matched the content."""
    kept: tuple[str, ...] = field(default=())
    """Paths of broken articles whose last good version is served."""
    regression_queries: int = 0
    """How many regression queries the generation has."""
    refused: bool = False
    """The new generation was not published, because regression queries failed; ``problems``
    begins with them, everything else is of the generation that is served."""
