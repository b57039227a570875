"""When the digest of which week is due. All times are in UTC, as the days of the search log."""

from datetime import UTC, datetime, time, timedelta

from kb.digest.models import Week

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONE_WEEK = timedelta(days=7)


def last_complete_week(now: datetime) -> Week:
    """The latest week that is over."""
    return Week.of((now - _ONE_WEEK).date())


def due_at(week: Week, day: str, hour: int) -> datetime:
    """When the digest of a week is due: on that day and hour of the week after."""
    monday = datetime.combine(week.first + _ONE_WEEK, time(hour), UTC)
    return monday + timedelta(days=DAYS.index(day))


def find_due_week(now: datetime, day: str, hour: int) -> Week:
    """The latest week whose digest is due; those missed before it are not made up for."""
    week = last_complete_week(now)
    return week if due_at(week, day, hour) <= now else week.before
