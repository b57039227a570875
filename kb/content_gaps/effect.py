"""What an answer changed, measured on what customers searched before and after it. Pure.

Both spans have the same length and end at the answer and today.  Visits are compared, not
searches: who tries five wordings is one customer without an answer.  A topic is made of
failed searches, so without any before it its share of failures counts as 1.

Of days whose single searches are deleted only counts are left.  Such days are measured when
they lie in a span as a whole, so the day of an old answer belongs to neither.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

MEASURED = timedelta(days=28)
"""Four weeks level out the days of the week, and end before other things have changed."""
_CLEARLY_LOWER = 0.5
"""Share of the failures before of which at most so many may be left."""
_Z = 1.96
"""Of the normal distribution: 95 of 100 intervals hold the true share."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TopicCounts:
    """Decided searches of one topic in a span of time."""

    searches: int = 0
    failed: int = 0
    visits: int = 0
    failed_visits: int = 0


@dataclass(frozen=True, slots=True)
class TopicEffect:
    """A topic before and after it was answered. Days may be parts of days."""

    days_before: float
    searches_before: int
    failed_before: int
    visits_before: int
    failed_visits_before: int
    days_after: float
    searches_after: int
    failed_after: int
    visits_after: int
    failed_visits_after: int

    @property
    def share_before(self) -> float | None:
        """Share of the visits that failed; None without any."""
        return _share(self.failed_visits_before, self.visits_before)

    @property
    def share_after(self) -> float | None:
        """Share of the visits that failed since; None without any."""
        return _share(self.failed_visits_after, self.visits_after)

    @property
    def failed_per_day_before(self) -> float | None:
        """Failed searches a day; None when the log does not reach back."""
        return self.failed_before / self.days_before if self.days_before else None

    @property
    def failed_per_day_after(self) -> float | None:
        """Failed searches a day since; None when it was answered this moment."""
        return self.failed_after / self.days_after if self.days_after else None

    @property
    def is_clearly_lower(self) -> bool:
        """Whether far fewer visits fail since, beyond what chance explains.

        At most half the share before is left, and even the upper end of the share's interval
        (Wilson, 95 %) lies below the share before.
        """
        before = 1.0 if self.share_before is None else self.share_before
        after = self.share_after
        if after is None:
            return False
        highest = _upper_end(self.failed_visits_after, self.visits_after)
        return after <= _CLEARLY_LOWER * before and highest < before


class EffectStore(Protocol):
    """Counts the searches of topics. Every method may raise DatabaseError."""

    def find_first_search(self) -> datetime | None:
        """When the oldest search was recorded that is kept or counted."""
        ...

    def find_counted_until(self) -> datetime | None:
        """The end of the last day of which there are counts instead of searches."""
        ...

    def find_answered_at(self, topic_id: int) -> datetime | None:
        """When a topic was answered; None when it is not."""
        ...

    def count(self, topic_id: int, since: datetime, until: datetime) -> TopicCounts:
        """The decided searches of a topic from a moment on, before another.

        Counts are of whole days: those that begin and end within are taken.
        """
        ...

    def list_failing_again(self, since: datetime, visits: int) -> list[int]:
        """Answered topics that failed in so many visits since, after they were answered."""
        ...


def find_effect(store: EffectStore, topic_id: int, now: datetime) -> TopicEffect | None:
    """The effect of a topic's answer by now; None when it is not answered."""
    answered_at = store.find_answered_at(topic_id)
    if answered_at is None:
        return None
    counted_until = store.find_counted_until() or _NEVER
    start = _whole_days(max(answered_at, now - MEASURED), counted_until)
    length = max(now - start, timedelta())
    end = answered_at if answered_at >= counted_until else _midnight(answered_at)
    first = store.find_first_search() or end
    before_start = _whole_days(max(end - length, min(first, end)), counted_until)
    before = store.count(topic_id, before_start, end)
    # Up to the end of this very moment, in which something may have been recorded.
    after = store.count(topic_id, start, now + timedelta(milliseconds=1))
    return build_effect(max(end - before_start, timedelta()), before, length, after)


def build_effect(
    length_before: timedelta, before: TopicCounts, length_after: timedelta, after: TopicCounts
) -> TopicEffect:
    """Two counts with the lengths of their spans."""
    return TopicEffect(
        days_before=_days(length_before),
        searches_before=before.searches,
        failed_before=before.failed,
        visits_before=before.visits,
        failed_visits_before=before.failed_visits,
        days_after=_days(length_after),
        searches_after=after.searches,
        failed_after=after.failed,
        visits_after=after.visits,
        failed_visits_after=after.failed_visits,
    )


def _whole_days(start: datetime, counted_until: datetime) -> datetime:
    """A start at midnight where single searches are gone: of a day that was cut nothing is known."""
    if start >= counted_until or start == _midnight(start):
        return start
    return _midnight(start) + timedelta(days=1)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(length: timedelta) -> float:
    return round(length / timedelta(days=1), 2)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _upper_end(failed: int, visits: int) -> float:
    share = failed / visits
    middle = share + _Z**2 / (2 * visits)
    spread = _Z * math.sqrt(share * (1 - share) / visits + _Z**2 / (4 * visits**2))
    return (middle + spread) / (1 + _Z**2 / visits)
