"""No more weekly digests: by the link in each of them, and by a choice of one's account."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from kb.web.services import services
from kb.web.sign_in import ask_to_sign_in
from kb.web.translation import gettext as _

blueprint = Blueprint("digest", __name__)


@blueprint.route("/digest/unsubscribe/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> Response:
    """The page with the button; mail programs post here by themselves (RFC 8058)."""
    digest = services().digest
    if not digest.is_unsubscribe_link(token):
        abort(404)
    is_done = request.method == "POST" and digest.unsubscribe(token)
    response = make_response(render_template("account/unsubscribe.html", is_done=is_done))
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.cache_control.no_store = True
    return response


@blueprint.route("/account/mails", methods=["GET", "POST"])
def choose() -> AnyResponse:
    """Which mails the signed-in member of staff gets."""
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    digest, account = services().digest, current_user.account
    if request.method == "POST":
        digest.set_wanted(account.id, request.form.get("digest") == "yes")
        flash(_("Your choice is saved."))
        return redirect("/account/mails", 303)
    page = render_template(
        "account/mails.html",
        is_wanted=digest.wants_digest(account.id),
        is_mailed=digest.is_mailed,
    )
    return make_response(page)
