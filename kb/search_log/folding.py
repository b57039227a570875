"""Which search of a visit is only more typing on an earlier one.

A person who types "pri", "printer", turns the page, goes back and takes the offered
correction has searched once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from rapidfuzz.distance import OSA

from kb.search_log.models import RecordedSearch
from kb.text import fold

TYPING = timedelta(seconds=30)
"""How long after it a search may still be the typing of the one before. Whoever looks at
the hits for longer and then adds a word has refined the search."""

TINY_EDIT = 2
"""Characters that correct a slip of the finger in a text of at least ``_LONG`` characters."""

MAX_SHOWN = 30
"""Hits that are remembered as seen: the pages that people turn to."""

_LONG = 6
_EDGE = " \t?!.,;:\"'“”„‘’«»()"


def normalise(text: str) -> str:
    """The text without case, accents, repeated space and punctuation around words."""
    folded = fold(text)
    words = (word.strip(_EDGE) for word in folded.split())
    return " ".join(word for word in words if word) or " ".join(folded.split())


def find_continued(
    fresh: RecordedSearch, searches: Sequence[RecordedSearch], opened: frozenset[int]
) -> RecordedSearch | None:
    """The search that ``fresh`` continues or repeats, None when it is a new one.

    Args:
        fresh: what was searched just now.
        searches: the visit's searches, the latest last.
        opened: ids of the searches after which any article was opened.
    """
    for search in searches:
        if fresh.normalised in (search.normalised, normalise(search.searched)):
            return search
    if not searches:
        return None
    last = searches[-1]
    if last.id in opened or last.contacted:
        return None
    if last.correction is not None and normalise(last.correction) == fresh.normalised:
        return last
    soon = fresh.recorded_at - last.touched_at <= TYPING
    return last if soon and _is_typing(last.normalised, fresh.normalised) else None


def merge(earlier: RecordedSearch, fresh: RecordedSearch, *, first_page: bool) -> RecordedSearch:
    """The earlier search after ``fresh`` was folded into it.

    Turning pages and repeating only add to what was seen; typing on replaces what was
    searched, and a correction that was taken keeps the customer's own words.
    """
    seen = tuple(dict.fromkeys((*earlier.shown, *fresh.shown)))[:MAX_SHOWN]
    if fresh.normalised in (earlier.normalised, normalise(earlier.searched)) or not first_page:
        return replace(earlier, touched_at=fresh.touched_at, shown=seen)
    updated = replace(
        fresh,
        id=earlier.id,
        visit_id=earlier.visit_id,
        recorded_at=earlier.recorded_at,
        opens_visit=earlier.opens_visit,
        source=earlier.source,
    )
    if earlier.correction is not None and normalise(earlier.correction) == fresh.normalised:
        own = (earlier.text, earlier.normalised, earlier.correction)
        updated = replace(updated, text=own[0], normalised=own[1], correction=own[2], shown=seen)
    return updated


def _is_typing(before: str, after: str) -> bool:
    if before.startswith(after) or after.startswith(before):
        return True
    if min(len(before), len(after)) < _LONG or _digits(before) != _digits(after):
        return False  # E-42 and E-43 are two questions
    return OSA.distance(before, after, score_cutoff=TINY_EDIT) <= TINY_EDIT


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
