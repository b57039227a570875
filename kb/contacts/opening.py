"""When a department is open: now, this week, and when a reply is due.

Three traps of the library decide the shape of this module.  It refuses local times
that a clock change skips, so it is only ever asked in UTC.  Asked for the next change
without an end it searches to the year 9999, which takes minutes on some texts, so it is
only ever asked for intervals with an end.  And it takes time zones by name only.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opening_hours import (  # type: ignore[attr-defined]  # its stub omits the exceptions
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

from kb.contacts.models import DayHours, Department, OpenStatus

_UTC = ZoneInfo("UTC")
_YEAR = timedelta(days=366)
_REPLY_HORIZON = timedelta(days=90)
"""A reply that is due later than this cannot be promised to the hour."""
_UNKNOWN = OpenStatus(is_open=False, changes_at=None, known=False)

_Interval = tuple[datetime, datetime, bool | None]
"""From, to (both in the department's zone), and open or not; None where the hours say
"unknown"."""
_STATES = {State.OPEN: True, State.CLOSED: False, State.UNKNOWN: None}

_log = logging.getLogger(__name__)


class HoursError(ValueError):
    """The hours are not in the notation; the text says where, for the end of a sentence."""


def load_hours(text: str, timezone: str, country: str) -> OpeningHours:
    """The parsed hours; a country whose holidays are not known counts as none.

    Raises:
        HoursError: the text is not in the notation.
    """
    known_country = country if knows_holidays(country) else None
    try:
        return OpeningHours(
            text, timezone=ZoneInfo(timezone), country=known_country, max_interval_days=366
        )
    except ParserError as error:
        place = re.search(r"--> \d+:(\d+)", str(error))
        raise HoursError(f" from character {place[1]} on" if place else "") from error


def knows_holidays(country: str) -> bool:
    """Whether the library has a calendar of public holidays for the country."""
    try:
        OpeningHours("24/7", country=country or None)
    except UnknownCountryError:
        return False
    return bool(country)


def find_status(department: Department, now: datetime) -> OpenStatus:
    """Whether the department is open at ``now`` (aware) and when that changes; never raises."""
    try:
        intervals = _intervals(department, now, _YEAR)
        _, _, is_open = next(intervals, (now, now, None))
        if is_open is None:
            return _UNKNOWN
        # Hours that turn unknown end an opening, but promise no opening to who finds it closed.
        ends = (start for start, _, later in intervals if later is not is_open)
        opens = (start for start, _, later in intervals if later)
        return OpenStatus(is_open, next(ends if is_open else opens, None))
    except Exception:
        # A page with an answer on it must not fail over the hours beside it.
        _log.exception("Opening hours of %r cannot be evaluated", department.slug)
        return _UNKNOWN


def describe_hours(department: Department, now: datetime) -> tuple[DayHours, ...]:
    """The coming seven days sorted Monday to Sunday, with public holidays; () without hours.

    Each row is the next such weekday, today included, so that a holiday shows on the
    day it falls on instead of the usual hours.
    """
    try:
        today = now.astimezone(ZoneInfo(department.timezone)).date()
        real = _list_days(department, today)
        usual = _list_days(replace(department, country=""), today)
    except Exception:
        _log.exception("Opening hours of %r cannot be evaluated", department.slug)
        return ()
    rows = (
        replace(row, holiday=(row.times, row.all_day) != (other.times, other.all_day))
        for row, other in zip(real, usual, strict=True)
    )
    return tuple(sorted(rows, key=lambda row: row.day.weekday()))


def find_reply_due(department: Department, now: datetime) -> datetime | None:
    """The time by which a message sent at ``now`` is answered, counted in opening hours.

    None where no reply time or no hours are published; never raises.
    """
    if department.reply_time_hours is None:
        return None
    left = timedelta(hours=department.reply_time_hours)
    try:
        for start, end, is_open in _intervals(department, now, _REPLY_HORIZON):
            if not is_open:
                continue
            # Subtracted in UTC: on the days the clocks change, local times lie.
            length = end.astimezone(_UTC) - start.astimezone(_UTC)
            if length >= left:
                return (start.astimezone(_UTC) + left).astimezone(start.tzinfo)
            left -= length
    except Exception:
        _log.exception("Opening hours of %r cannot be evaluated", department.slug)
    return None


def _intervals(department: Department, start: datetime, length: timedelta) -> Iterator[_Interval]:
    """Successive stretches from ``start``, the first and last cut to the time asked for."""
    if not department.hours:
        return
    hours = load_hours(department.hours, department.timezone, department.country)
    begin = start.astimezone(_UTC)
    for opens, closes, state, _ in hours.intervals(begin, begin + length):
        yield opens, closes, _STATES[state]


def _list_days(department: Department, first: date) -> list[DayHours]:
    if not department.hours:
        return []
    zone = ZoneInfo(department.timezone)
    begin = datetime.combine(first - timedelta(days=1), time(), zone)
    intervals = list(_intervals(department, begin, timedelta(days=9)))
    return [_describe_day(first + timedelta(days=n), intervals, zone) for n in range(7)]


def _describe_day(day: date, intervals: list[_Interval], zone: ZoneInfo) -> DayHours:
    midnight = datetime.combine(day, time(), zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    times: list[tuple[datetime, datetime]] = []
    known = True
    for start, end, is_open in intervals:
        if end <= midnight or start >= next_midnight or is_open is False:
            continue
        if is_open is None:
            known = False
        elif start <= midnight and end >= next_midnight:
            return DayHours(day, (), all_day=True)
        elif end - start < timedelta(days=1):
            # A night shift stays with the day on which it begins.
            times += [(start, end)] if start >= midnight else []
        else:
            times.append((max(start, midnight), min(end, next_midnight)))
    return DayHours(day, tuple(times), known=known or bool(times))
