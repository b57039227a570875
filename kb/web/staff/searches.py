"""What customers search most."""

from flask import Response, render_template, request

from kb.accounts.models import Permission
from kb.search_log.exports import write_csv
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.responses import download
from kb.web.staff.span import read_span

_SHOWN = 100
_EXPORTED = 10_000


@blueprint.get("/searches")
@requires(Permission.VIEW_REPORTS)
def searches() -> str | Response:
    """The top searches of a span, as a page or as CSV."""
    span = read_span()
    log = services().search_log
    if request.args.get("format") == "csv":
        rows = log.list_top_searches(span.since, span.until, _EXPORTED)
        text = write_csv(
            ("query", "searches", "zero_results", "failed", "last"),
            ((r.text, r.searches, r.zero_results, r.failed, r.last.isoformat()) for r in rows),
        )
        return download(f"searches-{span.since}-{span.until}.csv", text, "text/csv")
    return render_template(
        "staff/searches.html",
        span=span,
        total=log.summary(span.since, span.until).total,
        searches=log.list_top_searches(span.since, span.until, _SHOWN),
        shown=_SHOWN,
    )
