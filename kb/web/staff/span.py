"""The range of days that a report is about, as chosen in the address."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import request

from kb.web.services import services
from kb.web.translation import gettext as _

DEFAULT_DAYS = 30
MAX_DAYS = 400
"""A little more than a year, which is as much as a chart can show."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``since`` to ``until``, both included, in UTC; ``error`` says what was wrong."""

    since: date
    until: date
    error: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The fields of an address for the same span."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}


def read_span() -> Span:
    """The span of ``since`` and ``until`` in the address; the last days if they make no sense."""
    today = services().clock.now().date()
    default = Span(today - timedelta(days=DEFAULT_DAYS - 1), today)
    try:
        until = _read_day("until", default.until)
        since = _read_day("since", min(default.since, until))
    except ValueError:
        return Span(default.since, default.until, _("Write dates like 2026-01-31."))
    if since > until:
        return Span(default.since, default.until, _("The first day lies after the last."))
    if (until - since).days >= MAX_DAYS:
        since = until - timedelta(days=MAX_DAYS - 1)
        return Span(since, until, _("That is too long; the last 400 days are shown."))
    return Span(since, until)


def _read_day(name: str, default: date) -> date:
    text = request.args.get(name, "").strip()
    return date.fromisoformat(text) if text else default
