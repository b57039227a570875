"""Whether regression queries hold: the trend over publishes, and which fail now."""

from collections.abc import Sequence

from flask import Response, render_template

from kb.accounts.models import Permission
from kb.relevance.models import FailingQuery, RegressionRun
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.charts import Chart, build_chart
from kb.web.staff.formatting import medium_date
from kb.web.staff.responses import download_list, wants_csv
from kb.web.translation import gettext as _

_HEADER = ("question", "slug", "title", "rank", "held_rank", "held_at", "held_revision", "first")
_RUNS = 60
"""As many bars as can be told apart."""


@blueprint.get("/relevance")
@requires(Permission.VIEW_REPORTS)
def relevance() -> str | Response:
    """A bar for each publish, the questions that fail, and all runs in a table; those as CSV."""
    regression = services().relevance
    runs = regression.list_runs(limit=_RUNS)
    last = runs[0] if runs else None
    failing = regression.list_failing(last) if last else ()
    if wants_csv():
        return download_list("failing-questions", _HEADER, map(_row, failing))
    return render_template(
        "staff/relevance.html",
        runs=runs,
        last=last,
        chart=build_run_chart(runs),
        failing=failing,
        within=regression.within,
    )


def _row(query: FailingQuery) -> tuple[object, ...]:
    return (
        query.text,
        query.slug,
        query.title,
        query.rank or "",
        query.held_rank or "",
        query.held_at.isoformat() if query.held_at else "",
        query.held_revision,
        "; ".join(article.slug for article in query.first),
    )


def build_run_chart(runs: Sequence[RegressionRun]) -> Chart:
    """A bar for each run, the oldest first: questions that failed below, the others above."""
    return build_chart(
        [
            (_describe(run), [("failed", run.failed), ("other", run.passed)])
            for run in reversed(runs)
        ]
    )


def _describe(run: RegressionRun) -> str:
    return _("%(day)s: %(passed)s of %(queries)s hold") % {
        "day": medium_date(run.run_at),
        "passed": run.passed,
        "queries": run.queries,
    }
