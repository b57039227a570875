"""Whose work a list shows: everybody's, that of the person who looks, nobody's, a colleague's."""

from flask import request
from flask_login import current_user

_ME, _NOBODY = "me", "nobody"


def read_whose() -> str | None:
    """The e-mail address that ``assignee`` asks for, "" for nobody's, None for all."""
    chosen = request.args.get("assignee", "")
    if chosen == _ME:
        return str(current_user.account.email)
    return "" if chosen == _NOBODY else chosen or None
