"""The routes of the API: read the parameters, make one call, answer JSON."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, request
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from kb.api import answering, drafts, inquiries, topics
from kb.api.article_object import article_object
from kb.api.errors import BadParameter
from kb.api.openapi import build_openapi
from kb.content.models import Kind
from kb.publishing.generation import Generation
from kb.search.filters import SearchFilters
from kb.search.search_object import search_object
from kb.services import Services
from kb.text import MAX_QUERY_LENGTH, clean_query_text, slugify

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
MAX_OFFSET = 1000
SUGGESTIONS = 8
SUGGESTION_SECONDS = 60
"""How long a browser may reuse the suggestions for the same letters."""
_ADDRESS = "helpshelf.api.client_address"
_FIND_PAUSE = "helpshelf.api.find_pause"

Pause = Callable[[], None]


def init_api(
    app: Flask, client_address: Callable[[], str], find_pause: Callable[[], Pause]
) -> None:
    """Add the routes.

    Args:
        app: the application.
        client_address: what limits count by; given from outside, so that the API and
            the pages cannot differ in it.
        find_pause: what a search has to call between its steps; from outside, too, since all
            searches of a process take turns.
    """
    app.extensions[_ADDRESS] = client_address
    app.extensions[_FIND_PAUSE] = find_pause
    app.register_blueprint(blueprint)
    for part in (answering, topics, drafts, inquiries):
        app.register_blueprint(part.blueprint)


@blueprint.get("/search")
def search() -> Response:
    """The search object. Programs are no customers: their searches are not logged."""
    _check_limit("search")
    text = clean_query_text(request.args.get("q", ""))
    if not text:
        raise BadParameter("q", "Say what to search for, such as ?q=late+parcel.")
    page = _generation().search.search(
        text,
        limit=_whole("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        offset=_whole("offset", 0, 0, MAX_OFFSET),
        filters=_filters(),
        pause=current_app.extensions[_FIND_PAUSE](),
    )
    return jsonify(search_object(page))


@blueprint.get("/suggest")
def suggest() -> Response:
    """Titles that fit what has been typed so far; an empty list is an answer, too."""
    _check_limit("suggest")
    text = clean_query_text(request.args.get("q", ""))
    found = _generation().search.suggest(text, limit=SUGGESTIONS) if text else ()
    response = jsonify({"suggestions": [{"title": s.title, "url": s.url} for s in found]})
    response.cache_control.max_age = SUGGESTION_SECONDS
    response.cache_control.private = True
    return response


@blueprint.get("/articles/<slug>")
def article(slug: str) -> AnyResponse:
    """One published article with its HTML and sections."""
    library = _generation().library
    found = library.find_article(slug)
    if found is None:
        moved = library.find_by_alias(slug)
        return redirect(f"/api/v1/articles/{moved.slug}", 301) if moved else abort(404)
    return jsonify(article_object(found))


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of this API."""
    return jsonify(build_openapi())


@blueprint.after_request
def allow_other_sites(response: Response) -> Response:
    """Public articles may be read by pages of any origin; cookies are never looked at."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if "Cache-Control" not in response.headers:
        response.cache_control.no_cache = True
    return response


def _services() -> Services:
    return cast(Services, current_app.extensions["helpshelf"])


def _generation() -> Generation:
    return _services().generations.current()


def _check_limit(action: str) -> None:
    address: str = current_app.extensions[_ADDRESS]()
    seconds = _services().rate_limiter.allow(action, address)
    if seconds:
        raise TooManyRequests(retry_after=seconds)


def _whole(field: str, default: int, minimum: int, maximum: int) -> int:
    text = request.args.get(field)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not minimum <= number <= maximum:
        raise BadParameter(field, f"Use a whole number from {minimum} to {maximum}.")
    return number


def _filters() -> SearchFilters:
    library = _generation().library
    collection, kind = request.args.get("collection", ""), request.args.get("kind", "")
    product = slugify(request.args.get("product", "")[:MAX_QUERY_LENGTH])
    if collection and library.find_collection(collection) is None:
        raise BadParameter("collection", "There is no such collection.")
    if kind and kind not in set(Kind):
        raise BadParameter("kind", f"Use one of {', '.join(Kind)}.")
    if request.args.get("product") and library.find_product(product) is None:
        raise BadParameter("product", "No article is about a product of this name.")
    return SearchFilters(collection=collection, kind=kind, product=product)
