"""What customers wrote: the queue, one inquiry with what was tried before, and the reply.

Forms carry ``seen``, the latest entry that the page showed, as those of topics do: whoever
sends an old page is told what a colleague did, and finds what was typed still in the form.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.models import Permission
from kb.content.models import Audience
from kb.errors import ChangedMeanwhile, InvalidInput
from kb.inquiries.handling import InquiryHandling
from kb.inquiries.models import TO_ANSWER, Inquiry, Status
from kb.web.pagination import Pages, page_number
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.bulk import change_each
from kb.web.staff.topic import FormError
from kb.web.staff.triage import MAX_BULK, read_events, read_seen
from kb.web.staff.unanswered import list_nearest
from kb.web.staff.whose import read_whose
from kb.web.translation import describe_error, ngettext
from kb.web.translation import gettext as _

_PER_PAGE = 50
_TO_ANSWER, _ALL = "to-answer", "all"


@blueprint.get("/inquiries")
@requires(Permission.TRIAGE)
def inquiries() -> str:
    """The queue: what is due first stands first."""
    state = request.args.get("status", _TO_ANSWER)
    if state in set(Status):
        statuses: tuple[Status, ...] = (Status(state),)
    else:
        state = _ALL if state == _ALL else _TO_ANSWER
        statuses = tuple(Status) if state == _ALL else TO_ANSWER
    assignee = read_whose()
    counts = services().inquiries.count_by_status(assignee)
    pages = Pages(page_number(), sum(counts.get(s, 0) for s in statuses), _PER_PAGE)
    if pages.is_beyond:
        abort(404)
    return render_template(
        "staff/inquiries.html",
        state=state,
        states=[_TO_ANSWER, *Status, _ALL],
        counts=counts,
        pages=pages,
        assignee=request.args.get("assignee", ""),
        colleagues=services().accounts.list_who_may(Permission.TRIAGE),
        inquiries=services().inquiries.list_inquiries(
            statuses, _PER_PAGE, pages.slice.start, assignee
        ),
        departments={d.slug: d.name for d in generation().directory.departments},
        now=services().clock.now(),
    )


@blueprint.get("/inquiries/<int:inquiry_id>")
@requires(Permission.TRIAGE)
def inquiry(inquiry_id: int) -> Response:
    """The message, what the customer tried, articles that may answer it, and the reply."""
    return _show(_get(inquiry_id))


@blueprint.post("/inquiries/<int:inquiry_id>/reply")
@requires(Permission.TRIAGE)
def reply_to_inquiry(inquiry_id: int) -> AnyResponse:
    """Send the reply; the inquiry is solved by it, or waits for the customer."""
    solves = request.form.get("solves") != "no"
    text = request.form.get("reply", "")
    by = current_user.account.email
    return _act(
        inquiry_id,
        lambda: services().inquiries.reply(inquiry_id, text, by, solves=solves, seen=read_seen()),
        _("The reply is on its way."),
    )


@blueprint.post("/inquiries/<int:inquiry_id>/note")
@requires(Permission.TRIAGE)
def note_inquiry(inquiry_id: int) -> AnyResponse:
    """Keep a note for colleagues."""
    text, by = request.form.get("note", ""), current_user.account.email
    return _act(
        inquiry_id,
        lambda: services().inquiries.note(inquiry_id, text, by),
        _("The note is saved. The customer does not see it."),
    )


@blueprint.post("/inquiries/<int:inquiry_id>/status")
@requires(Permission.TRIAGE)
def set_inquiry_status(inquiry_id: int) -> AnyResponse:
    """Say where it stands."""
    chosen = request.form.get("status", "")
    if chosen not in set(Status):
        abort(400)
    by = current_user.account.email
    return _act(
        inquiry_id,
        lambda: _handling().set_status(inquiry_id, Status(chosen), by, read_seen()),
        _("The status is saved."),
    )


@blueprint.post("/inquiries/<int:inquiry_id>/assign")
@requires(Permission.TRIAGE)
def assign_inquiry(inquiry_id: int) -> AnyResponse:
    """Somebody takes care of it."""
    by = current_user.account.email
    return _act(
        inquiry_id,
        lambda: _handling().assign(inquiry_id, _read_assignee(), by, read_seen()),
        _("The assignment is saved."),
    )


@blueprint.post("/inquiries/undo")
@requires(Permission.TRIAGE)
def undo_inquiries() -> AnyResponse:
    """Take decisions back, the latest first."""
    back, by = request.form.get("inquiry", ""), current_user.account.email
    entries = sorted(read_events(), reverse=True)
    if change_each(entries, lambda entry: _handling().undo(entry, by), say_which=False):
        flash(_("Taken back."))
    if back.isdecimal():
        return redirect(url_for("staff.inquiry", inquiry_id=int(back)), 303)
    return redirect(url_for("staff.inquiries"), 303)


@blueprint.post("/inquiries/bulk")
@requires(Permission.TRIAGE)
def change_inquiries() -> AnyResponse:
    """One action for all inquiries that were ticked in the list."""
    chosen = [int(n) for n in request.form.getlist("inquiry") if n.isdecimal()][:MAX_BULK]
    try:
        if not chosen:
            raise InvalidInput(_("Tick the inquiries first."))
        changed = change_each(chosen, _read_action())
    except InvalidInput as error:
        flash(describe_error(error), "problem")
    else:
        done = ngettext(
            "%(num)s inquiry is changed.", "%(num)s inquiries are changed.", len(changed)
        )
        flash(done % {"num": len(changed)})
        if changed:
            flash(",".join(str(entry) for entry in changed), "undo-inquiries")
    fields = {"status": "status", "assignee": "whose", "page": "page"}
    back = {name: request.form[field] for name, field in fields.items() if request.form.get(field)}
    return redirect(f"{url_for('staff.inquiries')}?{urlencode(back)}", 303)


@blueprint.post("/inquiries/<int:inquiry_id>/delete")
@requires(Permission.TRIAGE)
def delete_inquiry(inquiry_id: int) -> AnyResponse:
    """Remove it with all that was written, for good."""
    _get(inquiry_id)
    services().inquiries.delete(inquiry_id)
    flash(_("The inquiry is deleted."))
    return redirect(url_for("staff.inquiries"), 303)


def _read_action() -> Callable[[int], int | None]:
    """What the form wants done with each of the inquiries."""
    by, action = current_user.account.email, request.form.get("action", "")
    if action == "assign":
        to = _read_assignee()
        return lambda number: _handling().assign(number, to, by)
    if action in set(Status):
        return lambda number: _handling().set_status(number, Status(action), by)
    raise InvalidInput(_("Choose what to do with the inquiries."))


def _act(inquiry_id: int, action: Callable[[], int | None], done: str) -> AnyResponse:
    found = _get(inquiry_id)
    try:
        entry = action()
    except InvalidInput as error:
        return _show(found, FormError(error.field, describe_error(error)), 422)
    except ChangedMeanwhile as error:
        return _show(_get(inquiry_id), FormError("history", describe_error(error)), 409)
    flash(done)
    if entry is not None:
        flash(str(entry), "undo-inquiries")
    return redirect(url_for("staff.inquiry", inquiry_id=inquiry_id), 303)


def _handling() -> InquiryHandling:
    return services().inquiries.handling


def _read_assignee() -> str:
    return services().accounts.check_may_triage(request.form.get("assignee", ""), "assignee")


def _get(inquiry_id: int) -> Inquiry:
    found = services().inquiries.find(inquiry_id)
    return found if found is not None else abort(404)


def _show(found: Inquiry, error: FormError | None = None, status: int = 200) -> Response:
    library = generation().library
    opened = [library.find_summary(slug, Audience.STAFF) for slug in found.tried.opened]
    department = generation().directory.find(found.department)
    entries = services().inquiries.list_entries(found.id)
    page = render_template(
        "staff/inquiry.html",
        inquiry=found,
        error=error,
        department=department,
        article=library.find_summary(found.article, Audience.STAFF) if found.article else None,
        opened=[article for article in opened if article is not None],
        nearest=list_nearest(found.question or found.message),
        entries=entries,
        seen=entries[-1].id if entries else 0,
        statuses=list(Status),
        colleagues=services().accounts.list_who_may(Permission.TRIAGE),
        subject=urlencode({"q": found.question or found.message[:200]}),
        now=services().clock.now(),
    )
    response = make_response(page, status)
    response.cache_control.no_store = True  # letters of customers stay out of caches
    return response
