"""Answered topics whose searches fail again come back onto the list by themselves."""

from kb.clock import Clock
from kb.content_gaps.effect import MEASURED, EffectStore, TopicEffect, find_effect
from kb.content_gaps.triage import TriageService
from kb.errors import ChangedMeanwhile, InvalidInput
from kb.search_log.service import SearchLogService


class TopicEffectService:
    """Tells what answers changed, and opens topics again for which they changed nothing."""

    def __init__(
        self,
        store: EffectStore,
        triage: TriageService,
        search_log: SearchLogService,
        clock: Clock,
        visits: int,
    ) -> None:
        """Put the service together.

        Args:
            store: counts the searches of topics.
            triage: opens topics and writes it into their trail.
            search_log: settles visits before they are counted.
            clock: tells until when is measured.
            visits: so many visits have to fail again until a topic opens.
        """
        self._store = store
        self._triage = triage
        self._search_log = search_log
        self._clock = clock
        self._visits = visits

    def find_effect(self, topic_id: int) -> TopicEffect | None:
        """What changed since a topic was answered; None when it is not answered."""
        self._search_log.catch_up()
        return find_effect(self._store, topic_id, self._clock.now())

    def reopen_failing(self) -> list[int]:
        """Open the topics that fail again in enough visits and not clearly less than before.

        A job step, after visits were settled. A topic that somebody changes meanwhile is left
        alone. The numbers of those that were opened.

        Raises:
            DatabaseError: the database cannot be written.
        """
        now = self._clock.now()
        opened: list[int] = []
        for topic_id in self._store.list_failing_again(now - MEASURED, self._visits):
            seen = max((event.id for event in self._triage.list_events(topic_id)), default=0)
            effect = find_effect(self._store, topic_id, now)
            if effect is None or effect.is_clearly_lower:
                continue
            try:
                self._triage.reopen(topic_id, "", describe(effect), seen)
            except (ChangedMeanwhile, InvalidInput):
                continue  # an agent was quicker, whose decision stands
            opened.append(topic_id)
        return opened


def describe(effect: TopicEffect) -> str:
    """The figures in one line, for the trail."""
    before = (
        f"before {effect.failed_visits_before} of {effect.visits_before} in {effect.days_before:g} days"
        if effect.visits_before
        else f"before nobody asked in {effect.days_before:g} days"
    )
    return (
        f"{effect.failed_visits_after} of {effect.visits_after} visits failed in "
        f"{effect.days_after:g} days since it was answered; {before}"
    )
