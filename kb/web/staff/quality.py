"""The search quality dashboard: rates by day, and what to look at first."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, jsonify, render_template, request

from kb.accounts.models import Permission
from kb.search_log.exports import write_csv
from kb.search_log.models import Summary
from kb.search_log.quality import (
    CSV_HEADER,
    RATES,
    QualityReport,
    quality_object,
    quality_rows,
    rates_of,
)
from kb.web.services import generation, services
from kb.web.sign_in import requires
from kb.web.staff.area import blueprint
from kb.web.staff.charts import SPARKLINE_HEIGHT, Chart, build_chart
from kb.web.staff.formatting import medium_date, percent
from kb.web.staff.responses import download
from kb.web.staff.span import read_span
from kb.web.translation import gettext as _

_SHOWN = 10
_EXPORTED = 1_000
MOST_UNHELPFUL = 1_000
"""Articles voted unhelpful that are counted and listed; nobody has more to look at."""


@dataclass(frozen=True, slots=True)
class _Rate:
    """One rate: now, in the period before, and by day."""

    name: str
    title: str
    now: float | None
    before: float | None
    chart: Chart

    @property
    def change(self) -> str:
        """By how many points it changed, "" when one of the periods has none."""
        if self.now is None or self.before is None:
            return ""
        points = round(100 * self.now) - round(100 * self.before)
        return f"{points:+d}" if points else "±0"


@blueprint.get("/quality")
@requires(Permission.VIEW_REPORTS)
def quality() -> str | Response:
    """Rates by day beside the period before, as a page, as CSV or as JSON."""
    span = read_span()
    form = request.args.get("format")
    limit = _EXPORTED if form in ("csv", "json") else _SHOWN
    report = services().search_log.report_quality(span.since, span.until, limit)
    if form == "csv":
        name = f"quality-{span.since}-{span.until}.csv"
        return download(name, write_csv(CSV_HEADER, quality_rows(report)), "text/csv")
    if form == "json":
        return jsonify(quality_object(report))
    unhelpful = services().search_log.list_unhelpful(span.since, span.until, MOST_UNHELPFUL)
    shown = unhelpful if request.args.get("unhelpful") == "all" else unhelpful[:_SHOWN]
    return render_template(
        "staff/quality.html",
        span=span,
        report=report,
        unhelpful=shown,
        unhelpful_count=len(unhelpful),
        rates=_list_rates(report),
        rates_of=rates_of,
        titles=_list_titles([a.slug for a in report.top_opened] + [a.slug for a in shown]),
    )


def _list_rates(report: QualityReport) -> list[_Rate]:
    titles = {
        "success": _("Answered"),
        "zero_results": _("Without results"),
        "weak": _("Weak results"),
        "abandoned": _("Looked and left"),
        "contacted": _("Contacted us"),
    }
    now, before = rates_of(report.summary.total), rates_of(report.before)
    return [
        _Rate(name, titles[name], now[name], before[name], _chart(report.summary, name))
        for name in RATES
    ]


def _chart(summary: Summary, name: str) -> Chart:
    part = "other" if name == "success" else "failed"
    rates = [(day, rates_of(day)[name]) for day in summary.days]
    return build_chart(
        [
            (f"{medium_date(day.day)}: {percent(rate)}", [(part, round(100 * (rate or 0)))])
            for day, rate in rates
        ],
        2 * SPARKLINE_HEIGHT,
    )


def _list_titles(slugs: Iterable[str]) -> dict[str, str]:
    library = generation().library
    found = {slug: library.find_summary(slug) for slug in slugs}
    # An article may be gone by now; its address is all that is left of it.
    return {slug: summary.title if summary else slug for slug, summary in found.items()}
