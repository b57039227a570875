"""Inquiries for programs of the staff: the queue, one of them, and what agents do with it."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, abort, jsonify, request

from kb.accounts.models import Permission
from kb.api.errors import BadParameter, make_error
from kb.api.staff import (
    Fields,
    find_services,
    make_blueprint,
    read_fields,
    read_flag,
    read_id,
    read_number,
    read_seen,
    read_text,
    read_whole,
)
from kb.api.tokens import caller, requires
from kb.errors import ChangedMeanwhile, InvalidInput
from kb.inquiries.models import TO_ANSWER, Entry, Inquiry, Status
from kb.inquiries.service import InquiryService

blueprint = make_blueprint("inquiry_api")

_DEFAULT_LIMIT, _MAX_LIMIT, _MAX_OFFSET = 50, 500, 100_000
STATUSES = ("to-answer", *Status, "all")
"""What a list can be narrowed down to."""


@blueprint.get("/inquiries")
@requires(Permission.TRIAGE)
def list_inquiries() -> Response:
    """The queue: what is due first stands first."""
    wanted = request.args.get("status", STATUSES[0])
    if wanted not in STATUSES:
        raise BadParameter("status", f"Use one of {', '.join(STATUSES)}.")
    statuses = {"to-answer": TO_ANSWER, "all": tuple(Status)}.get(wanted) or (Status(wanted),)
    assignee = request.args.get("assignee")
    counts = _inquiries().count_by_status(assignee)
    found = _inquiries().list_inquiries(
        statuses,
        read_whole("limit", _DEFAULT_LIMIT, _MAX_LIMIT),
        read_whole("offset", 0, _MAX_OFFSET),
        assignee,
    )
    total = sum(counts.get(status, 0) for status in statuses)
    return jsonify({"total": total, "inquiries": [_object(inquiry) for inquiry in found]})


@blueprint.get("/inquiries/<inquiry>")
@requires(Permission.TRIAGE)
def get_inquiry(inquiry: str) -> Response:
    """One inquiry, with what the customer tried before and what happened since."""
    return _answer(_find(inquiry))


@blueprint.post("/inquiries/<inquiry>/<action>")
@requires(Permission.TRIAGE)
def act_on_inquiry(inquiry: str, action: str) -> Response:
    """One action; the inquiry as it is afterwards."""
    found = _find(inquiry)
    act = _ACTIONS.get(action) or abort(404)
    fields = read_fields()
    try:
        act(found, fields)
    except InvalidInput as error:
        return make_error(422, "bad-field", str(error), error.field or None)
    except ChangedMeanwhile as error:
        return make_error(409, "changed", str(error))
    after = _inquiries().find(found.id)
    return _answer(after) if after is not None else jsonify({"deleted": found.id})


def _reply(inquiry: Inquiry, fields: Fields) -> None:
    solves = read_flag(fields, "solves", default=True)
    text, seen = read_text(fields, "reply"), read_seen(fields)
    _inquiries().reply(inquiry.id, text, caller().email, solves=solves, seen=seen)


def _note(inquiry: Inquiry, fields: Fields) -> None:
    _inquiries().note(inquiry.id, read_text(fields, "note"), caller().email)


def _set_status(inquiry: Inquiry, fields: Fields) -> None:
    status = read_text(fields, "status")
    if status not in set(Status):
        raise InvalidInput(f"Use one of {', '.join(Status)}.", "status")
    by, seen = caller().email, read_seen(fields)
    _inquiries().handling.set_status(inquiry.id, Status(status), by, seen)


def _assign(inquiry: Inquiry, fields: Fields) -> None:
    to = find_services().accounts.check_may_triage(read_text(fields, "to"), "to")
    _inquiries().handling.assign(inquiry.id, to, caller().email, read_seen(fields))


def _undo(inquiry: Inquiry, fields: Fields) -> None:
    message = "Send the number of an entry of this inquiry."
    entry = read_number(fields, "entry", message)
    if entry not in {entry.id for entry in _inquiries().list_entries(inquiry.id)}:
        raise InvalidInput(message, "entry")
    _inquiries().handling.undo(entry, caller().email)


def _delete(inquiry: Inquiry, fields: Fields) -> None:
    if fields.get("sure") is not True:
        raise InvalidInput("It cannot be taken back: send true to delete it for good.", "sure")
    _inquiries().delete(inquiry.id)


_ACTIONS: dict[str, Callable[[Inquiry, Fields], None]] = {
    "reply": _reply,
    "note": _note,
    "status": _set_status,
    "assign": _assign,
    "undo": _undo,
    "delete": _delete,
}


def _answer(inquiry: Inquiry) -> Response:
    entries = _inquiries().list_entries(inquiry.id)
    tried = {"searches": list(inquiry.tried.searches), "opened": list(inquiry.tried.opened)}
    return jsonify(
        {**_object(inquiry), "tried": tried, "entries": [_entry_object(entry) for entry in entries]}
    )


def _object(inquiry: Inquiry) -> Fields:
    # Never the key: whoever knows it may read the inquiry without signing in.
    return {
        "inquiry": inquiry.id,
        "status": inquiry.status,
        "assignee": inquiry.assignee,
        "email": inquiry.email,
        "name": inquiry.name,
        "message": inquiry.message,
        "question": inquiry.question,
        "article": inquiry.article,
        "department": inquiry.department,
        "created_at": inquiry.created_at.isoformat(),
        "changed_at": inquiry.changed_at.isoformat(),
        "due_at": _moment(inquiry.due_at),
        "answered_at": _moment(inquiry.answered_at),
        "late": inquiry.is_late(find_services().clock.now()),
    }


def _entry_object(entry: Entry) -> Fields:
    return {
        "entry": entry.id,
        "kind": entry.kind,
        "text": entry.text,
        "before": entry.before,
        "by": entry.by,
        "at": entry.at.isoformat(),
        "undoable": entry.is_undoable,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _find(text: str) -> Inquiry:
    number = read_id(text)
    found = _inquiries().find(number)
    return found if found is not None else abort(404)


def _inquiries() -> InquiryService:
    return find_services().inquiries
