"""The values of the content feature: what an article is, and what can be wrong with one.

All are frozen: a Library never changes, a new revision makes a new Library.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kb.text import slugify

MAX_SHOWN_PIXELS = 25_000_000
"""Of one image: a browser unpacks all of them at four bytes each, here 100 MB, and phones give up."""


class Kind(StrEnum):
    """What sort of answer an article gives; decides its URL and where it is listed."""

    FAQ = "faq"
    HOW_TO = "how-to"
    TROUBLESHOOTING = "troubleshooting"
    REFERENCE = "reference"
    POLICY = "policy"
    BULLETIN = "bulletin"


class State(StrEnum):
    """Who may see an article: everyone, signed-in staff, preview only, or nobody any more."""

    DRAFT = "draft"
    PUBLISHED = "published"
    INTERNAL = "internal"
    ARCHIVED = "archived"


class Audience(StrEnum):
    """On whose behalf content is asked for; staff see internal articles as well."""

    PUBLIC = "public"
    STAFF = "staff"


class Severity(StrEnum):
    """``ERROR`` keeps the article (or settings file) from being published, ``WARNING`` does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One lint finding. ``line`` is 1-based, 0 when it concerns the whole file."""

    path: str
    line: int
    code: str
    severity: Severity
    message: str
    fix: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text up to the next; the unit of snippet and anchor.

    The text before the first heading is a section with empty ``heading`` and ``anchor``.
    """

    anchor: str
    heading: str
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """All of an article but its text: kept in memory for every article of a Library."""

    slug: str
    title: str
    kind: Kind
    state: State
    collection: str
    """Slug of its collection, nested ones with slashes; empty for the content folder itself."""
    path: str
    """Path of its file below the content folder, with slashes."""
    summary: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    regression_queries: tuple[str, ...] = ()
    """Questions that must keep finding it. Never indexed: they would find it for that alone."""
    regression_lines: tuple[int, ...] = ()
    """Line of each regression query in the file, for who has to look at it."""
    number: int | None = None
    related: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    language: str = "en"
    reviewed: date | None = None
    review_by: date | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    boost: float = 1.0
    """Factor for its score in search, from 0.25 to 4; above 1 lifts it."""
    topic: int | None = None
    """Number of the topic that it was written for; nothing is shown of it."""
    series: str = ""
    """Name that it shares with articles that are read one after the other."""
    part: int | None = None
    """Its place in the series; without one it follows those that have a place, by title."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Front matter keys that the product does not know, as strings, lists and mappings."""

    @property
    def url(self) -> str:
        """Path of its page on the site, unquoted."""
        return f"/policies/{self.slug}" if self.kind is Kind.POLICY else f"/articles/{self.slug}"

    def is_visible_to(self, audience: Audience) -> bool:
        """Whether it may appear on pages, in search, feeds and the API for this audience."""
        return self.state is State.PUBLISHED or (
            self.state is State.INTERNAL and audience is Audience.STAFF
        )

    def is_current(self, today: date) -> bool:
        """Whether ``today`` lies within its effective dates (both ends included)."""
        started = self.effective_from is None or self.effective_from <= today
        return started and (self.effective_until is None or today <= self.effective_until)


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """An earlier text of a policy, as it stood in git."""

    revision: str
    """Full commit id."""
    committed_at: datetime
    title: str
    effective_from: date | None
    html: str


@dataclass(frozen=True, slots=True)
class Article:
    """One Markdown file, one answer, rendered: ``html`` is sanitised and safe to embed."""

    summary: ArticleSummary
    html: str
    sections: tuple[Section, ...]
    versions: tuple[ArticleVersion, ...] = ()
    """Earlier versions of a policy, newest first, without the current one."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder and public grouping; ``slug`` is the folder path in URL form."""

    slug: str
    name: str
    description: str = ""
    order: int = 1000
    icon: str = ""
    internal: bool = False
    path: str = ""
    html: str = ""
    """The collection's own text (``index.md`` or ``README.md``), rendered; empty if none."""

    @property
    def parent(self) -> str | None:
        """Slug of the collection around it, None at the top."""
        if not self.slug:
            return None
        return self.slug.rpartition("/")[0]

    @property
    def url(self) -> str:
        """Path of its page on the site, unquoted."""
        return f"/collections/{self.slug or 'all'}"


@dataclass(frozen=True, slots=True)
class Product:
    """Something that articles are about, as their ``product`` names it."""

    slug: str
    """Its name in URL form; spellings with the same slug are the same product."""
    name: str
    articles: int
    """How many articles name it."""

    @property
    def url(self) -> str:
        """Path of its page on the site."""
        return f"/products/{self.slug}"


def product_url(name: str) -> str:
    """Path of the page of the product with this name, however it is spelled."""
    return f"/products/{slugify(name)}"


@dataclass(frozen=True, slots=True)
class ContentFile:
    """An image or attachment beside an article, kept under its content hash."""

    path: str
    digest: str
    media_type: str
    size: int
    public: bool
    """Whether a published article shows or links it; others are for staff."""
    width: int = 0
    """Of an image, in pixels as it is shown; 0 when it could not be told."""
    height: int = 0
    copy_digest: str = ""
    """Of a smaller copy in WebP; empty when there is none."""
    copy_size: int = 0

    @property
    def is_oversized(self) -> bool:
        """Whether a browser would need too much memory to show it, however small it is shown."""
        return self.width * self.height > MAX_SHOWN_PIXELS

    @property
    def name(self) -> str:
        """File name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def url(self) -> str:
        """Path on the site; changes with the content, so that it can be cached for ever."""
        return f"/files/{self.digest[:16]}/{self.name}"

    def find_copy(self) -> "ContentFile | None":
        """The smaller copy, seen by whoever may see the original."""
        if not self.copy_digest:
            return None
        path = f"{self.path.rpartition('.')[0]}.webp"
        return ContentFile(
            path,
            self.copy_digest,
            "image/webp",
            self.copy_size,
            self.public,
            self.width,
            self.height,
        )


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A link in the header or footer, from ``_site.yml``."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Site:
    """The help center's own identity, from ``_site.yml``."""

    name: str = "Help center"
    company: str = ""
    tagline: str = ""
    description: str = ""
    shop_url: str = ""
    language: str = "en"
    timezone: str = "UTC"
    country: str = ""
    search_placeholder: str = ""
    popular: tuple[str, ...] = ()
    """Slugs shown as popular until there are statistics."""
    problem: str = ""
    """Slug of the article "what do I do if I have a problem"."""
    navigation: tuple[NavigationLink, ...] = ()
    footer: tuple[NavigationLink, ...] = ()
    colors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Properties of the style sheet by colour scheme: only those that are the company's own."""
    logo: str = ""
    """Path of an image below the content folder."""
    font: str = ""
    """Path of a font file below the content folder."""
    products: Mapping[str, str] = field(default_factory=dict)
    """What products are called, by slug; others go by what articles call them."""
