"""The Library: all articles at one revision, as the site reads them.

Summaries of all articles are in memory; texts are loaded one by one from the
generation through ``ArticleTexts``, so that a worker's memory does not grow with
the text.  Whoever asks names the audience, and drafts are never among the answers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from heapq import heapify, heappop
from typing import Protocol, TypeVar

from kb.content.models import (
    Article,
    ArticleSummary,
    Audience,
    Collection,
    ContentFile,
    Kind,
    Product,
    Site,
    State,
)
from kb.text import slugify

T = TypeVar("T")


class ArticleTexts(Protocol):
    """Loads the text of one article of the generation."""

    def load_article(self, summary: ArticleSummary) -> Article:
        """The article with its HTML, sections and earlier versions."""
        ...


@dataclass(frozen=True)
class Library:
    """All articles at one revision. Slugs given to its methods may be untrusted text."""

    revision: str
    """Full commit id, or a digest of the files where the content is in no git repository."""
    published_at: datetime
    site: Site
    summaries: Mapping[str, ArticleSummary]
    """All articles by slug, drafts and archived ones included."""
    collections: Mapping[str, Collection]
    """All collections by slug, parents before children, each level in its order."""
    files: Mapping[str, ContentFile]
    """Images and attachments by their URL."""
    texts: ArticleTexts

    def find_summary(
        self, slug: str, audience: Audience = Audience.PUBLIC
    ) -> ArticleSummary | None:
        """The article with this slug if the audience may see it."""
        summary = self.summaries.get(slug)
        return summary if summary is not None and summary.is_visible_to(audience) else None

    def find_file_at(self, url: str, audience: Audience) -> ContentFile | None:
        """The image, copy of an image or attachment with this address, if the audience may see it."""
        found = self.files.get(url) or self._copies.get(url)
        visible = found is not None and (found.public or audience is Audience.STAFF)
        return found if visible else None

    def find_file(self, path: str) -> ContentFile | None:
        """The public image or attachment at this path of the content folder."""
        found = self._files_by_path.get(path)
        return found if found is not None and found.public else None

    def find_article(self, slug: str, audience: Audience = Audience.PUBLIC) -> Article | None:
        """The article with its text, if the audience may see it."""
        summary = self.find_summary(slug, audience)
        return None if summary is None else self.texts.load_article(summary)

    def find_preview(self, slug: str) -> Article | None:
        """The article in whatever state: for the preview of signed-in staff only."""
        summary = self.summaries.get(slug)
        return None if summary is None else self.texts.load_article(summary)

    def find_by_alias(
        self, alias: str, audience: Audience = Audience.PUBLIC
    ) -> ArticleSummary | None:
        """The article that this old slug redirects to."""
        slug = self._slugs_by_alias.get(alias)
        return None if slug is None else self.find_summary(slug, audience)

    def find_by_number(
        self, number: int, audience: Audience = Audience.PUBLIC
    ) -> ArticleSummary | None:
        """The article with this article number."""
        slug = self._slugs_by_number.get(number)
        return None if slug is None else self.find_summary(slug, audience)

    def is_withdrawn(self, slug: str) -> bool:
        """Whether there was such an article and it is archived now."""
        summary = self.summaries.get(slug)
        return summary is not None and summary.state is State.ARCHIVED

    def find_collection(self, slug: str, audience: Audience = Audience.PUBLIC) -> Collection | None:
        """The collection with this slug if the audience may see it."""
        return next((c for c in self._visible_collections(audience) if c.slug == slug), None)

    def list_articles(
        self, audience: Audience = Audience.PUBLIC, kind: Kind | None = None
    ) -> tuple[ArticleSummary, ...]:
        """All articles the audience may see, by title; of one kind if given."""
        if kind is not None:
            return self._articles_by_kind[audience].get(kind, ())
        return self._articles[audience]

    def list_kinds(self, audience: Audience = Audience.PUBLIC) -> tuple[Kind, ...]:
        """The kinds of article there are, in the order of ``Kind``."""
        return tuple(kind for kind in Kind if kind in self._articles_by_kind[audience])

    def list_series(
        self, name: str, audience: Audience = Audience.PUBLIC
    ) -> tuple[ArticleSummary, ...]:
        """The articles of a series in the order in which they are read."""
        return self._series[audience].get(name, ()) if name else ()

    def list_products(self, audience: Audience = Audience.PUBLIC) -> tuple[Product, ...]:
        """The products that articles name, by name."""
        return tuple(self._products[audience].values())

    def list_for_product(
        self, slug: str, audience: Audience = Audience.PUBLIC
    ) -> tuple[ArticleSummary, ...]:
        """The articles that name a product, by title."""
        return self._articles_by_product[audience].get(slug, ())

    def find_product(self, slug: str, audience: Audience = Audience.PUBLIC) -> Product | None:
        """The product with this slug if an article that the audience may see names it."""
        return self._products[audience].get(slug)

    def list_collection(
        self, slug: str, audience: Audience = Audience.PUBLIC
    ) -> tuple[ArticleSummary, ...]:
        """The articles directly in a collection, by title."""
        return self._articles_by_collection[audience].get(slug, ())

    def list_subcollections(
        self, slug: str, audience: Audience = Audience.PUBLIC
    ) -> tuple[Collection, ...]:
        """The collections directly inside another, in their order. "" lists the top level.

        Where articles lie in the content folder itself, it is one of the top level.
        """
        children = (c for c in self._visible_collections(audience) if c.parent == slug)
        root = () if slug else (c for c in self._visible_collections(audience) if not c.slug)
        return (*children, *root)

    def count_articles(self, slug: str, audience: Audience = Audience.PUBLIC) -> int:
        """How many articles a collection holds, its sub-collections included."""
        return self._counts[audience].get(slug, 0)

    def list_ancestors(self, slug: str) -> tuple[Collection, ...]:
        """The path of collections from the top down to this one, itself included."""
        parts = slug.split("/") if slug else []
        paths = ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
        return tuple(self.collections[path] for path in paths if path in self.collections)

    def list_current_bulletins(
        self, today: date, audience: Audience = Audience.PUBLIC
    ) -> tuple[ArticleSummary, ...]:
        """Bulletins in force on ``today``, newest first."""
        current = (a for a in self.list_articles(audience, Kind.BULLETIN) if a.is_current(today))
        return tuple(sorted(current, key=lambda a: a.effective_from or date.min, reverse=True))

    def list_recently_updated(
        self, limit: int, audience: Audience = Audience.PUBLIC
    ) -> tuple[ArticleSummary, ...]:
        """The articles changed last, newest first; those without a date are left out."""
        return self._recent[audience][:limit]

    def list_related(
        self, slug: str, limit: int, audience: Audience = Audience.PUBLIC
    ) -> tuple[ArticleSummary, ...]:
        """What else helps here.

        The editors' choice first, then the most alike by tags, product, collection and
        words of the title.
        """
        summary = self.summaries.get(slug)
        if summary is None:
            return ()
        chosen = [
            found for other in summary.related if (found := self.find_summary(other, audience))
        ]
        taken = {slug, *(c.slug for c in chosen)}
        scores: dict[str, float] = {}
        for feature in _features(summary):
            holders = self._slugs_by_feature.get(feature, ())
            share = 1.0 / max(len(holders), 1)
            for other in holders:
                scores[other] = scores.get(other, 0.0) + share
        # Hundreds are alike in something, and the first few are wanted.
        alike = [(-score, other) for other, score in scores.items() if other not in taken]
        heapify(alike)
        while alike and len(chosen) < limit:
            if found := self.find_summary(heappop(alike)[1], audience):
                chosen.append(found)
        return tuple(chosen[:limit])

    def warm(self) -> None:
        """Build every lookup now, so that no request has to."""
        for name, attribute in vars(type(self)).items():
            if isinstance(attribute, cached_property):
                getattr(self, name)

    def _visible_collections(self, audience: Audience) -> Iterable[Collection]:
        return self._collections[audience]

    @cached_property
    def _articles(self) -> dict[Audience, tuple[ArticleSummary, ...]]:
        by_title = sorted(self.summaries.values(), key=lambda a: (a.title.casefold(), a.slug))
        seen = _per_audience(
            lambda audience: tuple(a for a in by_title if a.is_visible_to(audience))
        )
        if len(seen[Audience.PUBLIC]) == len(seen[Audience.STAFF]):
            seen[Audience.STAFF] = seen[Audience.PUBLIC]
        return seen

    @cached_property
    def _articles_by_collection(self) -> dict[Audience, dict[str, tuple[ArticleSummary, ...]]]:
        def group(audience: Audience) -> dict[str, tuple[ArticleSummary, ...]]:
            groups: dict[str, list[ArticleSummary]] = {}
            for article in self._articles[audience]:
                groups.setdefault(article.collection, []).append(article)
            return {slug: tuple(articles) for slug, articles in groups.items()}

        return self._per_articles(group)

    @cached_property
    def _articles_by_kind(self) -> dict[Audience, dict[Kind, tuple[ArticleSummary, ...]]]:
        def group(audience: Audience) -> dict[Kind, tuple[ArticleSummary, ...]]:
            groups: dict[Kind, list[ArticleSummary]] = {}
            for article in self._articles[audience]:
                groups.setdefault(article.kind, []).append(article)
            return {kind: tuple(articles) for kind, articles in groups.items()}

        return self._per_articles(group)

    @cached_property
    def _series(self) -> dict[Audience, dict[str, tuple[ArticleSummary, ...]]]:
        def group(audience: Audience) -> dict[str, tuple[ArticleSummary, ...]]:
            groups: dict[str, list[ArticleSummary]] = {}
            for article in self._articles[audience]:
                if article.series:
                    groups.setdefault(article.series, []).append(article)
            return {name: tuple(sorted(found, key=_part)) for name, found in groups.items()}

        return self._per_articles(group)

    @cached_property
    def _articles_by_product(self) -> dict[Audience, dict[str, tuple[ArticleSummary, ...]]]:
        def group(audience: Audience) -> dict[str, tuple[ArticleSummary, ...]]:
            found: dict[str, list[ArticleSummary]] = {}
            for article in self._articles[audience]:
                for slug in dict.fromkeys(map(slugify, article.product)):
                    found.setdefault(slug, []).append(article)
            return {slug: tuple(articles) for slug, articles in found.items() if slug}

        return self._per_articles(group)

    @cached_property
    def _products(self) -> dict[Audience, dict[str, Product]]:
        def name(slug: str, first: ArticleSummary) -> str:
            # Spelled in several ways, a product goes by the spelling of the first title.
            spelled = [text for text in first.product if slugify(text) == slug]
            return self.site.products.get(slug, spelled[-1])

        def count(audience: Audience) -> dict[str, Product]:
            groups = self._articles_by_product[audience].items()
            found = [Product(slug, name(slug, same[0]), len(same)) for slug, same in groups]
            return {p.slug: p for p in sorted(found, key=lambda p: (p.name.casefold(), p.slug))}

        return self._per_articles(count)

    @cached_property
    def _counts(self) -> dict[Audience, dict[str, int]]:
        def count(audience: Audience) -> dict[str, int]:
            counts: dict[str, int] = {}
            for slug, articles in self._articles_by_collection[audience].items():
                parts = slug.split("/") if slug else []
                for depth in range(1, len(parts) + 1):
                    path = "/".join(parts[:depth])
                    counts[path] = counts.get(path, 0) + len(articles)
                if not slug:
                    counts[""] = len(articles)
            return counts

        return self._per_articles(count)

    @cached_property
    def _collections(self) -> dict[Audience, tuple[Collection, ...]]:
        # A collection without articles that the audience may see is not shown to it.
        return _per_audience(
            lambda audience: tuple(
                c
                for c in self.collections.values()
                if self._counts[audience].get(c.slug)
                and (audience is Audience.STAFF or not self._is_internal(c.slug))
            )
        )

    @cached_property
    def _recent(self) -> dict[Audience, tuple[ArticleSummary, ...]]:
        def order(audience: Audience) -> tuple[ArticleSummary, ...]:
            dated = [(a.updated_at, a) for a in self._articles[audience] if a.updated_at]
            return tuple(a for _, a in sorted(dated, key=lambda pair: pair[0], reverse=True))

        return self._per_articles(order)

    @cached_property
    def _files_by_path(self) -> dict[str, ContentFile]:
        return {file.path: file for file in self.files.values()}

    @cached_property
    def _copies(self) -> dict[str, ContentFile]:
        copies = (file.find_copy() for file in self.files.values())
        return {copy.url: copy for copy in copies if copy is not None}

    @cached_property
    def _slugs_by_alias(self) -> dict[str, str]:
        return {alias: a.slug for a in self.summaries.values() for alias in a.aliases}

    @cached_property
    def _slugs_by_number(self) -> dict[int, str]:
        return {a.number: a.slug for a in self.summaries.values() if a.number is not None}

    @cached_property
    def _slugs_by_feature(self) -> dict[str, list[str]]:
        """Articles that staff may see, by what a few of them have in common."""
        holders: dict[str, list[str]] = {}
        for article in self.summaries.values():
            if article.is_visible_to(Audience.STAFF):
                for feature in _features(article):
                    having = holders.setdefault(feature, [])
                    if len(having) <= _COMMON_FEATURE:
                        having.append(article.slug)
        # What too many share tells nothing, what one alone has leads nowhere: most entries.
        return {
            feature: slugs
            for feature, slugs in holders.items()
            if 1 < len(slugs) <= _COMMON_FEATURE
        }

    def _per_articles(self, build: Callable[[Audience], T]) -> dict[Audience, T]:
        """What is made of the articles that an audience sees, once where both see the same."""
        if self._articles[Audience.STAFF] is self._articles[Audience.PUBLIC]:
            return dict.fromkeys(Audience, build(Audience.PUBLIC))
        return _per_audience(build)

    def _is_internal(self, slug: str) -> bool:
        return any(
            c.internal for c in (*self.list_ancestors(slug), *_maybe(self.collections, slug))
        )


_COMMON_FEATURE = 200
"""A word or tag that more articles share says nothing about any two of them."""


def _part(article: ArticleSummary) -> tuple[bool, int, str, str]:
    return article.part is None, article.part or 0, article.title, article.slug


def _features(article: ArticleSummary) -> set[str]:
    words = {f"word:{word}" for word in article.title.casefold().split() if len(word) > 3}
    tags = {f"tag:{tag.casefold()}" for tag in article.tags}
    products = {f"product:{product.casefold()}" for product in article.product}
    return words | tags | products | {f"collection:{article.collection}"}


def _maybe(collections: Mapping[str, Collection], slug: str) -> tuple[Collection, ...]:
    return (collections[slug],) if slug in collections else ()


def _per_audience(build: Callable[[Audience], T]) -> dict[Audience, T]:
    return {audience: build(audience) for audience in Audience}
