"""A copy of the most important articles on the customer's device, where the company wants that.

A service worker keeps it (``static/offline-worker.js``), and the articles that were read.  The
copy is public pages only; whoever signs in loses it, and so does everybody when the setting
is switched off.
"""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, Response, abort, current_app, jsonify, render_template

from kb.content.models import Audience
from kb.errors import GenerationUnavailable
from kb.web.audience import audience
from kb.web.contact_cards import find_card
from kb.web.formatting import today
from kb.web.help_center import choose_articles
from kb.web.identity import identity_url
from kb.web.page_cache import cached_page
from kb.web.services import generation, services

blueprint = Blueprint("offline", __name__)

COPIED = 50
"""Articles: those that customers open most, then the editors' choice, then the newest.  Some
4 kB each as they are sent, 200 kB in all."""
_ASSETS = ("site.css", "site.js", "offline.js", "favicon.svg")


def offline_version() -> str:
    """What the copy is made from; empty when none is kept on this device."""
    if not services().settings.offline or audience() is Audience.STAFF:
        return ""
    try:
        return generation().id
    except GenerationUnavailable:
        return ""


@blueprint.get("/offline-worker.js")
def worker() -> Response:
    """The service worker, at the top so that all pages are in its scope."""
    _check_offered()
    response = current_app.send_static_file("offline-worker.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline")
def page() -> Response:
    """What is shown instead of a page that is not on the device."""
    _check_offered()
    card = find_card()
    response = cached_page(
        lambda: render_template("help_center/offline.html", card=card, today=today()),
        today(),
        card and card.status,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/offline.json")
def copy() -> Response:
    """What the copy consists of: articles to search, pages to keep, files that pages need."""
    _check_offered()
    articles = choose_articles(COPIED).articles
    static_url = cast(Callable[[str], str], current_app.jinja_env.globals["static_url"])
    response = jsonify(
        articles=[
            {"title": a.title, "url": a.url, "text": " ".join((a.summary, *a.questions, *a.tags))}
            for a in articles
        ],
        pages=["/", "/directory", *(a.url for a in articles)],
        assets=[*map(static_url, _ASSETS), *filter(None, [identity_url()])],
    )
    response.cache_control.no_cache = True
    return response


def _check_offered() -> None:
    if not services().settings.offline or audience() is Audience.STAFF:
        abort(404)
