"""Whether regression queries hold: the trend over publishes, and which fail now."""

from collections.abc import Sequence

from flask import render_template

from kb.accounts.models import Permission
from kb.relevance.models import RegressionRun
from kb.web.services import services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.charts import Chart, build_chart
from kb.web.staff.formatting import medium_date
from kb.web.translation import gettext as _

_RUNS = 60
"""As many bars as can be told apart."""


@blueprint.get("/relevance")
@requires(Permission.VIEW_REPORTS)
def relevance() -> str:
    """A bar for each publish, the questions that fail, and all runs in a table."""
    regression = services().relevance
    runs = regression.list_runs(limit=_RUNS)
    last = runs[0] if runs else None
    return render_template(
        "staff/relevance.html",
        runs=runs,
        last=last,
        chart=build_run_chart(runs),
        failing=regression.list_failing(last) if last else (),
        within=regression.within,
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
