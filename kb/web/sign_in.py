"""Who is signed in: flask-login on server-side sessions, and what views ask of it."""

import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import urlsplit

from flask import Flask, abort, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from kb.accounts.models import Account, Permission
from kb.errors import DatabaseError
from kb.web.services import services
from kb.web.typed_text import list_typed_texts

MAX_NEXT_LENGTH = 2_000

P = ParamSpec("P")


class SignedIn:
    """The signed-in member of staff, as flask-login and templates know ``current_user``."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, account: Account, token: str) -> None:
        self.account = account
        self.token = token

    def get_id(self) -> str:
        """What the cookie holds: the session's token, not the account.

        A cookie copied before signing out is worth nothing afterwards.
        """
        return self.token

    def may(self, permission: Permission | str) -> bool:
        """Whether the role allows it; templates pass the permission's name."""
        return self.account.may(Permission(permission))


class _CookieSessions(SecureCookieSessionInterface):
    """Takes the ``__Host-`` name on https, which browsers accept from this host only."""

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-session" if request.is_secure else "session"

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_httponly(self, app: Flask) -> bool:
        return True

    def get_cookie_samesite(self, app: Flask) -> str:
        return "Lax"


def init_sign_in(app: Flask) -> None:
    """Make ``current_user`` known to views and templates."""
    app.session_interface = _CookieSessions()
    manager = LoginManager()
    # It compares a hash of the address, which changes under people on the move.
    manager.session_protection = None
    manager.user_loader(_load_signed_in)
    manager.init_app(app)


def begin_session(token: str) -> None:
    """Tie this browser to a session; the one it had before ends."""
    accounts = services().accounts
    account = accounts.find_by_token(token)
    if account is not None:
        if current_user.is_authenticated:
            accounts.sign_out(current_user.token)
        session.clear()
        login_user(SignedIn(account, token))


def end_session() -> None:
    """Sign out: the browser forgets the token, and the database too."""
    token = current_user.token if current_user.is_authenticated else ""
    logout_user()
    session.clear()
    if token:
        services().accounts.sign_out(token)


def requires(permission: Permission) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Let only those in whose role allows it; others are asked to sign in, or get a 403."""

    def decorate(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401  # whatever a view answers
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            if not current_user.may(permission):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def ask_to_sign_in() -> Response:
    """The way to the sign-in page and back to this one.

    Raises:
        Unauthorized: something was written, which a redirect cannot send again.
    """
    if request.method not in ("GET", "HEAD") and list_typed_texts():
        abort(401)
    return redirect(make_sign_in_address(), 303)


def make_sign_in_address() -> str:
    """Address of the sign-in page that leads back to this page, or to the one with this form."""
    if request.method in ("GET", "HEAD"):
        return url_for("account.sign_in", next=request.full_path.rstrip("?"))
    page = urlsplit(request.referrer or "")
    target = page.path + (f"?{page.query}" if page.query else "")
    is_ours = page.netloc == request.host and is_local_path(target)
    return url_for("account.sign_in", next=target) if is_ours else url_for("account.sign_in")


def is_local_path(target: str) -> bool:
    r"""Whether a redirect to it stays on this site, however a browser reads it.

    Browsers drop tabs and line ends, take ``\`` for ``/`` and ``//host`` for another
    host, so anything that is not plainly a path is refused.
    """
    if not target.startswith("/") or len(target) > MAX_NEXT_LENGTH:
        return False
    if "\\" in target or any(c.isspace() or unicodedata.category(c)[0] == "C" for c in target):
        return False
    path = target.partition("?")[0].partition("#")[0]
    return "//" not in path


def _load_signed_in(token: str) -> SignedIn | None:
    try:
        account = services().accounts.find_by_token(token)
    except DatabaseError:
        # Public pages go on without the database, for staff as for everybody.
        return None
    if account is None:
        # The session has ended: without this each further page would look it up again.
        session.pop("_user_id", None)
        return None
    return SignedIn(account, token)
