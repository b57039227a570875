"""The keys of the staff area as a page, for who has no JavaScript."""

from flask import render_template

from kb.accounts.models import Permission
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint


@blueprint.get("/keyboard")
@requires(Permission.VIEW_REPORTS)
def keyboard() -> str:
    """What ``?`` shows as a dialog."""
    return render_template("staff/keyboard.html")
