"""Drafts for programs of the staff: read, save, check, and publish; nothing is overwritten."""

from collections.abc import Callable

from flask import Response, abort, jsonify, request

from kb.accounts.models import Permission
from kb.api.errors import make_error
from kb.api.staff import (
    Fields,
    find_services,
    make_blueprint,
    read_fields,
    read_id,
    read_raw_text,
    read_text,
)
from kb.api.tokens import caller, requires
from kb.content_changes.drafts import DraftService, Published
from kb.content_changes.models import (
    Author,
    Committed,
    Conflict,
    DraftFile,
    DraftPreview,
    MergeConflict,
    PushResult,
)
from kb.errors import ChangeRefused, InvalidInput

blueprint = make_blueprint("draft_api")


@blueprint.get("/drafts")
@requires(Permission.WRITE_DRAFTS)
def list_drafts() -> Response:
    """Drafts that are not published, the latest first."""
    try:
        found = _drafts().list_drafts()
    except ChangeRefused as error:
        return make_error(409, "refused", str(error))
    drafts = [
        {
            "branch": draft.branch,
            "commit": draft.commit,
            "paths": list(draft.paths),
            "committed_at": draft.committed_at.isoformat(),
            "author": draft.author,
            "subject": draft.subject,
        }
        for draft in found
    ]
    return jsonify({"drafts": drafts})


@blueprint.get("/draft")
@requires(Permission.WRITE_DRAFTS)
def get_draft() -> Response:
    """One article on a draft's branch, with the commit that a change of it has to name."""
    branch, path = request.args.get("branch", ""), request.args.get("path", "")
    try:
        editing = _drafts().open(branch, path, caller().id)
    except InvalidInput:
        abort(404)
    except ChangeRefused as error:
        return make_error(409, "refused", str(error))
    if editing is None or editing.is_gone:
        abort(404)
    draft = editing.draft
    return jsonify(
        {
            "branch": draft.branch,
            "path": draft.path,
            "commit": draft.commit,
            "text": draft.text,
            "others_at_work": len(editing.others),
        }
    )


@blueprint.post("/draft/save")
@requires(Permission.WRITE_DRAFTS)
def save_draft() -> Response:
    """One commit with a new text on the draft's branch; 409 with both texts when it has moved."""
    return _act(_save)


@blueprint.post("/draft/check")
@requires(Permission.WRITE_DRAFTS)
def check_draft() -> Response:
    """What is wrong with a text, as in ``kb check``, and how it would look; nothing is saved."""
    return _act(lambda fields: _show(_drafts().preview(_named(fields), _new_text(fields))))


@blueprint.post("/draft/publish")
@requires(Permission.PUBLISH)
def publish_draft() -> Response:
    """Merge what is saved into the published branch, and begin to publish it."""
    return _act(_publish)


@blueprint.get("/publications/<run>")
@requires(Permission.WRITE_DRAFTS)
def get_publication(run: str) -> Response:
    """How publishing a draft goes."""
    number = read_id(run)
    found = _drafts().find_publish(number) or abort(404)
    ended = found.ended_at.isoformat() if found.ended_at else None
    return jsonify(
        {"run": found.id, "branch": found.branch, "path": found.path, "commit": found.commit,
         "started_at": found.started_at.isoformat(), "ended_at": ended, "error": found.error}
    )  # fmt: skip


def _act(action: Callable[[Fields], Response]) -> Response:
    fields = read_fields()
    try:
        return action(fields)
    except InvalidInput as error:
        return make_error(422, "bad-field", str(error), error.field or None)
    except ChangeRefused as error:
        return make_error(409, "refused", str(error))


def _save(fields: Fields) -> Response:
    draft, text = _named(fields), _new_text(fields)
    done = _drafts().save(draft, text, read_text(fields, "note"), _author())
    return _show_conflict(done) if isinstance(done, Conflict) else _show_commit(done)


def _publish(fields: Fields) -> Response:
    draft = _named(fields)
    done = _drafts().publish(draft.branch, draft.path, draft.commit, _author())
    match done:
        case Published():
            response = _show_commit(done.committed)
            return jsonify({**(response.get_json() or {}), "run": done.run})
        case Conflict():
            return _show_conflict(done)
        case MergeConflict():
            response = make_error(409, "conflict", "The published articles have changed there too.")
            more = {"branch": done.branch, "files": list(done.files), "details": done.details}
            return _with(response, "conflict", more)
        case DraftPreview():
            response = make_error(422, "problems", done.failure or "Mend the errors first.")
            return _with(response, "problems", _problems(done))


def _show_commit(done: Committed) -> Response:
    push: PushResult = done.push
    return jsonify(
        {"branch": done.branch, "path": done.path, "commit": done.commit,
         "push": {"state": push.state, "reason": push.reason}}
    )  # fmt: skip


def _show_conflict(done: Conflict) -> Response:
    message = "Somebody was quicker: work their text into yours, and name their commit."
    more = {
        "kind": done.kind,
        "commit": done.commit,
        "theirs": done.theirs,
        "yours": done.yours,
        "both": done.both,
        "diff": done.diff,
    }
    return _with(make_error(409, "conflict", message), "conflict", more)


def _show(preview: DraftPreview) -> Response:
    return jsonify(
        {"title": preview.title, "html": preview.html, "failure": preview.failure,
         "problems": _problems(preview)}
    )  # fmt: skip


def _problems(preview: DraftPreview) -> list[Fields]:
    return [
        {"code": p.code, "severity": p.severity, "line": p.line, "message": p.message, "fix": p.fix}
        for p in preview.problems
    ]


def _with(response: Response, name: str, value: object) -> Response:
    response.set_data(jsonify({**(response.get_json() or {}), name: value}).get_data())
    return response


def _named(fields: Fields) -> DraftFile:
    names = (read_text(fields, name) for name in ("branch", "path", "commit"))
    branch, path, commit = names
    draft = DraftFile(branch, path, "", commit)
    _drafts().check(draft)
    return draft


def _new_text(fields: Fields) -> str:
    text = read_raw_text(fields, "text")
    if not text.strip():
        raise InvalidInput("Send the whole text of the article.", "text")
    return text


def _author() -> Author:
    return Author(caller().name, caller().email)


def _drafts() -> DraftService:
    return find_services().drafts
