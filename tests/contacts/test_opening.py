"""Customers are told rightly whether somebody answers now, also around nights and clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kb.contacts.models import Department
from kb.contacts.opening import describe_hours, find_reply_due, find_status

NEW_YORK = ZoneInfo("America/New_York")


def department(hours, **others):
    others = {"timezone": "America/New_York", "country": "US"} | others
    return Department(slug="orders", name="Orders", hours=hours, **others)


def local(*parts):
    return datetime(*parts, tzinfo=NEW_YORK)


WEEK = department("Mo-Fr 08:00-20:00; PH off")


def test_open_until_the_evening():
    status = find_status(WEEK, datetime(2026, 11, 18, 15, tzinfo=UTC))
    assert status.is_open
    assert status.known
    assert status.changes_at == local(2026, 11, 18, 20)
    assert status.changes_at.tzinfo.key == "America/New_York"


def test_closed_over_the_weekend_until_monday():
    status = find_status(WEEK, local(2026, 11, 21, 12))
    assert not status.is_open
    assert status.changes_at == local(2026, 11, 23, 8)


def test_public_holidays_of_the_country_count():
    thanksgiving = local(2026, 11, 26, 12)
    assert not find_status(WEEK, thanksgiving).is_open
    assert find_status(department(WEEK.hours, country="DE"), thanksgiving).is_open


def test_a_country_without_a_calendar_has_no_holidays():
    assert find_status(department(WEEK.hours, country="XX"), local(2026, 11, 26, 12)).is_open


def test_always_and_never_open_do_not_change():
    now = local(2026, 11, 18, 12)
    assert find_status(department("24/7"), now) == find_status(department("Mo-Su 00:00-24:00"), now)
    assert find_status(department("24/7"), now).changes_at is None
    closed = find_status(department("off"), now)
    assert (closed.is_open, closed.changes_at, closed.known) == (False, None, True)


@pytest.mark.parametrize("hours", ["", "Mo-Fr unknown", "not hours at all"])
def test_nothing_is_promised_without_hours(hours):
    assert not find_status(department(hours), local(2026, 11, 18, 12)).known


def test_a_zone_that_vanished_is_not_a_failure():
    broken = department("24/7", timezone="Gone/Away")
    assert not find_status(broken, local(2026, 11, 18, 12)).known
    assert describe_hours(broken, local(2026, 11, 18, 12)) == ()


def test_hours_inside_the_skipped_hour_of_spring():
    status = find_status(department("Su 02:30-10:00"), datetime(2026, 3, 8, 6, 30, tzinfo=UTC))
    assert not status.is_open
    assert status.changes_at == local(2026, 3, 8, 3)


def test_every_hour_of_both_clock_changes_is_answered():
    for start in (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)):
        for quarter in range(96):
            now = start + timedelta(minutes=15 * quarter)
            status = find_status(department("00:30-01:30,02:15-02:45"), now)
            assert status.known
            assert status.changes_at.astimezone(UTC) > now


def test_two_notes_in_one_opening_are_one_opening():
    hours = 'Mo-Fr 09:00-12:00 "sales", Mo-Fr 12:00-17:00 "support"'
    assert find_status(department(hours), local(2026, 11, 18, 10)).changes_at == local(
        2026, 11, 18, 17
    )


def test_hours_that_end_in_unknown_promise_no_opening():
    hours = "Mo 09:00-12:00, Mo 12:00-13:00 unknown"
    assert find_status(department(hours), local(2026, 11, 16, 10)).changes_at == local(
        2026, 11, 16, 12
    )


def test_a_text_that_searches_for_ever_is_answered_at_once():
    status = find_status(department("2026 Feb 29 Mo[-1] 10:00-11:00"), local(2026, 11, 18, 12))
    assert (status.is_open, status.changes_at) == (False, None)


def test_week_runs_monday_to_sunday_and_shows_the_next_holiday():
    rows = describe_hours(WEEK, local(2026, 11, 20, 12))
    assert [row.day.weekday() for row in rows] == list(range(7))
    assert rows[4].day == date(2026, 11, 20)
    assert rows[3].day == date(2026, 11, 26)
    assert rows[3].holiday
    assert rows[3].times == ()
    assert rows[0].times == ((local(2026, 11, 23, 8), local(2026, 11, 23, 20)),)
    assert not rows[0].holiday
    assert rows[6].times == ()


def test_a_night_shift_belongs_to_the_day_it_begins():
    rows = describe_hours(department("Fr 22:00-02:00"), local(2026, 11, 18, 12))
    assert rows[4].times == ((local(2026, 11, 20, 22), local(2026, 11, 21, 2)),)
    assert rows[5].times == ()


def test_whole_days_are_marked():
    rows = describe_hours(department("Mo-Tu 00:00-24:00; We 00:00-12:00"), local(2026, 11, 18, 12))
    assert [row.all_day for row in rows] == [True, True, False, False, False, False, False]
    assert rows[2].times == ((local(2026, 11, 18), local(2026, 11, 18, 12)),)
    assert all(row.all_day for row in describe_hours(department("24/7"), local(2026, 11, 18, 12)))


def test_days_by_appointment_are_not_shown_as_closed():
    rows = describe_hours(department("Mo 09:00-12:00; Tu 10:00-12:00 unknown"), local(2026, 11, 18))
    assert [row.known for row in rows] == [True, False, True, True, True, True, True]


def test_a_reply_is_due_after_that_many_opening_hours():
    repairs = department("Mo-Fr 08:00-20:00", reply_time_hours=24)
    assert find_reply_due(repairs, local(2026, 11, 20, 14)) == local(2026, 11, 24, 14)
    assert find_reply_due(department("Mo-Fr 08:00-20:00"), local(2026, 11, 20, 14)) is None
    assert find_reply_due(department("", reply_time_hours=2), local(2026, 11, 20, 14)) is None
    assert find_reply_due(department("off", reply_time_hours=2), local(2026, 11, 20, 14)) is None


def test_a_reply_time_over_a_clock_change_counts_real_hours():
    # The night of October 31 has nine hours between 8 pm and 4 am.
    nights = department("20:00-04:00", reply_time_hours=10)
    assert find_reply_due(nights, local(2026, 10, 31, 20)) == local(2026, 11, 1, 21)
