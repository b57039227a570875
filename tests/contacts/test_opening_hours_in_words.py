"""What customers read about opening hours is short, right and names the zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kb.contacts.models import Department
from kb.contacts.opening import find_status
from kb.web.opening_hours import describe_reply, describe_status, list_week, zone_name

NEW_YORK = ZoneInfo("America/New_York")


def department(hours, **others):
    others = {"timezone": "America/New_York", "country": "US"} | others
    return Department(slug="orders", name="Orders", hours=hours, **others)


def status_at(hours, *parts):
    now = datetime(*parts, tzinfo=NEW_YORK)
    asked = department(hours)
    return describe_status(asked, find_status(asked, now), now.astimezone(UTC))


WEEK = "Mo-Fr 08:00-20:00; PH off"


@pytest.mark.parametrize(
    ("hours", "at", "words"),
    [
        (WEEK, (2026, 11, 18, 12), "Open now until 8 pm Eastern Time"),
        ("Mo-Fr 08:00-17:30", (2026, 11, 18, 12), "Open now until 5:30 pm Eastern Time"),
        ("Mo-Fr 08:00-12:00", (2026, 11, 18, 9), "Open now until noon Eastern Time"),
        ("Mo-Fr 08:00-24:00", (2026, 11, 18, 9), "Open now until midnight Eastern Time"),
        ("Mo-We 08:00-02:00", (2026, 11, 18, 9), "Open now until tomorrow at 2 am Eastern Time"),
        ("24/7", (2026, 11, 18, 9), "Open day and night"),
        (WEEK, (2026, 11, 18, 7), "Closed, opens today at 8 am Eastern Time"),
        (WEEK, (2026, 11, 18, 21), "Closed, opens tomorrow at 8 am Eastern Time"),
        (WEEK, (2026, 11, 20, 21), "Closed, opens Monday at 8 am Eastern Time"),
        (WEEK, (2026, 11, 25, 21), "Closed, opens Friday at 8 am Eastern Time"),
        (
            "Jan Mo-Fr 08:00-20:00",
            (2026, 11, 18, 9),
            "Closed, opens on January 1 at 8 am Eastern Time",
        ),
        ("off", (2026, 11, 18, 9), "Closed"),
        ("", (2026, 11, 18, 9), ""),
        ("unknown", (2026, 11, 18, 9), ""),
    ],
)
def test_status_in_words(hours, at, words):
    assert status_at(hours, *at) == words


def test_times_are_the_departments_wherever_the_server_is():
    berlin = department("Mo-Fr 09:00-17:00", timezone="Europe/Berlin", country="DE")
    now = datetime(2026, 11, 18, 8, 30, tzinfo=UTC)
    words = describe_status(berlin, find_status(berlin, now), now)
    assert words == "Open now until 5 pm Central European Time"


def test_week_as_a_table():
    now = datetime(2026, 11, 20, 12, tzinfo=NEW_YORK)
    rows = list_week(department("Mo-Th 08:00-12:00,13:00-20:00; Fr 22:00-02:00; PH off"), now)
    assert [(row.day, row.times) for row in rows] == [
        ("Monday", "8 am to noon, 1 pm to 8 pm"),
        ("Tuesday", "8 am to noon, 1 pm to 8 pm"),
        ("Wednesday", "8 am to noon, 1 pm to 8 pm"),
        ("Thursday", "Closed (public holiday)"),
        ("Friday", "10 pm to 2 am"),
        ("Saturday", "Closed"),
        ("Sunday", "Closed"),
    ]
    assert {row.times for row in list_week(department("24/7"), now)} == {"Open 24 hours"}
    assert list_week(department(""), now) == ()


def test_days_by_appointment():
    now = datetime(2026, 11, 20, 12, tzinfo=NEW_YORK)
    rows = list_week(department("Mo 09:00-12:00; Tu 10:00-12:00 unknown"), now)
    assert [row.times for row in rows[:2]] == ["9 am to noon", "By appointment"]


def test_reply_is_promised_in_words():
    now = datetime(2026, 11, 20, 14, tzinfo=NEW_YORK)
    repairs = department("Mo-Fr 08:00-20:00", reply_time_hours=24)
    assert describe_reply(repairs, now) == "We answer e-mails by Tuesday at 2 pm Eastern Time."
    assert describe_reply(department("Mo-Fr 08:00-20:00"), now) == ""


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("UTC", "UTC"),
        ("Etc/GMT+5", "UTC-05"),
        ("Asia/Tokyo", "Japan Time"),
        ("America/New_York", "Eastern Time"),
        ("US/Eastern", "Eastern Time"),
        ("EST5EDT", "EST5EDT"),
    ],
)
def test_zone_names(zone, name):
    assert zone_name(department("24/7", timezone=zone)) == name
