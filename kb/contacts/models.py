"""The values of the contacts feature: departments, how to reach them, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Department:
    """Who answers: one department with its contact points, as ``_contacts.yml`` tells it."""

    slug: str
    name: str
    description: str = ""
    collections: tuple[str, ...] = ()
    """Slugs of the collections whose articles send customers here."""
    phone: str = ""
    """E.164, for ``tel:`` links; empty if it cannot be called."""
    phone_display: str = ""
    """The same number as people of its country write it."""
    phone_note: str = ""
    email: str = ""
    hours: str = ""
    """Opening hours in the notation of OpenStreetMap; empty if none are published."""
    timezone: str = "UTC"
    country: str = ""
    """Two letters; decides the public holidays and how the phone number is read."""
    languages: tuple[str, ...] = ()
    reply_time_hours: int | None = None
    """Published reply time, in opening hours."""
    order: int = 1000
    default: bool = False
    """Answers for every collection that no department names."""
    address: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Keys that the product does not know, as strings, lists and mappings."""


@dataclass(frozen=True, slots=True)
class Directory:
    """All departments in the order they are shown. Slugs asked for may be untrusted text."""

    departments: tuple[Department, ...] = ()

    @property
    def default(self) -> Department | None:
        """The department for everything that has no department of its own."""
        chosen = (department for department in self.departments if department.default)
        return next(chosen, self.departments[0] if self.departments else None)

    def find(self, slug: str) -> Department | None:
        """The department with this slug."""
        return next((d for d in self.departments if d.slug == slug), None)

    def find_for_collection(self, slug: str) -> Department | None:
        """The department that names the collection, or the nearest around it; else the default."""
        path = slug
        while path:
            for department in self.departments:
                if path in department.collections:
                    return department
            path = path.rpartition("/")[0]
        return self.default


@dataclass(frozen=True, slots=True)
class OpenStatus:
    """Whether a department is open at a moment, and until when that holds."""

    is_open: bool
    changes_at: datetime | None
    """Next opening or closing in the department's zone; None if there is none within a year."""
    known: bool = True
    """False when no hours are published, or they say "unknown": then promise nothing."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """One row of the table of the week: a day and when the department is open on it.

    A night shift belongs to the day on which it begins.
    """

    day: date
    times: tuple[tuple[datetime, datetime], ...]
    """From and to, in the department's zone; empty when closed."""
    all_day: bool = False
    known: bool = True
    """False when the hours of this day say "unknown", as "by appointment" does."""
    holiday: bool = False
    """A public holiday makes this day differ from what is usual."""
