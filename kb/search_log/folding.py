"""Which search of a visit is only more typing on another one.

A person who types "pri", "printer", turns the page, goes back and takes the offered
correction has searched once.  Events may arrive out of order, so that what was typed
first can be folded into what came of it as well.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from kb.search_log.models import RecordedSearch
from kb.search_log.sameness import is_slip, normalise

TYPING = timedelta(seconds=30)
"""How long after it a search may still be the typing of the one before. Whoever looks at
the hits for longer and then adds a word has refined the search."""

MAX_SHOWN = 30
"""Hits that are remembered as seen: the pages that people turn to."""


def find_continued(
    fresh: RecordedSearch, searches: Sequence[RecordedSearch], opened: frozenset[int]
) -> RecordedSearch | None:
    """The search that ``fresh`` continues, repeats or leads to, None when it is a new one.

    Args:
        fresh: what was searched.
        searches: the visit's searches, the latest last.
        opened: ids of the searches after which any article was opened.
    """
    for search in searches:
        if is_repeat(search, fresh):
            return search
    before = next((s for s in reversed(searches) if s.touched_at <= fresh.recorded_at), None)
    after = next((s for s in searches if s.recorded_at > fresh.recorded_at), None)
    for near in (before, after):
        if near is None or near.id in opened or near.contacted:
            continue
        if near is before and is_correction(near, fresh):
            return near
        soon = abs(fresh.recorded_at - near.touched_at) <= TYPING
        if soon and is_typing(near.normalised, fresh.normalised):
            return near
    return None


def merge(earlier: RecordedSearch, fresh: RecordedSearch, *, first_page: bool) -> RecordedSearch:
    """The earlier search after ``fresh`` was folded into it.

    Turning pages and repeating only add to what was seen; typing on replaces what was
    searched, and a correction that was taken keeps the customer's own words.
    """
    seen = tuple(dict.fromkeys((*earlier.shown, *fresh.shown)))[:MAX_SHOWN]
    if fresh.recorded_at < earlier.recorded_at:  # it arrived late, what it led to is there
        return replace(earlier, recorded_at=fresh.recorded_at, shown=seen)
    if is_repeat(earlier, fresh) or not first_page:
        # Whoever comes back to the list after opening a hit is still looking.
        returned = earlier.returned or earlier.opened
        touched_at = max(earlier.touched_at, fresh.touched_at)
        return replace(earlier, touched_at=touched_at, shown=seen, returned=returned)
    updated = replace(
        fresh,
        id=earlier.id,
        visit_id=earlier.visit_id,
        recorded_at=earlier.recorded_at,
        opens_visit=earlier.opens_visit,
        source=earlier.source,
    )
    if is_correction(earlier, fresh):
        own = (earlier.text, earlier.normalised, earlier.correction)
        updated = replace(updated, text=own[0], normalised=own[1], correction=own[2], shown=seen)
    return updated


def is_repeat(search: RecordedSearch, fresh: RecordedSearch) -> bool:
    """Whether ``fresh`` is the same text again: another page, a filter, going back."""
    return fresh.normalised in (search.normalised, normalise(search.searched))


def is_correction(search: RecordedSearch, fresh: RecordedSearch) -> bool:
    """Whether ``fresh`` takes the correction that was offered."""
    return search.correction is not None and normalise(search.correction) == fresh.normalised


def is_typing(before: str, after: str) -> bool:
    """Whether one normalised text is a stage of typing the other."""
    return before.startswith(after) or after.startswith(before) or is_slip(before, after)
