"""What agents decide about inquiries: whose one is, and where it stands.

Each decision is one transaction with one line in the trail, which names what was there
before, so that it can be taken back.  Whoever acts on a page that is out of date is told
instead of overruling a colleague.
"""

from kb.clock import Clock
from kb.errors import ChangedMeanwhile, InvalidInput
from kb.inquiries.models import Entry, EntryKind, Inquiry, Status
from kb.inquiries.store import InquiryStore


class InquiryHandling:
    """Assigns inquiries and sets their status.

    ``seen`` is the number of the latest entry that the acting person has seen of the inquiry
    (0 for none), None to act whatever happened since.  Actions return the number of their
    entry, None when all was so already, and raise ``InvalidInput`` for an inquiry that is
    not there, ``ChangedMeanwhile`` when somebody was quicker.
    """

    def __init__(self, store: InquiryStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def assign(self, inquiry_id: int, to: str, by: str, seen: int | None = None) -> int | None:
        """Give an inquiry to a colleague, or to nobody with an empty address."""
        with self._store.transaction():
            self.check_seen(inquiry_id, seen)
            return self._change(self._get(inquiry_id), EntryKind.ASSIGNED, to.strip().lower(), by)

    def set_status(
        self, inquiry_id: int, status: Status, by: str, seen: int | None = None
    ) -> int | None:
        """Say where an inquiry stands."""
        with self._store.transaction():
            self.check_seen(inquiry_id, seen)
            return self._change(self._get(inquiry_id), EntryKind.STATUS, status, by)

    def undo(self, entry_id: int, by: str) -> int | None:
        """Take a decision back.

        Raises:
            InvalidInput: there is no such entry, it changed nothing, or it was taken back.
            ChangedMeanwhile: what it changed was changed again since.
        """
        with self._store.transaction():
            entry = self._store.find_entry(entry_id)
            if entry is None or not entry.is_undoable:
                raise InvalidInput("There is nothing to take back.")
            inquiry = self._get(entry.inquiry)
            if _read(inquiry, entry.kind) != entry.text:
                raise ChangedMeanwhile(
                    "The inquiry was changed again since then: take that back first."
                )
            number = self._change(inquiry, entry.kind, entry.before, by)
            if number is not None:
                self._store.mark_undone(entry_id, number)
            return number

    def check_seen(self, inquiry_id: int, seen: int | None) -> None:
        """Refuse what is sent from an old page; notes of colleagues make none old.

        Raises:
            ChangedMeanwhile: somebody replied, assigned or set the status since.
        """
        if seen is None:
            return
        for entry in self._store.list_entries(inquiry_id):
            if entry.id > seen and entry.kind is not EntryKind.NOTE:
                raise ChangedMeanwhile(
                    "%(who)s changed this inquiry in the meantime. "
                    "Look at it again before you decide.",
                    who=entry.by,
                )

    def _change(self, inquiry: Inquiry, kind: EntryKind, value: str, by: str) -> int | None:
        before, now = _read(inquiry, kind), self._clock.now()
        if value == before:
            return None
        if kind is EntryKind.ASSIGNED:
            self._store.assign(inquiry.id, value)
        else:
            self._store.change(inquiry.id, Status(value), now, inquiry.answered_at)
        return self._store.add_entry(inquiry.id, Entry(kind, value, by, now, before))

    def _get(self, inquiry_id: int) -> Inquiry:
        found = self._store.find(inquiry_id)
        if found is None:
            raise InvalidInput("There is no inquiry %(number)s.", number=inquiry_id)
        return found


def _read(inquiry: Inquiry, kind: EntryKind) -> str:
    return inquiry.assignee if kind is EntryKind.ASSIGNED else inquiry.status
