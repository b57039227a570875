"""What machines read: feed, sitemap, browser search, crawler rules, and health checks."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, json, render_template, request

from kb.content.library import Library
from kb.content.models import Audience
from kb.errors import DatabaseError, GenerationUnavailable
from kb.search_log.crawlers import load_patterns
from kb.text import clean_query_text
from kb.web.compiled_templates import load_common_templates
from kb.web.formatting import absolute_url
from kb.web.limits import check_limit
from kb.web.services import generation, services

blueprint = Blueprint("machines", __name__)

FEED_ENTRIES = 30
COMPLETIONS = 8
SITEMAP_ADDRESSES = 40_000
"""The sitemap protocol allows 50,000 addresses and 50 MB a file."""
_FIXED_PAGES = ("/", "/collections/all", "/policies", "/directory", "/whats-new")


@blueprint.get("/feed.atom")
def feed() -> Response:
    """The public articles changed last."""
    library = generation().library
    entries = library.list_recently_updated(FEED_ENTRIES)
    updated = entries[0].updated_at if entries else library.published_at
    body = render_template("machines/feed.xml", entries=entries, updated=updated)
    return _xml(body, "application/atom+xml")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public address; in parts when there are more than one file may hold."""
    addresses = list(_list_addresses(generation().library))
    parts = [
        addresses[start : start + SITEMAP_ADDRESSES]
        for start in range(0, len(addresses), SITEMAP_ADDRESSES)
    ]
    chosen = request.args.get("part", type=int)
    if len(parts) > 1 and chosen is None:
        names = [absolute_url(f"/sitemap.xml?part={number + 1}") for number in range(len(parts))]
        return _xml(render_template("machines/sitemap_index.xml", parts=names), "application/xml")
    number = 1 if chosen is None else chosen
    shown = parts[number - 1] if 1 <= number <= len(parts) else []
    body = render_template("machines/sitemap.xml", addresses=shown)
    return _xml(body, "application/xml")


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Lets a browser offer the help center among its search engines."""
    body = render_template("machines/opensearch.xml")
    return _xml(body, "application/opensearchdescription+xml")


@blueprint.get("/search/completions")
def completions() -> Response:
    """Articles for what is typed into a browser's own search field (OpenSearch suggestions 1.1)."""
    check_limit("suggest")
    text = clean_query_text(request.args.get("q", ""))
    found = generation().search.suggest(text, limit=COMPLETIONS) if text else ()
    library = generation().library
    summaries = [library.find_summary(s.slug) for s in found]
    body = [
        text,
        [s.title for s in found],
        [summary.summary if summary else "" for summary in summaries],
        [absolute_url(s.url) for s in found],
    ]
    response = Response(json.dumps(body), content_type="application/x-suggestions+json")
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Crawlers may read everything but what pages fetch, forms and the back office.

    Results say themselves that they belong into no index; who may not read them does not learn it.
    """
    rules = (
        *("/search/", "/contact?", "/staff/", "/account/", "/n/", "/articles/*/report"),
        *("/*?lang=", "/*&lang="),
    )
    lines = ["User-agent: *", *(f"Disallow: {rule}" for rule in rules), ""]
    lines.append(f"Sitemap: {absolute_url('/sitemap.xml')}\n")
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; says nothing about what it could answer."""
    return _plain("ok\n", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether customers can be sent here: a generation is open and the database works."""
    try:
        # Customers come as soon as this has been answered, and the first of them searches.
        generation().search.prepare()
        services().accounts.list_accounts()
    except GenerationUnavailable:
        return _plain("no generation: run `kb index`\n", 503)
    except DatabaseError:
        return _plain("database not usable: see the log\n", 503)
    load_common_templates(current_app)
    load_patterns()
    return _plain("ready\n", 200)


def _list_addresses(library: Library) -> Iterator[tuple[str, object]]:
    yield from ((path, None) for path in _FIXED_PAGES)
    for slug in library.collections:
        found = library.find_collection(slug) if slug else None
        if found is not None:
            yield found.url, None
    products = library.list_products()
    yield from (("/products", None) for _ in products[:1])
    yield from ((product.url, None) for product in products)
    for article in library.list_articles(Audience.PUBLIC):
        yield article.url, article.updated_at


def _xml(body: str, media_type: str) -> Response:
    response = Response(body, content_type=f"{media_type}; charset=utf-8")
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _plain(body: str, status: int) -> Response:
    response = Response(body, status=status, mimetype="text/plain")
    response.cache_control.no_store = True
    return response
