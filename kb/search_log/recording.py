"""Writes one event of a visit, with all that follows from it, in one transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kb.private_patterns import PrivatePattern
from kb.search.models import SearchOutcome, SearchPage, Stage
from kb.search_log.folding import MAX_SHOWN, find_continued, merge
from kb.search_log.models import Opening, RecordedSearch, Source, Visit, Vote, VoteReason
from kb.search_log.outcomes import settle_visit
from kb.search_log.privacy import redact
from kb.search_log.sameness import normalise
from kb.search_log.store import SearchLogStore

TOKEN_BYTES = 16
"""128 random bits: nobody can guess the value of another visit."""

LONGEST_VISIT = timedelta(days=1)
"""A visit that never pauses (a shop's own terminal) still starts anew every day, with
another value in the cookie."""

MAX_KEPT = 50
"""Searches kept of one visit; a person searches a handful of times."""

_REASON_WITHIN = timedelta(hours=1)
"""How long after a vote its reason may follow."""

FLOOD_WITHIN = timedelta(minutes=15)
"""A visit that has searched ``MAX_KEPT`` different things by then is a script."""


class VisitRecorder:
    """Adds searches, openings, votes and contacts to visits."""

    def __init__(
        self,
        store: SearchLogStore,
        pause: timedelta,
        phone_regions: Sequence[str],
        private: Sequence[PrivatePattern] = (),
    ) -> None:
        self._store = store
        self._pause = pause
        self._regions = tuple(phone_regions)
        self._private = tuple(private)

    def record_search(
        self,
        page: SearchPage,
        token: str | None,
        at: datetime,
        source: Source,
        language: str,
        *,
        may_begin: bool = True,
    ) -> str:
        """Add a search to the visit, or start one; the visit's token.

        Without ``may_begin`` a search that belongs to no visit is only counted, as one of
        a flood, and there is no token.
        """
        fresh = self.build_search(page, at, source, language)
        return self._record(fresh, token, first_page=page.offset == 0, may_begin=may_begin)

    def record_suggestion(
        self, text: str, slug: str, token: str | None, at: datetime, language: str
    ) -> str:
        """Add a search that was answered by a suggestion, before any results page."""
        page = SearchPage(
            query=text, searched=text, correction=None, stage=Stage.ANY_WORDS,
            outcome=SearchOutcome.CONFIDENT, confidence=1.0, total=1, hits=(), offset=0,
            mode="suggestion", degraded=False, took_ms=0.0,
        )  # fmt: skip
        fresh = replace(self.build_search(page, at, Source.SUGGESTION, language), shown=(slug,))
        token = self._record(fresh, token, first_page=True)
        # The article's own page counts the opening; here it is only tied to the search.
        with self._store.transaction():
            visit = self._find_visit(token, at)
            if visit is not None:
                self._open(visit.id, slug, at, from_results=True)
                self._go_on(visit.id, at)
        return token

    def record_opening(
        self, slug: str, token: str | None, at: datetime, *, from_results: bool
    ) -> bool:
        """Count an article as opened, and tie it to the search it came from.

        Returns:
            Whether there is a visit that goes on by this.
        """
        with self._store.transaction():
            self._store.count_opening(at.date(), slug)
            visit = self._find_visit(token, at)
            if visit is None:
                return False
            self._open(visit.id, slug, at, from_results=from_results)
            self._go_on(visit.id, at)
        return True

    def record_vote(self, slug: str, helpful: bool, token: str | None, at: datetime) -> bool:
        """Keep a vote; it decides the search that led to the article."""
        with self._store.transaction():
            visit = self._find_visit(token, at)
            visit_id = visit.id if visit else None
            self._store.set_vote(Vote(visit_id, at, slug, helpful))
            if visit is None:
                return False
            self._judge(visit.id, slug, helpful)
            self._go_on(visit.id, at)
        return True

    def record_vote_reason(
        self, slug: str, reason: VoteReason, token: str | None, at: datetime
    ) -> None:
        """Add the reason to the "no" that was given just now."""
        with self._store.transaction():
            visit = self._find_visit(token, at)
            visit_id = visit.id if visit else None
            self._store.set_vote_reason(visit_id, slug, reason, at - _REASON_WITHIN)

    def record_contact(self, token: str | None, at: datetime) -> bool:
        """The customer went on to contact people: the search before did not do."""
        with self._store.transaction():
            visit = self._find_visit(token, at)
            if visit is None:
                return False
            searches = self._store.list_searches(visit.id)
            if searches:
                self._store.update_search(replace(searches[-1], contacted=True))
            self._go_on(visit.id, at)
        return True

    def list_tried(
        self, token: str | None, at: datetime
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Texts searched and slugs opened in a visit that goes on, in order, each once."""
        with self._store.transaction():
            visit = self._find_visit(token, at)
            if visit is None:
                return (), ()
            searches = self._store.list_searches(visit.id)
            openings = self._store.list_openings(visit.id)
        texts = dict.fromkeys(search.text for search in searches)
        return tuple(texts), tuple(dict.fromkeys(opening.slug for opening in openings))

    def build_search(
        self, page: SearchPage, at: datetime, source: Source, language: str
    ) -> RecordedSearch:
        """What is kept of a page of hits, without personal data."""
        text = self.redact(page.query)
        correction = page.correction and self.redact(page.correction)
        return RecordedSearch(
            visit_id=0,
            recorded_at=at,
            touched_at=at,
            text=text,
            normalised=normalise(text),
            searched=self.redact(page.searched),
            correction=correction,
            stage=page.stage,
            mode=page.mode,
            total=page.total,
            confidence=page.confidence,
            weak=page.outcome is SearchOutcome.WEAK,
            language=language,
            shown=tuple(hit.slug for hit in page.hits[:MAX_SHOWN]),
            took_ms=page.took_ms,
            source=source,
            opens_visit=False,
        )

    def redact(self, text: str) -> str:
        """The text without personal data."""
        return redact(text, self._regions, self._private)

    def add_or_fold(self, fresh: RecordedSearch, *, first_page: bool) -> bool:
        """Store a search of a visit; False when it was folded into another one."""
        searches = self._store.list_searches(fresh.visit_id)
        openings = self._store.list_openings(fresh.visit_id)
        opened = frozenset(opening.search_id for opening in openings)
        continued = find_continued(fresh, searches, opened)
        if continued is not None:
            self._store.update_search(merge(continued, fresh, first_page=first_page))
            return False
        if len(searches) < MAX_KEPT:
            self._store.add_search(replace(fresh, opens_visit=not searches))
            return True
        self._store.count_left_out(fresh.recorded_at.date())
        if fresh.recorded_at - searches[0].recorded_at < FLOOD_WITHIN:
            self._store.mark_flood([fresh.visit_id])
        return False

    def settle(self, visit_id: int, *, is_over: bool) -> None:
        """Decide the searches of a visit as far as they can be decided; never those of a flood."""
        if self._store.is_flood(visit_id):
            return
        before = self._store.list_searches(visit_id)
        for old, new in zip(before, settle_visit(before, is_over=is_over), strict=True):
            if old != new:
                self._store.update_search(new)

    def _record(
        self, fresh: RecordedSearch, token: str | None, *, first_page: bool, may_begin: bool = True
    ) -> str:
        with self._store.transaction():
            visit = self._find_visit(token, fresh.recorded_at)
            if visit is None or token is None:
                if not may_begin:
                    self._store.count_left_out(fresh.recorded_at.date())
                    return ""
                return self._begin_visit(fresh)
            # A clock that was set back must not put what came later before what came first.
            at = max(fresh.recorded_at, visit.last_event_at)
            fresh = replace(fresh, visit_id=visit.id, recorded_at=at, touched_at=at)
            self.add_or_fold(fresh, first_page=first_page)
            self._go_on(visit.id, at)
        return token

    def _begin_visit(self, fresh: RecordedSearch) -> str:
        """Keep the first search of a visit, most of which have no other; the visit's token.

        There is nothing to read back and compare with, which halves what a search waits for.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        visit = self._store.add_visit(token, fresh.recorded_at)
        first = replace(fresh, visit_id=visit.id, opens_visit=True)
        for search in settle_visit([first], is_over=False):
            self._store.add_search(search)
        return token

    def _go_on(self, visit_id: int, at: datetime) -> None:
        self._store.touch_visit(visit_id, at)
        self.settle(visit_id, is_over=False)

    def _find_visit(self, token: str | None, at: datetime) -> Visit | None:
        if not token or len(token) > 64:
            return None
        visit = self._store.find_visit(
            token, started_after=at - LONGEST_VISIT, active_after=at - self._pause
        )
        # What happened far in the future was recorded by a clock that was wrong.
        return visit if visit and visit.last_event_at < at + LONGEST_VISIT else None

    def _open(self, visit_id: int, slug: str, at: datetime, *, from_results: bool) -> None:
        searches = self._store.list_searches(visit_id)
        if not searches:
            return
        shown = next((search for search in reversed(searches) if slug in search.shown), None)
        source = shown or searches[-1]
        # From the results page of a search without hits only a way out can be opened:
        # that is worth knowing, but it is no answer.
        is_hit = shown is not None or (from_results and source.total != 0)
        position = shown.shown.index(slug) + 1 if shown else None
        # A page that is loaded again, or an event that is sent twice, is one opening.
        self._store.set_opening(Opening(visit_id, source.id, at, slug, position, is_hit))
        if is_hit and (source.returned or not source.opened):
            self._store.update_search(replace(source, opened=True, returned=False))

    def _judge(self, visit_id: int, slug: str, helpful: bool) -> None:
        openings = self._store.list_openings(visit_id)
        opened = next((o for o in reversed(openings) if o.slug == slug), None)
        if opened is None:
            return
        for search in self._store.list_searches(visit_id):
            if search.id == opened.search_id:
                self._store.update_search(replace(search, helpful=helpful))
