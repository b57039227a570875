"""One topic: what is known about it, and what an agent makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.models import Permission
from kb.content.models import ArticleSummary, Audience, State
from kb.content_changes.models import Author
from kb.content_gaps.effect import TopicEffect
from kb.content_gaps.models import DayDemand, Topic, TopicState
from kb.errors import ChangeRefused, DraftError, InvalidInput
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.charts import SPARKLINE_HEIGHT, Chart, build_chart
from kb.web.staff.formatting import medium_date
from kb.web.staff.responses import download
from kb.web.staff.unanswered import list_nearest
from kb.web.translation import describe_error
from kb.web.translation import gettext as _

_DAYS = 90


@dataclass(frozen=True, slots=True)
class FormError:
    """What was wrong with a form: which field of the page, and what to do."""

    field: str
    message: str


@blueprint.get("/unanswered/<int:topic_id>")
@requires(Permission.VIEW_REPORTS)
def topic(topic_id: int) -> AnyResponse:
    """Wordings, demand over time, nearest articles, and the forms to decide."""
    found = get_topic(topic_id)
    target = services().content_gaps.triage.find_target(topic_id)
    if target is not None:
        return redirect(url_for("staff.topic", topic_id=target), 302)
    return show_topic(found)


@blueprint.post("/unanswered/<int:topic_id>/draft")
@requires(Permission.WRITE_DRAFTS)
def draft_topic(topic_id: int) -> AnyResponse:
    """Start the answer: a draft on a branch, or as a file where there is no git."""
    found = get_topic(topic_id)
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
            with_nearest=list_nearest,
            known_answer=_find_given_answer(topic_id, request.form.get("given_answer", "")),
        )
    except InvalidInput:
        return show_topic(found, FormError("title", _("Give the article a title.")), 422)
    except DraftError as error:
        return show_topic(found, FormError("draft", describe_error(error)), 409)
    if result.committed is None:
        name = result.draft.path.rpartition("/")[2].encode("ascii", "ignore").decode()
        return download(name if name != ".md" else "draft.md", result.draft.text, "text/markdown")
    flash(_("The draft is on the branch %(branch)s.") % {"branch": result.committed.branch})
    branch, path = result.committed.branch, result.committed.path
    return redirect(url_for("staff.edit_draft", branch=branch, path=path), 303)


def show_topic(found: Topic, error: FormError | None = None, status: int = 200) -> Response:
    """The page of a topic, with what was wrong with a form of it."""
    gaps = services().content_gaps
    today = services().clock.now().date()
    days = gaps.list_days(found.id, today - timedelta(days=_DAYS - 1), today)
    events = gaps.triage.list_events(found.id)
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
        wordings=gaps.triage.list_wordings(found.id),
        events=events,
        seen=max((event.id for event in events), default=0),
        colleagues=services().accounts.list_who_may(Permission.TRIAGE),
        answer=find_published(found.answer),
        collections=sorted(collections, key=lambda c: c.name.casefold()),
        can_commit=gaps.can_commit_drafts,
        draft_path=_find_draft(found),
        effect=_find_effect(found),
        waiting=services().notifications.count_waiting(found.id),
        inquiries=services().inquiries.list_of_topic(found.id),
        inquiry_count=services().inquiries.count_of_topic(found.id),
        given_answers=services().inquiries.list_answers(found.id),
        now=services().clock.now(),
    )  # fmt: skip
    return make_response(page, status)


def _find_given_answer(topic_id: int, chosen: str) -> str:
    """What an agent answered in the inquiry with this number; "" when none is chosen."""
    answers = services().inquiries.list_answers(topic_id)
    return next((a.text for a in answers if str(a.inquiry) == chosen), "")


def _find_effect(found: Topic) -> TopicEffect | None:
    if found.state is not TopicState.ANSWERED:
        return None
    return services().topic_effects.find_effect(found.id)


def _find_draft(found: Topic) -> str:
    """Path of the topic's draft on its branch; "" when there is none to open."""
    if found.state is not TopicState.DRAFTED:
        return ""
    try:
        drafts = services().drafts.list_drafts()
    except ChangeRefused:
        return ""
    paths = (draft.paths for draft in drafts if draft.branch == found.answer)
    return next((names[0] for names in paths if names), "")


def _build_sparkline(days: Sequence[DayDemand]) -> Chart:
    rows = [(f"{medium_date(day.day)}: {day.searches}", [("failed", day.searches)]) for day in days]
    return build_chart(rows, SPARKLINE_HEIGHT)


def get_topic(topic_id: int) -> Topic:
    """The topic with this number, up to date; 404 without one."""
    services().content_gaps.refresh()
    found = services().content_gaps.find_topic(topic_id)
    return found if found is not None else abort(404)


def find_published(text: str) -> ArticleSummary | None:
    """The published article with this slug or address."""
    slug = text.strip().rstrip("/").rpartition("/")[2]
    found = generation().library.find_summary(slug)
    return found if found is not None and found.state is State.PUBLISHED else None


def back_to(topic_id: int) -> AnyResponse:
    """Lead to the page of a topic after a form was accepted."""
    return redirect(url_for("staff.topic", topic_id=topic_id), 303)
