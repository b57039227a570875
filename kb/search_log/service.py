"""The search log as the site uses it: recording that never fails, and reports."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from kb.clock import Clock
from kb.errors import DatabaseError
from kb.private_patterns import PrivatePattern
from kb.search.models import SearchPage
from kb.search_log.imports import LogImporter
from kb.search_log.learning import WordingLearner
from kb.search_log.models import (
    DayCount,
    ExportedSearch,
    ImportedSearch,
    ImportProblem,
    ImportResult,
    MaintenanceResult,
    Outcome,
    Source,
    Summary,
    TopArticle,
    TopSearch,
    UnhelpfulArticle,
    VoteReason,
)
from kb.search_log.newcomers import Newcomers
from kb.search_log.outcomes import RULES
from kb.search_log.quality import QualityReport, period_before
from kb.search_log.recording import LONGEST_VISIT, VisitRecorder
from kb.search_log.sameness import normalise
from kb.search_log.store import SearchLogStore

T = TypeVar("T")

_log = logging.getLogger(__name__)

_COMPLAIN_EVERY = timedelta(minutes=1)
_PAUSE_AFTER_FAILURE = timedelta(seconds=2)
"""While the database does not answer, requests do not each wait for it again."""
_SETTLE_BATCH = 200
_SETTLE_BEFORE_REPORT = 5_000
"""Ended visits that a report waits for; more are left to the regular job."""
_DELETE_BATCH = 2_000
_EXPORT_BATCH = 1_000
_COUNT_DAYS = 5
"""Days counted in one transaction, for which a customer's search waits to be recorded."""
_POPULAR_FOR = timedelta(seconds=60)
_POPULAR_KEPT = 100


class SearchLogService:
    """Records what customers search and do next, and reports on it.

    The ``record_`` methods never raise: a customer's page does not depend on the log.
    """

    def __init__(
        self,
        store: SearchLogStore,
        clock: Clock,
        learner: WordingLearner,
        *,
        visit_minutes: int,
        keep_days: int,
        phone_regions: tuple[str, ...],
        private: tuple[PrivatePattern, ...] = (),
        limits_floods: bool = True,
    ) -> None:
        self._store = store
        self._clock = clock
        self.learner = learner
        self._pause = timedelta(minutes=visit_minutes)
        self._keep_days = keep_days
        self._recorder = VisitRecorder(store, self._pause, phone_regions, private)
        self._newcomers = Newcomers()
        self._limits_floods = limits_floods
        self._guard = _Guard(clock)
        self._popular: dict[int, tuple[datetime, tuple[str, ...]]] = {}

    def record_search(
        self,
        page: SearchPage,
        visit: str | None,
        source: str = Source.PAGE,
        language: str = "en",
        place: str = "",
    ) -> str:
        """Record a search; the value of its visit, a new one if there was none or it ended.

        Empty when nothing could be recorded and there was no visit, or it is of a flood.

        Args:
            page: what was found.
            visit: the value that the browser sent.
            source: where the search was made.
            language: of the help center.
            place: tells browsers apart that send no value, for a minute and in memory only.
        """
        at = self._clock.now()
        return self._guard.attempt(
            lambda: self._record_search(page, visit, at, Source(source), language, place),
            visit or "",
        )

    def _record_search(
        self,
        page: SearchPage,
        visit: str | None,
        at: datetime,
        source: Source,
        language: str,
        place: str,
    ) -> str:
        normalised = normalise(page.query)
        joined = visit or (place and self._newcomers.find(place, at, normalised)) or None
        flood = self._newcomers.find_flood(place, at) if place and self._limits_floods else None
        token = self._recorder.record_search(
            page, joined, at, source, language, may_begin=flood is None
        )
        if place and (not visit or token != visit):
            self._newcomers.note(place, at, token, normalised)
        if flood and not token:
            self._mark_flood(flood)
        return token

    def _mark_flood(self, tokens: Sequence[str]) -> None:
        with self._store.transaction():
            self._store.mark_flood(self._store.find_visits(tokens))

    def find_newcomer(self, place: str) -> str | None:
        """The visit that began seconds ago at a place, for what is opened from its list."""
        return self._newcomers.find(place, self._clock.now())

    def redact(self, text: str) -> str:
        """The text without personal data, as it may be stored or logged."""
        return self._recorder.redact(text)

    def record_suggestion_chosen(
        self, text: str, slug: str, visit: str | None, language: str = "en"
    ) -> str:
        """Record a search that a suggestion answered; the value of its visit."""
        at = self._clock.now()
        return self._guard.attempt(
            lambda: self._recorder.record_suggestion(text, slug, visit, at, language), visit or ""
        )

    def record_opening(self, visit: str | None, slug: str, *, from_results: bool = False) -> bool:
        """Record that an article was opened; whether a visit goes on by it.

        Args:
            visit: the value of the visit, None for customers who have not searched.
            slug: the article.
            from_results: whether the link was on the results page.
        """
        at = self._clock.now()
        return self._guard.attempt(
            lambda: self._recorder.record_opening(slug, visit, at, from_results=from_results),
            False,
        )

    def record_vote(self, visit: str | None, slug: str, helpful: bool) -> bool:
        """Record a yes or no below an article; whether a visit goes on by it."""
        at = self._clock.now()
        return self._guard.attempt(
            lambda: self._recorder.record_vote(slug, helpful, visit, at), False
        )

    def record_vote_reason(self, visit: str | None, slug: str, reason: VoteReason) -> None:
        """Record why an article did not help, after the vote that said so."""
        at = self._clock.now()
        self._guard.attempt(
            lambda: self._recorder.record_vote_reason(slug, reason, visit, at), None
        )

    def record_contact(self, visit: str | None) -> bool:
        """Record that the contact form, or a phone or mail link, was opened.

        Returns:
            Whether a visit goes on by it.
        """
        at = self._clock.now()
        return self._guard.attempt(lambda: self._recorder.record_contact(visit, at), False)

    def list_tried(self, visit: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Texts searched and slugs opened in a visit that goes on, for a customer to send along."""
        at = self._clock.now()
        nothing: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        return self._guard.attempt(lambda: self._recorder.list_tried(visit, at), nothing)

    def import_searches(self, rows: Iterable[ImportedSearch | ImportProblem]) -> ImportResult:
        """Take over another log's rows (see ``imports.read_log``).

        Raises:
            DatabaseError: the database cannot be written.
        """
        return LogImporter(self._store, self._recorder, self._pause).run(rows)

    def settle(self, max_visits: int | None = None) -> int:
        """Decide the visits that have ended, and anew those of older rules; how many.

        Raises:
            DatabaseError: the database cannot be written.
        """
        now = self._clock.now()
        ended, not_after = now - self._pause, now + LONGEST_VISIT
        settled = self._settle_all(
            lambda limit: self._store.list_ended_visits(ended, not_after, limit), max_visits
        )
        rest = None if max_visits is None else max_visits - settled
        settled += self._settle_all(
            lambda limit: self._store.list_outdated_visits(RULES, limit), rest
        )
        self._keep_day_counts(now.date())
        return settled

    def _keep_day_counts(self, today: date) -> None:
        counted = _COUNT_DAYS
        while counted == _COUNT_DAYS:
            with self._store.transaction():
                counted = self._store.keep_day_counts(today, _COUNT_DAYS)

    def _settle_all(self, find: Callable[[int], list[int]], most: int | None) -> int:
        settled = 0
        while most is None or settled < most:
            with self._store.transaction():
                visits = find(_SETTLE_BATCH)
                for visit_id in visits:
                    self._recorder.settle(visit_id, is_over=True)
                self._store.close_visits(visits, RULES)
            settled += len(visits)
            if len(visits) < _SETTLE_BATCH:
                break
        return settled

    def catch_up(self) -> None:
        """Settle what ended lately, so that a report is up to date; never raises."""
        # A report that is a few visits behind is better than none, when only reading works.
        self._guard.attempt(lambda: self.settle(_SETTLE_BEFORE_REPORT), 0)

    def maintain(self) -> MaintenanceResult:
        """The regular job: settle what ended, learn from it, delete what is too old to be kept.

        Raises:
            DatabaseError: the database cannot be written.
        """
        settled = self.settle()
        learned = self.learner.learn()
        oldest = self._clock.now().date() - timedelta(days=self._keep_days)
        deleted = self._in_batches(lambda: self._store.delete_searches(oldest, _DELETE_BATCH))
        if deleted:
            with self._store.transaction():
                self._store.delete_orphans(oldest)
        self.learner.drop_rare(oldest)
        return MaintenanceResult(settled, deleted, learned)

    def export(self, since: date, until: date) -> Iterator[ExportedSearch]:
        """All searches of these days, in the order in which they came; both days included.

        Raises:
            DatabaseError: the database cannot be read.
        """
        last = 0
        while rows := self._store.list_exported(since, until, last, _EXPORT_BATCH):
            yield from (search for _, search in rows)
            last = rows[-1][0]

    def erase(self, since: date, until: date) -> int:
        """Delete everything recorded in these days, counts included; how many searches.

        Raises:
            DatabaseError: the database cannot be written.
        """
        erased = self._in_batches(lambda: self._store.erase_searches(since, until, _DELETE_BATCH))
        with self._store.transaction():
            self._store.erase_counts(since, until)
            self._store.delete_orphans(until + timedelta(days=1))
        self.learner.erase(since, until)
        return erased

    def flush(self) -> None:
        """After erasing, also from topics: leave nothing of it in any file.

        Raises:
            DatabaseError: the database cannot be written.
        """
        self._store.flush()

    def _in_batches(self, delete: Callable[[], int]) -> int:
        """Repeat what deletes a batch until there is nothing more; short enough for others."""
        deleted = 0
        while True:
            with self._store.transaction():
                count = delete()
            deleted += count
            if count < _DELETE_BATCH:
                return deleted

    def summary(self, since: date, until: date) -> Summary:
        """The days from ``since`` to ``until``, both included, and their total."""
        self.catch_up()
        counted = {count.day: count for count in self._store.count_days(since, until)}
        length = (until - since).days + 1
        days = [since + timedelta(days=index) for index in range(length)]
        counts = tuple(counted.get(day, DayCount(day)) for day in days)
        return Summary(counts, _add_up(since, counts))

    def report_quality(self, since: date, until: date, limit: int) -> QualityReport:
        """How well search did from ``since`` to ``until``, both included, and before."""
        before = period_before(since, until)
        return QualityReport(
            summary=self.summary(since, until),
            before=_add_up(before[0], self._store.count_days(*before)),
            left_out=self._store.sum_left_out(since, until),
            top_searches=tuple(self._store.list_top_searches(since, until, limit)),
            top_failed=tuple(self._store.list_top_searches(since, until, limit, failed_only=True)),
            top_opened=tuple(self._store.list_top_opened(since, until, limit)),
            unhelpful=tuple(self._store.list_unhelpful(since, until, limit)),
        )

    def count_left_out(self, since: date, until: date) -> int:
        """Searches of floods that were counted and not kept, both days included."""
        return self._store.sum_left_out(since, until)

    def list_top_searches(
        self, since: date, until: date, limit: int = 50, *, failed_only: bool = False
    ) -> list[TopSearch]:
        """The wordings searched, or failed, most often, both days included."""
        self.catch_up()
        return self._store.list_top_searches(since, until, limit, failed_only=failed_only)

    def list_top_opened(self, since: date, until: date, limit: int = 50) -> list[TopArticle]:
        """The articles opened most, both days included."""
        return self._store.list_top_opened(since, until, limit)

    def list_unhelpful(self, since: date, until: date, limit: int = 50) -> list[UnhelpfulArticle]:
        """The articles voted unhelpful most often, both days included."""
        return self._store.list_unhelpful(since, until, limit)

    def popular_slugs(self, limit: int, days: int = 30) -> tuple[str, ...]:
        """The articles opened most in the last days, kept for a minute.

        Raises:
            DatabaseError: the database cannot be read.
        """
        now = self._clock.now()
        kept = self._popular.get(days)
        if kept is None or now - kept[0] >= _POPULAR_FOR:
            since = now.date() - timedelta(days=days)
            kept = (now, tuple(self._store.list_popular(since, _POPULAR_KEPT)))
            self._popular[days] = kept
        return kept[1][:limit]


class _Guard:
    """Lets a request go on when the log cannot be written, and says so once a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed_at: datetime | None = None
        self._complained_at: datetime | None = None

    def attempt(self, work: Callable[[], T], fallback: T) -> T:
        """What ``work`` returns, or the fallback when the database does not answer."""
        if self._is_pausing():
            return fallback
        try:
            return work()
        except DatabaseError as error:
            self._note(error)
            return fallback

    def _is_pausing(self) -> bool:
        failed = self._failed_at
        return failed is not None and self._clock.now() - failed < _PAUSE_AFTER_FAILURE

    def _note(self, error: DatabaseError) -> None:
        now = self._clock.now()
        with self._lock:
            self._failed_at = now
            if self._complained_at and now - self._complained_at < _COMPLAIN_EVERY:
                return
            self._complained_at = now
        _log.error("Searches are not being recorded: %s", error)


def _add_up(day: date, counts: Iterable[DayCount]) -> DayCount:
    counts = tuple(counts)
    return DayCount(
        day=day,
        visits=sum(count.visits for count in counts),
        searches=sum(count.searches for count in counts),
        zero_results=sum(count.zero_results for count in counts),
        failed=sum(count.failed for count in counts),
        outcomes={name: sum(c.outcomes.get(name, 0) for c in counts) for name in Outcome},
    )
