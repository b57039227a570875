"""What agents decide about topics. Each action is one transaction with one line in the trail.

An action keeps what it changed, so that it can be taken back: unless the topic was changed
again since, when taking back the older change would silently undo the newer one.  Whoever
acts on a page that is out of date is told instead of overruling a colleague.

Actions touch wordings that already belong to a topic; grouping touches only those that do
not.  So no run of the grouping can undo what was decided here.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from kb.clock import Clock
from kb.content_gaps.models import Action, Change, Marks, TopicEvent, TopicState, Wording
from kb.content_gaps.triage_store import TriageStore
from kb.errors import ChangedMeanwhile, InvalidInput

MAX_NOTE = 2_000
MAX_LABEL = 200


class TriageService:
    """Decides, names, merges and splits topics, and keeps a trail of it.

    ``seen`` of every action is the number of the latest event that the acting person has
    seen of the topic (0 for none), None to act whatever happened since.

    Every action returns the number of its event, and raises ``InvalidInput`` for a topic
    that is not there or a value that cannot be, ``ChangedMeanwhile`` when somebody was quicker.
    """

    def __init__(self, store: TriageStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def assign(
        self, topic_id: int, to: str, due: date | None, by: str, seen: int | None = None
    ) -> int:
        """Give a topic to a colleague, or to nobody with an empty address."""
        to = to.strip().lower()

        def change(marks: Marks) -> Marks:
            if marks.state is TopicState.DRAFTED:
                return replace(marks, assignee=to, due=due)
            state = TopicState.ASSIGNED if to else TopicState.NEW
            return replace(_undecided(marks), state=state, assignee=to, due=due if to else None)

        note = f"{to}, {due.isoformat()}" if to and due else to
        return self._decide(topic_id, Action.ASSIGNED, note, by, seen, change)

    def mark_drafted(self, topic_id: int, place: str, by: str, seen: int | None = None) -> int:
        """Somebody started the answer; ``place`` is its branch or file."""

        def change(marks: Marks) -> Marks:
            return replace(_undecided(marks), state=TopicState.DRAFTED, answer=place)

        return self._decide(topic_id, Action.DRAFTED, place, by, seen, change)

    def answer(self, topic_id: int, slug: str, by: str, seen: int | None = None) -> int:
        """An article answers the topic; the caller has checked that there is such an article."""
        now = self._clock.now()

        def change(marks: Marks) -> Marks:
            done = replace(_undecided(marks), state=TopicState.ANSWERED, answer=slug)
            return replace(done, answered_at=now, due=None)

        return self._decide(topic_id, Action.ANSWERED, slug, by, seen, change)

    def ignore(self, topic_id: int, reason: str, by: str, seen: int | None = None) -> int:
        """The topic is not ours to answer; a reason is required."""
        reason = _one_line(reason)
        if not reason:
            raise InvalidInput("Say why it is ignored, for whoever wonders later.", "reason")

        def change(marks: Marks) -> Marks:
            done = replace(_undecided(marks), state=TopicState.IGNORED, reason=reason)
            return replace(done, due=None)

        return self._decide(topic_id, Action.IGNORED, reason, by, seen, change)

    def reopen(self, topic_id: int, by: str, note: str = "", seen: int | None = None) -> int:
        """Put a topic back on the list, as new or to the one who had it."""

        def change(marks: Marks) -> Marks:
            state = TopicState.ASSIGNED if marks.assignee else TopicState.NEW
            return replace(_undecided(marks), state=state)

        return self._decide(topic_id, Action.REOPENED, _one_line(note), by, seen, change)

    def rename(self, topic_id: int, label: str, by: str, seen: int | None = None) -> int:
        """Give a topic a name; an empty one brings back its most frequent wording."""
        label = _one_line(label)[:MAX_LABEL]
        return self._decide(
            topic_id, Action.RENAMED, label, by, seen, lambda marks: replace(marks, label=label)
        )

    def comment(self, topic_id: int, text: str, by: str) -> int:
        """Leave a note for colleagues."""
        text = "\n".join(line.rstrip() for line in text.strip().splitlines())[:MAX_NOTE]
        if not text:
            raise InvalidInput("Write the comment first.", "comment")
        with self._store.transaction():
            self._get(topic_id)
            return self._add(topic_id, Action.COMMENTED, text, by, None)

    def merge(self, topic_ids: Sequence[int], target: int, by: str, seen: int | None = None) -> int:
        """Move all wordings of topics into ``target``, and what is searched like them from now on.

        The merged topics keep their numbers, which lead to the target.
        """
        sources = [topic_id for topic_id in dict.fromkeys(topic_ids) if topic_id != target]
        if not sources:
            raise InvalidInput("Choose at least two topics to merge.", "topics")
        with self._store.transaction():
            self._check_seen(target, seen)
            before = {topic_id: self._get(topic_id) for topic_id in (*sources, target)}
            moves = []
            for source in sources:
                moves.append(self._store.move(source, target, None))
                self._store.set_marks(source, replace(before[source], merged_into=target))
            after = {topic_id: self._get_any(topic_id) for topic_id in before}
            note = ", ".join(str(source) for source in sources)
            change = Change(before, after, tuple(moves))
            return self._add(target, Action.MERGED, note, by, change)

    def split(
        self, topic_id: int, wordings: Sequence[int], by: str, seen: int | None = None
    ) -> tuple[int, int]:
        """Move wordings into a new topic: the event's and the new topic's numbers."""
        with self._store.transaction():
            self._check_seen(topic_id, seen)
            self._get(topic_id)
            present = {wording.id for wording in self._store.list_wordings(topic_id)}
            chosen = [wording for wording in dict.fromkeys(wordings) if wording in present]
            if not chosen:
                raise InvalidInput("Choose the wordings that ask something else.", "wordings")
            if len(chosen) == len(present):
                raise InvalidInput("Leave at least one wording in the topic.", "wordings")
            added = self._store.add_topic(self._clock.now())
            move = self._store.move(topic_id, added, chosen)
            # Taken back, the new number leads on to where its wordings came from.
            gone = Marks(merged_into=topic_id)
            change = Change({added: gone}, {added: Marks()}, (move,), added)
            event = self._add(topic_id, Action.SPLIT, str(added), by, change)
            return event, added

    def undo(self, event_id: int, by: str) -> int:
        """Take an action back.

        Raises:
            InvalidInput: there is no such event, it changed nothing, or it was taken back.
            ChangedMeanwhile: what it changed was changed again since.
        """
        with self._store.transaction():
            event = self._store.find_event(event_id)
            if event is None or event.change is None:
                raise InvalidInput("There is nothing to take back.")
            if event.undone_by is not None:
                raise InvalidInput("This was taken back already.")
            change = event.change
            for topic_id, marks in change.after.items():
                if self._store.find_marks(topic_id) != marks:
                    raise ChangedMeanwhile(
                        "The topic was changed again since then: take that back first."
                    )
            for move in reversed(change.moves):
                self._store.move_back(move)
            if change.added is not None:
                # Wordings that arrived in it meanwhile must not hang in the air.
                self._store.move(change.added, event.topic_id, None)
            for topic_id, marks in change.before.items():
                self._store.set_marks(topic_id, marks)
            note = f"{event.action} #{event.id}"
            # Taking back that a merge was taken back would move wordings: merge anew instead.
            again = None if change.moves else Change(change.after, change.before)
            number = self._add(event.topic_id, Action.UNDONE, note, by, again)
            self._store.mark_undone(event_id, number)
            return number

    def find_target(self, topic_id: int) -> int | None:
        """The topic that a merged one went into, through several merges; None if not merged."""
        target, marks = None, self._store.find_marks(topic_id)
        while marks is not None and marks.merged_into is not None and marks.merged_into != target:
            target = marks.merged_into
            marks = self._store.find_marks(target)
        return target

    def list_events(self, topic_id: int) -> list[TopicEvent]:
        """The trail of a topic, the latest first."""
        return self._store.list_events(topic_id)

    def list_wordings(self, topic_id: int) -> list[Wording]:
        """The wordings of a topic with their numbers, the most frequent first."""
        return self._store.list_wordings(topic_id)

    def _decide(
        self,
        topic_id: int,
        action: Action,
        note: str,
        by: str,
        seen: int | None,
        change: Callable[[Marks], Marks],
    ) -> int:
        with self._store.transaction():
            self._check_seen(topic_id, seen)
            before = self._get(topic_id)
            after = change(before)
            self._store.set_marks(topic_id, after)
            kept = Change({topic_id: before}, {topic_id: after})
            return self._add(topic_id, action, note, by, kept)

    def _add(self, topic_id: int, action: Action, note: str, by: str, change: Change | None) -> int:
        at: datetime = self._clock.now()
        return self._store.add_event(topic_id, at, by, action, note[:MAX_NOTE], change)

    def _check_seen(self, topic_id: int, seen: int | None) -> None:
        if seen is None:
            return
        for event in self._store.list_events(topic_id):
            if event.id > seen and event.action is not Action.COMMENTED:
                who = event.account_email or "the system"
                raise ChangedMeanwhile(
                    "%(who)s changed this topic in the meantime (%(action)s). "
                    "Look at it again before you decide.",
                    who=who,
                    action=event.action,
                )

    def _get(self, topic_id: int) -> Marks:
        marks = self._get_any(topic_id)
        if marks.merged_into is not None:
            raise InvalidInput(
                "This topic was merged into topic %(other)s.", other=marks.merged_into
            )
        return marks

    def _get_any(self, topic_id: int) -> Marks:
        marks = self._store.find_marks(topic_id)
        if marks is None:
            raise InvalidInput("There is no such topic any more.")
        return marks


def _undecided(marks: Marks) -> Marks:
    return replace(marks, state=TopicState.NEW, reason="", answer="", answered_at=None)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
