"""The form below an article for whoever found something wrong with it."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from kb.content.models import ArticleSummary
from kb.page_reports.models import MAX_TEXT
from kb.web.audience import audience
from kb.web.contact_cards import find_card
from kb.web.limits import check_limit
from kb.web.security import check_form_token, make_form_token
from kb.web.services import generation, services
from kb.web.translation import gettext as _

blueprint = Blueprint("page_reports", __name__)


@blueprint.get("/articles/<slug>/report")
def report(slug: str) -> Response:
    """The form; after it was sent, the thanks."""
    return _show(_get_summary(slug), is_sent="sent" in request.args)


@blueprint.post("/articles/<slug>/report")
def send_report(slug: str) -> AnyResponse:
    """Take the report, then show the thanks on a page that may be reloaded."""
    found = _get_summary(slug)
    if not check_form_token(f"report:{found.slug}", request.form.get("token", "")):
        raise BadRequest(_("This form has expired. Please open the article again."))
    check_limit("report")
    text = request.form.get("text", "")
    if not services().page_reports.record_report(found.slug, text, generation().library.revision):
        return _show(found, error=_("Please write what is wrong."))
    return redirect(f"/articles/{found.slug}/report?sent", 303)


def _show(article: ArticleSummary, *, is_sent: bool = False, error: str = "") -> Response:
    page = render_template(
        "help_center/report.html",
        article=article,
        is_sent=is_sent,
        error=error,
        longest=MAX_TEXT,
        token=make_form_token(f"report:{article.slug}"),
        card=find_card(article.collection),
    )
    response = make_response(page, 400 if error else 200)
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.no_cache = True
    return response


def _get_summary(slug: str) -> ArticleSummary:
    found = generation().library.find_summary(slug, audience())
    return found if found is not None else abort(404)
