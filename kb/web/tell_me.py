"""Tell me when this is answered: the form, and the pages behind the links of its mails.

Links only show a page with a button: programs that follow every link of a mail to look
for harm confirm and withdraw nothing.  No page tells whether an address is known.
"""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.rate_limits import Action
from kb.errors import InvalidInput
from kb.mail.address import parse_address
from kb.text import clean_query_text
from kb.web.interface_language import interface
from kb.web.limits import check_limit
from kb.web.security import check_form_token, make_form_token
from kb.web.services import services
from kb.web.translation import describe_error
from kb.web.translation import gettext as _

blueprint = Blueprint("tell_me", __name__, url_prefix="/tell-me")

PURPOSE = "tell-me"
_TRAP = "website"
"""A field that people do not see; who fills it in is a program."""


def is_offered() -> bool:
    """Whether the form stands on pages of searches in vain."""
    return services().notifications.is_offered


def form_token() -> str:
    """The token of the form, which is on the results page too."""
    return make_form_token(PURPOSE)


@blueprint.get("")
def form() -> Response:
    """The form on a page of its own, for the question in the address."""
    _check_offered()
    return _show_form(clean_query_text(request.args.get("q", "")))


@blueprint.post("")
def send() -> AnyResponse:
    """Send the mail that asks for a yes."""
    _check_offered()
    text = clean_query_text(request.form.get("q", ""))
    email = request.form.get("email", "")
    if not check_form_token(PURPOSE, request.form.get("token", "")):
        raise BadRequest(_("This form has expired. Please open the page again."))
    try:
        address = parse_address(email)
        if not text:
            raise InvalidInput("Say what you searched for.", "q")
        if not request.form.get(_TRAP):
            check_limit(Action.TELL_ME)
            _request(text, address)
    except InvalidInput as error:
        return _show_form(text, email, error, 422)
    return redirect("/tell-me/sent", 303)


@blueprint.get("/sent")
def sent() -> Response:
    """Look into your mailbox: the same for everybody."""
    return _page("tell_me/sent.html")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Response:
    """The page that a link of the first mail opens, and the yes of its button."""
    notifications = services().notifications
    if request.method == "GET":
        found = notifications.find_to_confirm(token)
        name = "tell_me/confirm.html" if found else "tell_me/over.html"
        return _page(name, 200 if found else 404, found=found)
    found = notifications.confirm(token)
    if found is None:
        return _page("tell_me/over.html", 404)
    return _page(
        "tell_me/confirmed.html", found=found, token=notifications.make_withdraw_token(found),
        days=services().settings.tell_me_days,
    )  # fmt: skip


@blueprint.route("/withdraw/<token>", methods=["GET", "POST"])
def withdraw(token: str) -> Response:
    """The page to withdraw; a mail program's "unsubscribe" posts here without opening it."""
    notifications = services().notifications
    is_ours = notifications.is_withdraw_link(token)
    if request.method == "POST" and is_ours:
        notifications.withdraw(token)
        return _page("tell_me/withdrawn.html")
    return _page(
        "tell_me/withdraw.html" if is_ours else "tell_me/over.html", 200 if is_ours else 404
    )


def _request(text: str, address: str) -> None:
    # A mailbox that has had its mails of the day gets no more, and nobody learns that it had.
    if not services().rate_limiter.allow(Action.TELL_ME_MAIL, address.lower()):
        services().notifications.request(text, address, interface().tag)


def _check_offered() -> None:
    if not is_offered():
        abort(404)


def _show_form(
    text: str, email: str = "", error: InvalidInput | None = None, status: int = 200
) -> Response:
    message = describe_error(error) if error else ""
    return _page("tell_me/form.html", status, text=text, email=email, error=error, message=message)


def _page(template: str, status: int = 200, **values: object) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex"
    # The address of the page is a key.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.cache_control.private = True
    response.cache_control.no_store = True
    return response
