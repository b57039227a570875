"""Writes one event of a visit, with all that follows from it, in one transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kb.search.models import SearchOutcome, SearchPage, Stage
from kb.search_log.folding import MAX_SHOWN, find_continued, merge, normalise
from kb.search_log.models import Opening, RecordedSearch, Source, Visit, Vote
from kb.search_log.outcomes import settle_visit
from kb.search_log.privacy import redact
from kb.search_log.store import SearchLogStore

TOKEN_BYTES = 16
"""128 random bits: nobody can guess the value of another visit."""

LONGEST_VISIT = timedelta(days=1)
"""A visit that never pauses (a shop's own terminal) still starts anew every day."""


class VisitRecorder:
    """Adds searches, openings, votes and contacts to visits."""

    def __init__(
        self, store: SearchLogStore, pause: timedelta, phone_regions: Sequence[str]
    ) -> None:
        self._store = store
        self._pause = pause
        self._regions = tuple(phone_regions)

    def record_search(
        self, page: SearchPage, token: str | None, at: datetime, source: Source, language: str
    ) -> str:
        """Add a search to the visit, or start one; the visit's token."""
        fresh = self.build_search(page, at, source, language)
        return self._record(fresh, token, first_page=page.offset == 0)

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

    def record_contact(self, token: str | None, at: datetime) -> bool:
        """The customer went on to the contact form: the search before did not do."""
        with self._store.transaction():
            visit = self._find_visit(token, at)
            if visit is None:
                return False
            searches = self._store.list_searches(visit.id)
            if searches:
                self._store.update_search(replace(searches[-1], contacted=True))
            self._go_on(visit.id, at)
        return True

    def build_search(
        self, page: SearchPage, at: datetime, source: Source, language: str
    ) -> RecordedSearch:
        """What is kept of a page of hits, without personal data."""
        text = redact(page.query, self._regions)
        correction = page.correction and redact(page.correction, self._regions)
        return RecordedSearch(
            visit_id=0,
            recorded_at=at,
            touched_at=at,
            text=text,
            normalised=normalise(text),
            searched=redact(page.searched, self._regions),
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

    def add_or_fold(self, fresh: RecordedSearch, *, first_page: bool) -> bool:
        """Store a search of a visit; False when it was folded into an earlier one."""
        searches = self._store.list_searches(fresh.visit_id)
        openings = self._store.list_openings(fresh.visit_id)
        opened = frozenset(opening.search_id for opening in openings)
        continued = find_continued(fresh, searches, opened)
        if continued is None:
            self._store.add_search(replace(fresh, opens_visit=not searches))
            return True
        self._store.update_search(merge(continued, fresh, first_page=first_page))
        return False

    def settle(self, visit_id: int, *, is_over: bool) -> None:
        """Decide the searches of a visit as far as they can be decided."""
        before = self._store.list_searches(visit_id)
        for old, new in zip(before, settle_visit(before, is_over=is_over), strict=True):
            if old != new:
                self._store.update_search(new)

    def _record(self, fresh: RecordedSearch, token: str | None, *, first_page: bool) -> str:
        at = fresh.recorded_at
        with self._store.transaction():
            visit = self._find_visit(token, at)
            if visit is None or token is None:
                return self._begin_visit(fresh)
            self.add_or_fold(replace(fresh, visit_id=visit.id), first_page=first_page)
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
        return self._store.find_visit(
            token, started_after=at - LONGEST_VISIT, active_after=at - self._pause
        )

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
        self._store.add_opening(Opening(visit_id, source.id, at, slug, position, is_hit))
        if is_hit and not source.opened:
            self._store.update_search(replace(source, opened=True))

    def _judge(self, visit_id: int, slug: str, helpful: bool) -> None:
        openings = self._store.list_openings(visit_id)
        opened = next((o for o in reversed(openings) if o.slug == slug), None)
        if opened is None:
            return
        for search in self._store.list_searches(visit_id):
            if search.id == opened.search_id:
                self._store.update_search(replace(search, helpful=helpful))
