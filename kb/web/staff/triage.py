"""What agents do with topics: each form is one action, with an event that can be taken back.

Forms carry ``seen``, the latest event that the page showed: whoever sends an old page is
told what a colleague did meanwhile, and finds what was typed still in the form.
"""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.models import Permission
from kb.content_gaps.triage import TriageService
from kb.errors import ChangedMeanwhile, InvalidInput
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.bulk import change_each
from kb.web.staff.topic import FormError, back_to, find_published, get_topic, show_topic
from kb.web.translation import describe_error, ngettext
from kb.web.translation import gettext as _

MAX_BULK = 200
"""Topics or inquiries that one form may change: more than a page of the list shows."""


@blueprint.post("/unanswered/<int:topic_id>/ignore")
@requires(Permission.TRIAGE)
def ignore_topic(topic_id: int) -> AnyResponse:
    """Not ours to answer, for a reason."""
    return _act(
        topic_id,
        lambda: _triage().ignore(topic_id, _field("reason"), _email(), read_seen()),
        _("The topic is ignored. You can open it again at any time."),
        "reason",
    )


@blueprint.post("/unanswered/<int:topic_id>/reopen")
@requires(Permission.TRIAGE)
def reopen_topic(topic_id: int) -> AnyResponse:
    """Back on the list."""
    return _act(
        topic_id,
        lambda: _triage().reopen(topic_id, _email(), seen=read_seen()),
        _("The topic is on the list again."),
    )


@blueprint.post("/unanswered/<int:topic_id>/answer")
@requires(Permission.TRIAGE)
def answer_topic(topic_id: int) -> AnyResponse:
    """An article that is published answers it already."""

    def answer() -> int:
        article = find_published(_field("article"))
        if article is None:
            raise InvalidInput(_("There is no such published article."), "article")
        return _triage().answer(topic_id, article.slug, _email(), read_seen())

    return _act(topic_id, answer, _("The topic is marked as answered."), "article")


@blueprint.post("/unanswered/<int:topic_id>/assign")
@requires(Permission.TRIAGE)
def assign_topic(topic_id: int) -> AnyResponse:
    """Somebody takes care of it, by a day if one is given."""
    return _act(
        topic_id,
        lambda: _triage().assign(topic_id, _read_assignee(), _read_due(), _email(), read_seen()),
        _("The assignment is saved."),
        "assignee",
    )


@blueprint.post("/unanswered/<int:topic_id>/rename")
@requires(Permission.TRIAGE)
def rename_topic(topic_id: int) -> AnyResponse:
    """A name that says better what is asked."""
    return _act(
        topic_id,
        lambda: _triage().rename(topic_id, _field("label"), _email(), read_seen()),
        _("The name is saved."),
        "label",
    )


@blueprint.post("/unanswered/<int:topic_id>/comment")
@requires(Permission.TRIAGE)
def comment_on_topic(topic_id: int) -> AnyResponse:
    """A note for colleagues; it changes nothing."""
    return _act(
        topic_id,
        lambda: _triage().comment(topic_id, _field("comment"), _email()),
        _("The comment is saved."),
        "comment",
    )


@blueprint.post("/unanswered/<int:topic_id>/merge")
@requires(Permission.TRIAGE)
def merge_topic(topic_id: int) -> AnyResponse:
    """Other topics ask the same: their wordings come here."""
    return _act(
        topic_id,
        lambda: _triage().merge(_read_numbers(_field("topics")), topic_id, _email(), read_seen()),
        _("The topics are merged."),
        "topics",
    )


@blueprint.post("/unanswered/<int:topic_id>/split")
@requires(Permission.TRIAGE)
def split_topic(topic_id: int) -> AnyResponse:
    """Some wordings ask something else: they become a topic of their own."""

    def split() -> int:
        chosen = [int(text) for text in request.form.getlist("wordings") if text.isdecimal()]
        return _triage().split(topic_id, chosen, _email(), read_seen())[0]

    return _act(topic_id, split, _("The wordings are a topic of their own now."), "wordings")


@blueprint.post("/unanswered/undo")
@requires(Permission.TRIAGE)
def undo_events() -> AnyResponse:
    """Take actions back, the latest first."""
    back = request.form.get("topic", "")
    events = sorted(read_events(), reverse=True)
    if change_each(events, lambda event: _triage().undo(event, _email()), say_which=False):
        flash(_("Taken back."))
    if back.isdecimal():
        return back_to(int(back))
    return redirect(url_for("staff.unanswered"), 303)


@blueprint.post("/unanswered/bulk")
@requires(Permission.TRIAGE)
def triage_many() -> AnyResponse:
    """One action for all topics that were ticked in the list."""
    topics = [int(text) for text in request.form.getlist("topic") if text.isdecimal()][:MAX_BULK]
    try:
        if not topics:
            raise InvalidInput(_("Tick the topics first."))
        if _field("action") == "merge":
            events = [_triage().merge(topics, min(topics), _email())]
            changed = len(topics)
        else:
            events = change_each(topics, _read_action())
            changed = len(events)
    except (InvalidInput, ChangedMeanwhile) as error:
        flash(describe_error(error), "problem")
    else:
        done = ngettext("%(num)s topic is changed.", "%(num)s topics are changed.", changed)
        flash(done % {"num": changed})
        if events:
            flash(",".join(str(event) for event in events), "undo")
    return redirect(f"{url_for('staff.unanswered')}?{urlencode(_list_filter())}", 303)


def _read_action() -> Callable[[int], int]:
    """What the form wants done with each of the topics."""
    match _field("action"):
        case "assign":
            to, due = _read_assignee(), _read_due()
            return lambda topic: _triage().assign(topic, to, due, _email())
        case "ignore":
            reason = _field("reason")
            return lambda topic: _triage().ignore(topic, reason, _email())
        case "reopen":
            return lambda topic: _triage().reopen(topic, _email())
    raise InvalidInput(_("Choose what to do with the topics."))


def _act(topic_id: int, action: Callable[[], int], done: str, field: str = "topic") -> AnyResponse:
    found = get_topic(topic_id)
    try:
        event = action()
    except InvalidInput as error:
        return show_topic(found, FormError(error.field or field, describe_error(error)), 422)
    except ChangedMeanwhile as error:
        return show_topic(get_topic(topic_id), FormError("topic", describe_error(error)), 409)
    flash(done)
    flash(str(event), "undo")
    return back_to(topic_id)


def _triage() -> TriageService:
    return services().content_gaps.triage


def _field(name: str) -> str:
    return request.form.get(name, "").strip()


def read_seen() -> int | None:
    """The latest event that the page showed; None when the form does not say."""
    text = _field("seen")
    return int(text) if text.isdecimal() else None


def _read_assignee() -> str:
    return services().accounts.check_may_triage(_field("assignee"), "assignee")


def _read_due() -> date | None:
    text = _field("due")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(_("Write dates like 2026-01-31."), "due") from None


def _read_numbers(text: str) -> list[int]:
    words = text.replace(",", " ").replace("#", " ").split()
    if not all(word.isascii() and word.isdigit() and len(word) < 10 for word in words):
        raise InvalidInput(_("Write the numbers of topics, such as 12, 15."), "topics")
    return [int(word) for word in words]


def read_events() -> list[int]:
    """The numbers of what is to be taken back."""
    texts = request.form.get("events", "").split(",")[:MAX_BULK]
    return [int(text) for text in texts if text.isdecimal() and len(text) < 16]


def _list_filter() -> dict[str, str]:
    # The list's own filters travel by other names where the form has a field for the new value.
    fields = {"since": "since", "until": "until", "state": "state", "page": "page",
              "assignee": "assigned", "due": "due_filter", "order": "order"}  # fmt: skip
    return {name: request.form[field] for name, field in fields.items() if request.form.get(field)}


def _email() -> str:
    return str(current_user.account.email)
