"""The help center's front: home, collections, and what is new."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, abort, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from kb.content.library import Library
from kb.content.models import ArticleSummary, Kind
from kb.errors import DatabaseError
from kb.web.audience import audience
from kb.web.contact_cards import find_card
from kb.web.formatting import month, today
from kb.web.page_cache import cached_page
from kb.web.pagination import Pages, page_number
from kb.web.products import list_offered
from kb.web.services import generation, services

blueprint = Blueprint("help_center", __name__)

ARTICLES_PER_PAGE = 100
POPULAR = 6
RECENT = 60
BULLETINS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ArticleChoice:
    """A few articles to offer to whoever has not asked for any."""

    articles: tuple[ArticleSummary, ...]
    is_popular: bool
    """False when nothing is known to be popular, so that these are merely the newest."""


@blueprint.get("/")
def home() -> Response:
    """The first page: search, current bulletins, collections, popular articles, contact."""
    library = generation().library
    card = find_card()
    popular = choose_articles(POPULAR)
    return cached_page(
        lambda: render_template(
            "help_center/home.html",
            bulletins=library.list_current_bulletins(today(), audience()),
            collections=list_collection_counts(""),
            popular=popular,
            products=list_offered(),
            problem=library.find_summary(library.site.problem, audience()),
            card=card,
        ),
        today(),
        card and card.status,
        [article.slug for article in popular.articles],
    )


@blueprint.get("/collections/")
@blueprint.get("/articles/")
def all_collections() -> AnyResponse:
    """Addresses that people shorten by hand."""
    return redirect("/collections/all", 301)


@blueprint.get("/collections/<path:slug>")
def collection(slug: str) -> Response:
    """One collection with what it holds; ``all`` is the top of the content folder."""
    library = generation().library
    found = library.find_collection(slug, audience())
    if found is None and slug != "all":
        abort(404)
    key = "" if found is None else slug
    articles = library.list_collection(key, audience())
    pages = Pages(page_number(), len(articles), ARTICLES_PER_PAGE)
    if pages.is_beyond:
        abort(404)
    return cached_page(
        lambda: render_template(
            "help_center/collection.html" if found else "help_center/all_collections.html",
            collection=found,
            breadcrumbs=library.list_ancestors(key)[:-1],
            collections=list_collection_counts(key),
            articles=articles[pages.slice],
            pages=pages,
        )
    )


@blueprint.get("/whats-new")
def whats_new() -> Response:
    """Bulletins, and what was written or changed last, by month."""
    library = generation().library
    bulletins = library.list_articles(audience(), Kind.BULLETIN)
    recent = library.list_recently_updated(RECENT, audience())
    return cached_page(
        lambda: render_template(
            "help_center/whats_new.html",
            bulletins=_newest_first(bulletins)[:BULLETINS_SHOWN],
            current={b.slug for b in library.list_current_bulletins(today(), audience())},
            months=_group_by_month(recent),
        ),
        today(),
    )


def choose_articles(limit: int) -> ArticleChoice:
    """What customers open most, filled up with the editors' choice, then with news."""
    library = generation().library
    try:
        opened = services().search_log.popular_slugs(limit)
    except DatabaseError:
        # The log is a help here, not a need: the page does without.
        opened = ()
    # Bulletins have their own place while they are current, and no other afterwards.
    recent = library.list_recently_updated(limit * 4, audience())
    news = (article.slug for article in recent if article.kind is not Kind.BULLETIN)
    popular = [s for s in (*opened, *library.site.popular) if library.find_summary(s, audience())]
    chosen: dict[str, ArticleSummary] = {}
    for slug in (*popular, *news):
        if len(chosen) < limit and (found := library.find_summary(slug, audience())):
            chosen[found.slug] = found
    return ArticleChoice(tuple(chosen.values()), is_popular=bool(popular))


def list_collection_counts(parent: str) -> tuple[tuple[object, int], ...]:
    """The collections inside another, each with the number of articles in it."""
    library = generation().library
    return tuple(
        (child, library.count_articles(child.slug, audience()))
        for child in library.list_subcollections(parent, audience())
        if child.slug != parent or not parent
    )


def collection_name(slug: str) -> str:
    """The name of a collection, for a hit or a breadcrumb; empty for the content folder."""
    return _find_name(generation().library, slug)


def article_language(slug: str) -> str:
    """The language of a hit, which may be another than that of the page."""
    library = generation().library
    found = library.summaries.get(slug)
    return found.language if found is not None else library.site.language


def _find_name(library: Library, slug: str) -> str:
    found = library.collections.get(slug)
    return found.name if found is not None and slug else ""


def _newest_first(bulletins: tuple[ArticleSummary, ...]) -> list[ArticleSummary]:
    dated = [b for b in bulletins if b.effective_from is not None]
    undated = [b for b in bulletins if b.effective_from is None]
    return sorted(dated, key=lambda b: str(b.effective_from), reverse=True) + undated


def _group_by_month(articles: tuple[ArticleSummary, ...]) -> list[tuple[str, list[ArticleSummary]]]:
    dated = (article for article in articles if article.updated_at is not None)
    groups = groupby(dated, key=lambda a: month(a.updated_at) if a.updated_at else "")
    return [(name, list(group)) for name, group in groups]
