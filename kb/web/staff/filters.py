"""How the topics list is narrowed down, and the filters that somebody saved."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from kb.accounts.models import Permission
from kb.errors import InvalidInput
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.translation import describe_error
from kb.web.translation import gettext as _

FIELDS = ("state", "assignee", "due", "order")
"""What a filter keeps. Not the days: they would be those of the day on which it was saved."""
_MAX_VALUE = 254
"""The longest value is an e-mail address."""


@blueprint.post("/unanswered/filters")
@requires(Permission.VIEW_REPORTS)
def save_filter() -> Response:
    """Keep what the list shows under a name."""
    query = filter_query(request.form)
    try:
        name = services().saved_filters.save(account_id(), request.form.get("name", ""), query)
    except InvalidInput as error:
        flash(describe_error(error), "problem")
    else:
        flash(_("The filter “%(name)s” is saved.") % {"name": name})
    return redirect(_list_url(query), 303)


@blueprint.post("/unanswered/filters/<int:filter_id>/remove")
@requires(Permission.VIEW_REPORTS)
def remove_filter(filter_id: int) -> Response:
    """Forget one of one's own filters."""
    if not services().saved_filters.remove(account_id(), filter_id):
        abort(404)
    flash(_("The filter is removed."))
    return redirect(_list_url(filter_query(request.form)), 303)


def filter_query(values: Mapping[str, str]) -> str:
    """The filter as the query of an address: its fields that say something, in one order."""
    chosen = {name: values.get(name, "")[:_MAX_VALUE] for name in FIELDS}
    return urlencode({name: value for name, value in chosen.items() if value})


def account_id() -> int:
    """Whose filters these are."""
    return int(current_user.account.id)


def _list_url(query: str) -> str:
    return url_for("staff.unanswered") + (f"?{query}" if query else "")
