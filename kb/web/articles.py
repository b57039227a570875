"""Articles and policies, their earlier versions, and the vote below them."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from kb.content.models import Article, ArticleSummary, Kind, Section
from kb.errors import GenerationUnavailable
from kb.search_log.models import VoteReason
from kb.text import clean_query_text
from kb.web import visits
from kb.web.audience import audience
from kb.web.contact_cards import find_card
from kb.web.limits import check_limit
from kb.web.page_cache import cached_page
from kb.web.security import check_form_token, make_form_token
from kb.web.services import generation
from kb.web.translation import gettext as _

blueprint = Blueprint("articles", __name__)

RELATED = 5
CONTENTS_FROM = 3
"""Fewer headings are seen at a glance; a list of them would be longer than what it saves."""


@blueprint.get("/articles/<slug>")
def article(slug: str) -> AnyResponse:
    """One article."""
    return _show(slug, "/articles/")


@blueprint.get("/policies/<slug>")
def policy(slug: str) -> AnyResponse:
    """One policy as it is in force, with the way to its earlier versions."""
    return _show(slug, "/policies/")


@blueprint.get("/policies")
def policies() -> Response:
    """All policies with the day each takes effect."""
    found = generation().library.list_articles(audience(), Kind.POLICY)
    return cached_page(lambda: render_template("help_center/policies.html", policies=found))


def has_policies() -> bool:
    """Whether there are policies to link to; False while nothing is published."""
    try:
        return bool(generation().library.list_articles(kind=Kind.POLICY))
    except GenerationUnavailable:
        return False


@blueprint.get("/policies/<slug>/versions/<revision>")
def version(slug: str, revision: str) -> Response:
    """An earlier version of a policy: what a customer agreed to at the time."""
    found = generation().library.find_article(slug, audience())
    if found is None or found.summary.kind is not Kind.POLICY:
        abort(404)
    chosen = next((v for v in found.versions if v.revision == revision), None)
    if chosen is None:
        abort(404)
    response = cached_page(
        lambda: render_template("help_center/version.html", article=found.summary, version=chosen)
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/n/<int:number>")
def by_number(number: int) -> AnyResponse:
    """The article whose number a customer was told on the phone."""
    found = generation().library.find_by_number(number, audience())
    # Not permanent: an editor may give the number to the article that replaces this one.
    return redirect(found.url, 302) if found else abort(404)


@blueprint.post("/articles/<slug>/vote")
def vote(slug: str) -> AnyResponse:
    """Take a customer's yes or no, then show the thanks on a page that may be reloaded."""
    check_limit("vote")
    found = _get_summary(slug)
    answer = request.form.get("helpful")
    if answer not in ("yes", "no"):
        raise BadRequest(_("Please choose yes or no."))
    if not check_form_token(f"vote:{slug}", request.form.get("token", "")):
        raise BadRequest(_("This form has expired. Please open the article again."))
    visits.record_vote(found.slug, answer == "yes")
    return redirect(f"/articles/{found.slug}/thanks?helpful={answer}", 303)


@blueprint.post("/articles/<slug>/vote/reason")
def vote_reason(slug: str) -> AnyResponse:
    """Take the reason for a "no" that was given just now."""
    check_limit("vote")
    found = _get_summary(slug)
    reason = request.form.get("reason", "")
    if reason not in set(VoteReason):
        raise BadRequest(_("Please choose one of the reasons."))
    if not check_form_token(f"reason:{slug}", request.form.get("token", "")):
        raise BadRequest(_("This form has expired. Please open the article again."))
    visits.record_vote_reason(found.slug, VoteReason(reason))
    return redirect(f"/articles/{found.slug}/thanks?helpful=no&reason={reason}", 303)


@blueprint.get("/articles/<slug>/thanks")
def thanks(slug: str) -> Response:
    """The answer to a vote; after a "no" it asks why and offers the people who can help."""
    found = _get_summary(slug)
    page = render_template(
        "help_center/thanks.html",
        article=found,
        helpful=request.args.get("helpful") != "no",
        reasons=() if request.args.get("reason") else tuple(VoteReason),
        token=make_form_token(f"reason:{found.slug}"),
        card=find_card(found.collection),
        related=generation().library.list_related(found.slug, RELATED, audience()),
    )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.no_cache = True
    return response


def _show(slug: str, folder: str) -> AnyResponse:
    library = generation().library
    summary = library.find_summary(slug, audience())
    if summary is None:
        moved = library.find_by_alias(slug, audience())
        return redirect(moved.url, 301) if moved else _missing(slug)
    if not summary.url.startswith(folder):
        return redirect(summary.url, 301)
    visits.record_opening(summary.slug)
    card = find_card(summary.collection)
    token = make_form_token(f"vote:{summary.slug}")
    question = asked_before()
    extra = {"card": card, "token": token, "question": question}
    return cached_page(lambda: _render(summary, extra), card and card.status, token, question)


def _render(summary: ArticleSummary, extra: Mapping[str, object]) -> str:
    library = generation().library
    found = library.find_article(summary.slug, audience())
    if found is None:
        abort(404)
    return render_template(
        "help_center/article.html",
        article=found,
        breadcrumbs=library.list_ancestors(summary.collection),
        contents=list_contents(found),
        related=library.list_related(summary.slug, RELATED, audience()),
        series=library.list_series(summary.series, audience()),
        **extra,
    )


def asked_before() -> str:
    """What the customer searched for on the results page they come from, else nothing."""
    try:
        referrer = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    if referrer.netloc != request.host or referrer.path != "/search":
        return ""
    return clean_query_text(next(iter(parse_qs(referrer.query).get("q", [])), ""))


def list_contents(article: Article) -> tuple[Section, ...]:
    """The headings of "On this page", empty when there are too few to be worth it."""
    headings = tuple(s for s in article.sections if s.anchor and s.level in (2, 3))
    return headings if len(headings) >= CONTENTS_FROM else ()


def _get_summary(slug: str) -> ArticleSummary:
    found = generation().library.find_summary(slug, audience())
    return found if found is not None else abort(404)


def _missing(slug: str) -> AnyResponse:
    abort(410 if generation().library.is_withdrawn(slug) else 404)
