"""Signing in and out, and changing one's password."""

import math
from typing import TypeVar

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import ValidationError

from kb.accounts.rate_limits import Action
from kb.errors import InvalidInput
from kb.web.security import client_address
from kb.web.services import services
from kb.web.sign_in import ask_to_sign_in, begin_session, end_session, is_local_path
from kb.web.translation import describe_error, ngettext
from kb.web.translation import gettext as _

blueprint = Blueprint("account", __name__, url_prefix="/account")

START_PAGE = "/staff/"

Form = TypeVar("Form", bound=FlaskForm)


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """E-mail address and password."""

    email = EmailField()
    password = PasswordField()
    next = HiddenField()

    def validate_email(self, field: EmailField) -> None:
        """It is needed; whether it is an address does not matter here."""
        if not (field.data or "").strip():
            raise ValidationError(_("Enter your e-mail address."))

    def validate_password(self, field: PasswordField) -> None:
        """It is needed."""
        if not field.data:
            raise ValidationError(_("Enter your password."))


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The password so far and the new one, twice."""

    current = PasswordField()
    password = PasswordField()
    repeated = PasswordField()

    def validate_current(self, field: PasswordField) -> None:
        """It is needed, so that nobody else can change it at an open screen."""
        if not field.data:
            raise ValidationError(_("Enter your current password."))

    def validate_repeated(self, field: PasswordField) -> None:
        """A typing error would lock its owner out."""
        if (field.data or "") != (self.password.data or ""):
            raise ValidationError(_("The two new passwords differ."))


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse:
    """The form, and what comes of it."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
        return (
            redirect(_target(form), 303) if current_user.is_authenticated else _show_sign_in(form)
        )
    if not form.validate():
        return _show_sign_in(form, 422)
    wait = _count_attempt(form.email.data.strip().lower())
    if wait:
        return _ask_to_wait(_show_sign_in(_with_error(form, "email", _describe_wait(wait))), wait)
    token = services().accounts.sign_in(form.email.data, form.password.data)
    if token is None:
        wrong = _("The e-mail address or the password is wrong.")
        return _show_sign_in(_with_error(form, "email", wrong), 422)
    begin_session(token)
    return redirect(_target(form), 303)


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session; pressed twice it does no harm."""
    end_session()
    return redirect("/", 303)


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> AnyResponse:
    """Change one's own password."""
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    form = PasswordForm()
    if request.method == "GET":
        return _show_password(form)
    email = current_user.account.email
    if not form.validate():
        return _show_password(form, 422)
    wait = _count_attempt(email)
    if wait:
        return _ask_to_wait(
            _show_password(_with_error(form, "current", _describe_wait(wait))), wait
        )
    accounts = services().accounts
    if not accounts.is_password(email, form.current.data):
        return _show_password(
            _with_error(form, "current", _("The current password is wrong.")), 422
        )
    try:
        accounts.change_password(email, form.password.data or "", keep_token=current_user.token)
    except InvalidInput as error:
        return _show_password(_with_error(form, "password", describe_error(error)), 422)
    return redirect(url_for("account.password", changed=1), 303)


def _target(form: SignInForm) -> str:
    wanted = form.next.data or ""
    return wanted if is_local_path(wanted) else START_PAGE


def _count_attempt(email: str) -> int:
    """Seconds to wait before another attempt for this address, or from this connection."""
    limiter = services().rate_limiter
    return limiter.allow(Action.SIGN_IN, f"address {client_address()}") or limiter.allow(
        Action.SIGN_IN, f"email {email}"
    )


def _describe_wait(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "There were too many attempts. Try again in %(count)s minute.",
        "There were too many attempts. Try again in %(count)s minutes.",
        minutes,
    ) % {"count": minutes}


def _ask_to_wait(response: Response, seconds: int) -> Response:
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def _with_error(form: Form, field: str, message: str) -> Form:
    form[field].errors = [message]
    return form


def _show_sign_in(form: SignInForm, status: int = 200) -> Response:
    return make_response(render_template("account/sign_in.html", form=form), status)


def _show_password(form: PasswordForm, status: int = 200) -> Response:
    changed = request.args.get("changed") == "1"
    return make_response(
        render_template("account/password.html", form=form, changed=changed), status
    )
