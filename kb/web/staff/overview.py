"""The first page of the staff area: how search is doing, and what is missing."""

from flask import render_template

from kb.accounts.models import Permission
from kb.content.models import Severity
from kb.content_gaps.models import TO_DO
from kb.search_log.models import DayCount, Summary
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.charts import Chart, build_chart
from kb.web.staff.day import list_tasks
from kb.web.staff.formatting import medium_date
from kb.web.staff.span import read_span
from kb.web.translation import gettext as _

_TOP = 10


@blueprint.get("/")
@requires(Permission.VIEW_REPORTS)
def overview() -> str:
    """Searches over time, rates, top searches, newest unanswered, problems."""
    span = read_span()
    log = services().search_log
    summary = log.summary(span.since, span.until)
    problems = generation().problems
    services().content_gaps.refresh()
    return render_template(
        "staff/overview.html",
        span=span,
        tasks=list_tasks(span),
        summary=summary,
        chart=build_search_chart(summary),
        top=log.list_top_searches(span.since, span.until, _TOP),
        topics=services().content_gaps.list_topics(
            span.since, span.until, TO_DO, _TOP, newest_first=True
        ),
        errors=sum(problem.severity is Severity.ERROR for problem in problems),
        warnings=sum(problem.severity is Severity.WARNING for problem in problems),
        regression=services().relevance.find_last_run(),
    )


def build_search_chart(summary: Summary) -> Chart:
    """A bar for each day: searches that failed below, the others above."""
    return build_chart(
        [
            (_describe(day), [("failed", day.failed), ("other", day.searches - day.failed)])
            for day in summary.days
        ]
    )


def _describe(day: DayCount) -> str:
    return _("%(day)s: %(searches)s searches, %(failed)s failed") % {
        "day": medium_date(day.day),
        "searches": day.searches,
        "failed": day.failed,
    }
