"""Opening hours in words: open until when, the table of the week, when a reply is due.

Times are the department's, with the name of its zone, because a customer may be in
another one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name

from kb.contacts.models import DayHours, Department, OpenStatus
from kb.contacts.opening import describe_hours, find_reply_due
from kb.web.interface_language import interface
from kb.web.translation import gettext as _

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One line of the table: the day's name, and its times in words."""

    day: str
    times: str


def describe_status(department: Department, status: OpenStatus, now: datetime) -> str:
    """Whether somebody answers now and until when, as one phrase; "" where it is not known."""
    if not status.known:
        return ""
    if status.changes_at is None:
        return _("Open day and night") if status.is_open else _("Closed")
    if status.is_open:
        when = _describe_end(department, status.changes_at, now)
        return _("Open now until %(when)s") % {"when": when}
    when = _describe_beginning(department, status.changes_at, now)
    return _("Closed, opens %(when)s") % {"when": when}


def describe_reply(department: Department, now: datetime) -> str:
    """By when a message sent now is answered, as a sentence; "" where that is not promised."""
    due = find_reply_due(department, now)
    if due is None:
        return ""
    return _("We answer e-mails by %(when)s.") % {"when": _describe_end(department, due, now)}


def list_week(department: Department, now: datetime) -> tuple[WeekRow, ...]:
    """The coming seven days from Monday to Sunday; () where no hours are published."""
    return tuple(
        WeekRow(format_date(row.day, "EEEE", locale=_locale()), _describe_day(row))
        for row in describe_hours(department, now)
    )


def describe_due(department: Department, due: datetime, now: datetime) -> str:
    """By when somebody who wrote earlier is answered, as a sentence."""
    if due <= now:
        return _("We promised an answer by now and are late. We are sorry.")
    return _("We answer by %(when)s.") % {"when": _describe_end(department, due, now)}


def zone_name(department: Department) -> str:
    """The name of the department's time zone, such as "Eastern Time"."""
    zone = ZoneInfo(department.timezone)
    # Zones of one offset for ever, such as UTC, belong to no place and have no other name.
    offset_name = zone.tzname(None)
    if offset_name is not None:
        return f"UTC{offset_name}" if offset_name[0] in "+-" else offset_name
    # Nor have zones such as EST5EDT, which CLDR puts in territory 001: it would call this one
    # "world (EST5EDT) Time".
    if get_global("zone_territories").get(zone.key) == "001":
        return zone.key
    return get_timezone_name(zone, locale=_locale())


def _describe_end(department: Department, moment: datetime, now: datetime) -> str:
    """The moment as it follows "until" or "by"."""
    zone = ZoneInfo(department.timezone)
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    # "Until midnight" is today's for everybody, though the calendar says tomorrow.
    ends_tonight = local.date() - today == _ONE_DAY and (local.hour, local.minute) == (0, 0)
    if local.date() == today or ends_tonight:
        values = {"time": _describe_time(local), "zone": zone_name(department)}
        return _("%(time)s %(zone)s") % values
    return _describe_beginning(department, moment, now)


def _describe_beginning(department: Department, moment: datetime, now: datetime) -> str:
    """The moment as it follows "opens"."""
    zone = ZoneInfo(department.timezone)
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    values = {
        "day": _describe_date(local.date(), today),
        "time": _describe_time(local),
        "zone": zone_name(department),
    }
    return _("%(day)s at %(time)s %(zone)s") % values


def _describe_date(day: date, today: date) -> str:
    if day == today:
        return _("today")
    if day - today == _ONE_DAY:
        return _("tomorrow")
    if day - today < timedelta(days=7):
        return format_date(day, "EEEE", locale=_locale())
    return _("on %(date)s") % {"date": format_skeleton("MMMMd", day, locale=_locale())}


def _describe_time(local: datetime) -> str:
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        # "12 am" and "12 pm" are misread by half of all people.
        return _("noon") if local.hour else _("midnight")
    locale = _locale()
    if locale.language == "en":
        pattern = "h:mm a" if local.minute else "h a"
        return format_time(local, pattern, locale=locale).lower()
    return format_time(local, "short", locale=locale)


def _describe_day(row: DayHours) -> str:
    if row.all_day:
        return _("Open 24 hours")
    if not row.known:
        return _("By appointment")
    if not row.times:
        return _("Closed (public holiday)") if row.holiday else _("Closed")
    spans = [
        _("%(opens)s to %(closes)s")
        % {"opens": _describe_time(opens), "closes": _describe_time(closes)}
        for opens, closes in row.times
    ]
    times = _(", ").join(spans)
    return _("%(times)s (public holiday)") % {"times": times} if row.holiday else times


def _locale() -> Locale:
    return interface().locale
