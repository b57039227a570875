"""The values of the digest."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kb.errors import InvalidInput

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A calendar week, Monday to Sunday in UTC, numbered as ISO 8601 does."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Week":
        """The week in which a day lies."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> "Week":
        """From the form ``2026-W47``.

        Raises:
            InvalidInput: there is no such week.
        """
        match = _WEEK.fullmatch(text.strip())
        try:
            if match is None:
                raise ValueError
            return cls.of(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except (ValueError, OverflowError):
            raise InvalidInput(f"{text!r} is no week. Use the form 2026-W47.", "week") from None

    @property
    def first(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def before(self) -> "Week":
        """The week before."""
        return Week.of(self.first - timedelta(days=7))

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class WeekRates:
    """How search did in a week."""

    visits: int
    searches: int
    failed: int
    zero_results: int
    success_rate: float | None
    """Answered searches among answered and failed ones, 0 to 1; None without any."""


@dataclass(frozen=True, slots=True)
class TopicDemand:
    """Failed searches on a topic in the week and in the week before."""

    topic_id: int
    label: str
    visits: int
    visits_before: int
    is_new: bool
    """It first came up in this week."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Failed searches on a topic in as many days before and after it was answered."""

    days: int
    """Fewer than a week when it was answered lately; 0 when there is nothing to compare."""
    failed_before: int
    failed_after: int


@dataclass(frozen=True, slots=True)
class AnsweredTopic:
    """A topic that was answered in the week, and is answered still."""

    topic_id: int
    label: str
    answered_at: datetime
    slug: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class UnhelpfulArticle:
    """An article that customers voted not helpful in the week."""

    slug: str
    title: str
    """The slug when it is not published any more."""
    unhelpful: int
    helpful: int


@dataclass(frozen=True, slots=True)
class RegressionFailure:
    """A question that does not find its article any more."""

    question: str
    slug: str
    problem: str
    """What happened, in words."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One week for staff."""

    week: Week
    rates: WeekRates
    rates_before: WeekRates
    new_topics: int
    """All that first came up in this week; those that several visits share are listed."""
    new: tuple[TopicDemand, ...]
    rising: tuple[TopicDemand, ...]
    answered: tuple[AnsweredTopic, ...]
    unhelpful: tuple[UnhelpfulArticle, ...]
    regressions: tuple[RegressionFailure, ...] | None
    """None when nothing watches for them."""

    @property
    def is_empty(self) -> bool:
        """Nobody searched and nothing happened: not worth a mail."""
        return not (
            self.rates.searches or self.rates_before.searches or self.new_topics
            or self.answered or self.unhelpful or self.regressions
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of sending a digest."""

    week: Week
    is_sent: bool
    mails: int
    is_posted: bool
    """To the webhook as well."""
    reason: str
    """Why it was not sent; "" when it was."""
