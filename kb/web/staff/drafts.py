"""Drafts in the browser: the list, the editor, and what is kept while typing.

Whatever a form sends is kept before anything else is done with it, so that a conflict, a
refusal or a closed window loses nothing.
"""

from datetime import datetime

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.models import Account, Permission
from kb.content_changes.drafts import DraftService
from kb.content_changes.models import (
    Author,
    Committed,
    Conflict,
    DraftFile,
    DraftPreview,
    MergeConflict,
    PushResult,
    PushState,
)
from kb.errors import ChangeRefused, InvalidInput
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.responses import download_list, wants_csv
from kb.web.translation import describe_error
from kb.web.translation import gettext as _


@blueprint.get("/drafts")
@requires(Permission.WRITE_DRAFTS)
def drafts() -> str | Response:
    """Drafts that are not published (also as CSV), what somebody typed and did not save, pushes."""
    problem = ""
    try:
        found = service().list_drafts()
    except ChangeRefused as error:
        found, problem = (), describe_error(error)
    if wants_csv():
        rows = (
            (path, d.branch, d.committed_at.isoformat(), d.subject, d.author)
            for d in found
            for path in d.paths or ("",)
        )
        return download_list("drafts", ("path", "branch", "last_change", "subject", "by"), rows)
    return render_template(
        "staff/drafts.html",
        drafts=found,
        kept=service().list_kept(account().id),
        pushes=services().content_changes.pushes.list_pending(),
        can_commit=service().can_commit,
        problem=problem,
    )


@blueprint.get("/drafts/edit")
@requires(Permission.WRITE_DRAFTS)
def edit_draft() -> Response:
    """The editor, with what this person typed last."""
    branch, path = request.args.get("branch", ""), request.args.get("path", "")
    try:
        editing = service().open(branch, path, account().id)
    except InvalidInput:
        abort(404)
    except ChangeRefused as error:
        return show_editor(
            DraftFile(branch, path, "", ""), "", problem=describe_error(error), status=409
        )
    if editing is None:
        abort(404)
    kept = editing.kept
    # A kept text goes on from what it was made from, so that saving it notices a conflict.
    commit = kept.base_commit if kept else editing.draft.commit
    return show_editor(
        DraftFile(editing.draft.branch, editing.draft.path, editing.draft.text, commit),
        editing.text,
        kept=kept,
        others=editing.others,
        is_gone=editing.is_gone,
        has_moved=editing.has_moved,
    )


@blueprint.post("/drafts/keep")
@requires(Permission.WRITE_DRAFTS)
def keep_draft() -> AnyResponse:
    """Keep what is typed; called by the page while somebody types."""
    draft, text = _read_form()
    kept = service().keep(_key(), account().id, draft, text)
    return make_response({"saved_at": kept.saved_at.isoformat()})


@blueprint.post("/drafts/preview")
@requires(Permission.WRITE_DRAFTS)
def preview_draft() -> Response:
    """The draft as it would be published, beside the editor or (``part``) alone."""
    draft, text = _keep_form()
    preview = service().preview(draft, text)
    if request.args.get("part"):
        return make_response(render_template("staff/draft_preview.html", preview=preview))
    return show_editor(draft, text, preview=preview)


@blueprint.post("/drafts/save")
@requires(Permission.WRITE_DRAFTS)
def save_draft() -> AnyResponse:
    """One commit on the draft's branch."""
    draft, text = _keep_form()
    done = _save(draft, text)
    if not isinstance(done, Committed):
        return done
    flash(_("The draft is saved."))
    tell_push(done.push)
    return redirect(url_for("staff.edit_draft", branch=draft.branch, path=draft.path), 303)


@blueprint.post("/drafts/discard")
@requires(Permission.WRITE_DRAFTS)
def discard_draft() -> AnyResponse:
    """Throw away what was typed and not saved."""
    service().discard(request.form.get("restored", ""), account().id)
    flash(_("What was not saved is thrown away."))
    return redirect(url_for("staff.drafts"), 303)


@blueprint.post("/drafts/publish")
@requires(Permission.PUBLISH)
def publish_draft() -> AnyResponse:
    """Save what is typed, merge the branch into the published one, and publish."""
    draft, text = _keep_form()
    saved = _save(draft, text)
    if not isinstance(saved, Committed):
        return saved
    now = DraftFile(draft.branch, draft.path, text, saved.commit)
    try:
        done = service().publish(draft.branch, draft.path, saved.commit, author())
    except ChangeRefused as error:
        return show_editor(now, text, problem=describe_error(error), status=409)
    if isinstance(done, Conflict):
        return _show_conflict(now, text, done)
    if isinstance(done, MergeConflict):
        return show_editor(now, text, merge=done, status=409)
    if isinstance(done, DraftPreview):
        problem = done.failure or _("It is not published: mend the errors first.")
        return show_editor(now, text, preview=done, problem=problem, status=422)
    tell_push(done.committed.push)
    return redirect(url_for("staff.draft_published", run=done.run), 303)


def service() -> DraftService:
    """Drafts of the running application."""
    return services().drafts


def account() -> Account:
    """The account that is signed in."""
    found = current_user.account
    assert isinstance(found, Account)
    return found


def author() -> Author:
    """In whose name this request commits."""
    return Author(account().name, account().email)


def tell_push(push: PushResult) -> None:
    """Say that the remote has refused, in its own words."""
    if push.state is PushState.WAITING:
        text = _("It is committed here, but the remote did not take it. It is tried again. %(why)s")
        flash(text % {"why": push.reason}, "problem")


def show_editor(draft: DraftFile, text: str, *, status: int = 200, **values: object) -> Response:
    """The editor with ``text`` in it, whatever happened."""
    values.setdefault("key", _key() or service().make_key())
    page = render_template(
        "staff/draft.html",
        draft=draft,
        text=text.replace("\r\n", "\n").replace("\r", "\n"),
        restored=request.form.get("restored", ""),
        restored_at=request.form.get("restored_at", ""),
        note=request.form.get("note", ""),
        **values,
    )
    return make_response(page, status)


def _save(draft: DraftFile, text: str) -> Committed | Response:
    try:
        recreate = bool(request.form.get("recreate"))
        note = request.form.get("note", "")
        done = service().save(draft, text, note, author(), recreate=recreate)
    except ChangeRefused as error:
        return show_editor(draft, text, problem=describe_error(error), status=409)
    if isinstance(done, Conflict):
        return _show_conflict(draft, text, done)
    service().forget(_key(), account().id)
    if restored := request.form.get("restored", ""):
        service().forget(restored, account().id, _time(request.form.get("restored_at", "")))
    return done


def _show_conflict(draft: DraftFile, text: str, found: Conflict) -> Response:
    # From now on the text is thought to take into account what the page shows.
    seen = DraftFile(draft.branch, draft.path, found.theirs, found.commit or draft.commit)
    return show_editor(seen, text, conflict=found, status=409)


def _keep_form() -> tuple[DraftFile, str]:
    draft, text = _read_form()
    service().keep(_key(), account().id, draft, text)
    return draft, text


def _read_form() -> tuple[DraftFile, str]:
    form = request.form
    draft = DraftFile(form.get("branch", ""), form.get("path", ""), "", form.get("commit", ""))
    if not _key() or "text" not in form:
        abort(400, _("The form is not complete. Open the draft again."))
    try:
        service().check(draft)
    except InvalidInput:
        abort(404)
    return draft, form["text"]


def _key() -> str:
    return request.form.get("key", "")


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
