"""What customers' own words led to, counted so that it outlives the single searches.

A visit that is over teaches two things: which wordings were searched in it, and which
article its last search was answered by.  A wording is learned for an article when enough
visits agree (``models.py`` has the numbers), so that no single person, and no text that
only one person would type, gets into the index.
"""

from collections.abc import Sequence
from datetime import date

from kb.search_log.models import (
    LEARNED_FROM_VISITS,
    LearnedWording,
    Lesson,
    Opening,
    Outcome,
    RecordedSearch,
    Source,
)
from kb.search_log.privacy import MARKERS
from kb.search_log.sameness import normalise
from kb.search_log.store import SearchLogStore, WordingStore

FADE_FROM_VISITS = 200
"""Visits with one wording after which all its counts are halved: what an article answered
long ago must not outvote for years the one that replaced it."""
_BATCH = 200
"""Visits in one transaction: 25 ms of work, for which a customer's search waits to be recorded."""


def read_visit(searches: Sequence[RecordedSearch], openings: Sequence[Opening]) -> Lesson | None:
    """What a visit teaches; None when nothing.

    Args:
        searches: the visit's searches with their outcomes, the latest last.
        openings: what was opened in the visit, in order.
    """
    wordings = tuple(dict.fromkeys(filter(None, map(_wording, searches))))
    if not wordings:
        return None
    last = searches[-1]
    answer: tuple[str, str] | None = None
    # Who opens a hit and goes on from there to another article has found it elsewhere.
    if openings and last.outcome is Outcome.ANSWERED and (wording := _wording(last)):
        opening = openings[-1]
        if opening.is_hit and opening.slug and opening.search_id == last.id:
            answer = (wording, opening.slug)
    return Lesson(last.recorded_at.date(), wordings, answer)


def _wording(search: RecordedSearch) -> str:
    """The words to learn, "" when there are none.

    What was searched after spelling correction: a typing error in the index would never
    be corrected again.  What somebody had typed when a suggestion came is half a word.
    """
    if search.source is Source.SUGGESTION or any(mark in search.searched for mark in MARKERS):
        return ""
    return normalise(search.searched)


class WordingLearner:
    """Keeps the counts of wordings up to date, and shows them to staff."""

    def __init__(self, log: SearchLogStore, wordings: WordingStore, *, learns: bool) -> None:
        self._log = log
        self._wordings = wordings
        self._learns = learns

    def learn(self) -> int:
        """Count the visits that ended and are not counted yet; how many they were.

        Raises:
            DatabaseError: the database cannot be written.
        """
        counted = 0
        while self._learns:
            with self._log.transaction():
                visits = self._wordings.list_unlearned_visits(_BATCH)
                lessons = (
                    read_visit(self._log.list_searches(visit), self._log.list_openings(visit))
                    for visit in visits
                )
                self._wordings.add_lessons([lesson for lesson in lessons if lesson])
                self._wordings.mark_learned(visits)
            counted += len(visits)
            if len(visits) < _BATCH:
                break
        if counted:
            with self._log.transaction():
                self._wordings.fade_wordings(FADE_FROM_VISITS)
        return counted

    def drop_rare(self, before: date) -> None:
        """Delete counts of texts that too few visits searched, the last before a day.

        They go with the searches that they come from, so that no text which a single
        person typed stays longer here than there.
        """
        with self._log.transaction():
            self._wordings.drop_rare_wordings(before, LEARNED_FROM_VISITS)

    def erase(self, since: date, until: date) -> None:
        """Delete counts of texts that too few visits searched, the last in these days."""
        with self._log.transaction():
            self._wordings.erase_wordings(since, until, LEARNED_FROM_VISITS)

    def list_learned(self, slug: str = "") -> list[LearnedWording]:
        """What has been learned, of one article or all, by article and most visits first."""
        return self._wordings.list_learned(slug)

    def remove(self, slug: str, wording: str) -> bool:
        """Never index this wording with this article; False when it was not learned for it.

        It is gone from search with the next publish.
        """
        with self._log.transaction():
            return self._wordings.remove_learned(slug, normalise(wording))
