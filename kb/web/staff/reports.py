"""What customers reported about pages, until somebody has dealt with it."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from kb.accounts.models import Permission
from kb.content.models import Audience
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.translation import gettext as _


@blueprint.get("/reports")
@requires(Permission.VIEW_REPORTS)
def reports() -> str:
    """All reports that are not done, newest first, each with its page."""
    found = services().page_reports.list_open()
    library = generation().library
    summaries = {r.slug: library.find_summary(r.slug, Audience.STAFF) for r in found}
    return render_template(
        "staff/reports.html", reports=found, summaries=summaries, revision=library.revision
    )


@blueprint.post("/reports/<int:report_id>/done")
@requires(Permission.TRIAGE)
def finish_report(report_id: int) -> AnyResponse:
    """The page was mended, or nothing was wrong with it."""
    services().page_reports.finish(report_id)
    flash(_("The report is done and deleted."))
    return redirect(url_for("staff.reports"), 303)
