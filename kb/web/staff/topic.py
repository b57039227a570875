"""One topic: what is known about it, and what an agent makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.models import Permission
from kb.content.models import ArticleSummary, Audience, State
from kb.content_gaps.models import Author, DayDemand, Topic
from kb.errors import DraftError, InvalidInput
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.charts import SPARKLINE_HEIGHT, Chart, build_chart
from kb.web.staff.formatting import medium_date
from kb.web.staff.responses import download
from kb.web.staff.unanswered import list_nearest
from kb.web.translation import gettext as _

_DAYS = 90


@dataclass(frozen=True, slots=True)
class FormError:
    """What was wrong with a form: which field of the page, and what to do."""

    field: str
    message: str


@blueprint.get("/unanswered/<int:topic_id>")
@requires(Permission.VIEW_REPORTS)
def topic(topic_id: int) -> Response:
    """Wordings, demand over time, nearest articles, and the forms to decide."""
    return _show(_get_topic(topic_id))


@blueprint.post("/unanswered/<int:topic_id>/ignore")
@requires(Permission.TRIAGE)
def ignore_topic(topic_id: int) -> AnyResponse:
    """Not ours to answer, for a reason."""
    found = _get_topic(topic_id)
    try:
        services().content_gaps.ignore(topic_id, request.form.get("reason", ""), _email())
    except InvalidInput:
        error = FormError("reason", _("Say why, for whoever wonders later."))
        return _show(found, error, 422)
    flash(_("The topic is ignored. You can open it again at any time."))
    return _back(topic_id)


@blueprint.post("/unanswered/<int:topic_id>/reopen")
@requires(Permission.TRIAGE)
def reopen_topic(topic_id: int) -> AnyResponse:
    """Back on the list."""
    _get_topic(topic_id)
    services().content_gaps.reopen(topic_id, _email())
    flash(_("The topic is on the list again."))
    return _back(topic_id)


@blueprint.post("/unanswered/<int:topic_id>/answer")
@requires(Permission.TRIAGE)
def answer_topic(topic_id: int) -> AnyResponse:
    """An article that is published answers it already."""
    found = _get_topic(topic_id)
    article = _find_article(request.form.get("article", ""))
    if article is None:
        error = FormError("article", _("There is no such published article."))
        return _show(found, error, 422)
    services().content_gaps.answer(topic_id, article.slug, _email())
    flash(_("The topic is marked as answered."))
    return _back(topic_id)


@blueprint.post("/unanswered/<int:topic_id>/draft")
@requires(Permission.WRITE_DRAFTS)
def draft_topic(topic_id: int) -> AnyResponse:
    """Start the answer: a draft on a branch, or as a file where there is no git."""
    found = _get_topic(topic_id)
    library = generation().library
    collection = library.find_collection(request.form.get("collection", ""), Audience.STAFF)
    account = current_user.account
    try:
        result = services().content_gaps.draft(
            topic_id,
            request.form.get("title", ""),
            collection.path if collection else "",
            Author(account.name, account.email),
            taken=library.summaries,
        )
    except InvalidInput:
        return _show(found, FormError("title", _("Give the article a title.")), 422)
    except DraftError as error:
        return _show(found, FormError("draft", str(error)), 409)
    if result.committed is None:
        name = result.draft.path.rpartition("/")[2].encode("ascii", "ignore").decode()
        return download(name if name != ".md" else "draft.md", result.draft.text, "text/markdown")
    flash(_("The draft is on the branch %(branch)s.") % {"branch": result.committed.branch})
    return _back(topic_id)


def _show(found: Topic, error: FormError | None = None, status: int = 200) -> Response:
    gaps = services().content_gaps
    today = services().clock.now().date()
    days = gaps.list_days(found.id, today - timedelta(days=_DAYS - 1), today)
    library = generation().library
    collections = [c for c in library.collections.values() if c.slug]
    page = render_template(
        "staff/topic.html",
        topic=found,
        error=error,
        days=[day for day in days if day.searches],
        chart=_build_sparkline(days),
        nearest=list_nearest(found.label),
        opened=[(o, library.find_summary(o.slug, Audience.STAFF)) for o in
                gaps.list_opened_anyway(found.id)],
        decisions=gaps.list_decisions(found.id),
        answer=_find_article(found.answer),
        collections=sorted(collections, key=lambda c: c.name.casefold()),
        can_commit=gaps.can_commit_drafts,
    )  # fmt: skip
    return make_response(page, status)


def _build_sparkline(days: Sequence[DayDemand]) -> Chart:
    rows = [(f"{medium_date(day.day)}: {day.searches}", [("failed", day.searches)]) for day in days]
    return build_chart(rows, SPARKLINE_HEIGHT)


def _get_topic(topic_id: int) -> Topic:
    services().content_gaps.refresh()
    found = services().content_gaps.find_topic(topic_id)
    return found if found is not None else abort(404)


def _find_article(text: str) -> ArticleSummary | None:
    """The published article with this slug or address."""
    slug = text.strip().rstrip("/").rpartition("/")[2]
    found = generation().library.find_summary(slug)
    return found if found is not None and found.state is State.PUBLISHED else None


def _email() -> str:
    return str(current_user.account.email)


def _back(topic_id: int) -> AnyResponse:
    return redirect(url_for("staff.topic", topic_id=topic_id), 303)
