"""Who calls the staff part of the API: an account, known by the token in the request's header.

Cookies are never looked at, so no page of another site can act in the name of whoever is
signed in there.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import current_app, g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from kb.accounts.models import Account, Permission
from kb.services import Services

P = ParamSpec("P")
T = TypeVar("T")

_SCHEME = "bearer"


def requires(permission: Permission) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a view run only for a token whose account has the permission: else 401 or 403."""

    def decorate(view: Callable[P, T]) -> Callable[P, T]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            g.api_account = _find_account()
            if not caller().may(permission):
                raise Forbidden
            return view(*args, **kwargs)

        return guarded

    return decorate


def caller() -> Account:
    """The account whose token this request carries."""
    return cast(Account, g.api_account)


def _find_account() -> Account:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    services = cast(Services, current_app.extensions["helpshelf"])
    account = services.accounts.find_by_api_token(token.strip()) if token else None
    if scheme.lower() != _SCHEME or account is None:
        raise Unauthorized
    return account
