"""Takes inquiries, promises a time, and brings the replies to the customer.

An address is used for two kinds of mail: one that says the message arrived and by when it
is answered, and the replies.  Inquiries are deleted ``KB_INQUIRY_DAYS`` after the last
thing that happened to them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kb.clock import Clock
from kb.contacts.models import Department
from kb.contacts.opening import find_reply_due
from kb.errors import InvalidInput
from kb.inquiries.handling import InquiryHandling
from kb.inquiries.models import (
    TO_ANSWER,
    Entry,
    EntryKind,
    GivenAnswer,
    Inquiry,
    NewInquiry,
    Status,
    Tried,
)
from kb.inquiries.store import InquiryStore
from kb.mail.address import parse_address
from kb.mail.links import make_key
from kb.mail.models import Message
from kb.mail.outbox import Outbox
from kb.mail.templates import MailTemplates
from kb.search_log.sameness import normalise
from kb.text import clean_query_text

LONGEST_MESSAGE = 5_000
LONGEST_NAME = 100
LONGEST_REPLY = 20_000
_SHOWN = 5
"""Inquiries and answers listed with a topic."""
_TRIED = 20
"""Searches and articles that are kept with an inquiry."""


@dataclass(frozen=True, slots=True)
class InquiryOptions:
    """What the settings say about them."""

    is_wanted: bool
    keep_for: timedelta
    base_url: str
    """Links in mails never follow the host that a request names."""


class InquiryService:
    """Inquiries from the form to the reply; safe to share between threads."""

    def __init__(
        self,
        store: InquiryStore,
        outbox: Outbox,
        templates: MailTemplates,
        clock: Clock,
        options: InquiryOptions,
        site_name: Callable[[], str],
        redact: Callable[[str], str],
        find_department: Callable[[str], Department | None],
    ) -> None:
        """Put the service together; ``store`` is in the same file as the outbox."""
        self.handling = InquiryHandling(store, clock)
        self._store = store
        self._outbox = outbox
        self._templates = templates
        self._clock = clock
        self._options = options
        self._site_name = site_name
        self._redact = redact
        self._find_department = find_department

    @property
    def is_offered(self) -> bool:
        """Whether customers may write here: only when replies can reach them."""
        return self._options.is_wanted and self._outbox.can_send()

    def send(
        self, new: NewInquiry, department: Department | None, *, confirms: bool = True
    ) -> Inquiry:
        """Keep an inquiry, and tell the department and, if it ``confirms``, the customer.

        The mail to the customer does not repeat the message: anybody can type anybody's
        address, and a message with it.

        Raises:
            InvalidInput: the message is missing or too long, or the address is none; names the
                field.
        """
        address = parse_address(new.email)
        message = _clean(new.message, LONGEST_MESSAGE, "message", "Write what you want to know.")
        now = self._clock.now()
        question = self._redact(clean_query_text(new.question))
        tried = Tried(new.tried.searches[:_TRIED], new.tried.opened[:_TRIED])
        inquiry = Inquiry(
            id=0,
            key=make_key(),
            email=address,
            name=" ".join(new.name.split())[:LONGEST_NAME],
            message=message,
            question=question,
            article=new.article,
            department=department.slug if department else "",
            status=Status.NEW,
            created_at=now,
            changed_at=now,
            due_at=find_reply_due(department, now) if department else None,
            answered_at=None,
            tried=tried,
        )
        wordings = {normalise(text) for text in (question, *tried.searches)} - {""}
        with self._store.transaction():
            inquiry = self._store.add(inquiry, wordings)
            if confirms:
                self._post_received(inquiry)
            if department and department.email:
                self._post_arrived(inquiry, department.email)
        self._outbox.deliver_soon()
        return inquiry

    def reply(
        self, inquiry_id: int, text: str, by: str, *, solves: bool, seen: int | None = None
    ) -> None:
        """Send an answer to the customer; ``solves`` is False when it asks for more.

        ``seen`` is as in ``InquiryHandling``: nobody is to get two answers.

        Raises:
            InvalidInput: there is no text, or too much of it, or no such inquiry.
            ChangedMeanwhile: somebody was quicker.
        """
        text = _clean(text, LONGEST_REPLY, "reply", "Write the reply.")
        inquiry = self.get(inquiry_id)
        now = self._clock.now()
        status = Status.SOLVED if solves else Status.PENDING
        with self._store.transaction():
            self.handling.check_seen(inquiry_id, seen)
            self._store.add_entry(inquiry_id, Entry(EntryKind.REPLY, text, by, now))
            self._store.change(inquiry_id, status, now, inquiry.answered_at or now)
            mail = self._templates.render(
                "inquiry_reply",
                site_name=self._site_name(),
                number=inquiry.id,
                text=text,
                url=self._link(inquiry),
            )
            self._post("inquiry-reply", inquiry, mail.subject, mail.text)
        self._outbox.deliver_soon()

    def note(self, inquiry_id: int, text: str, by: str) -> None:
        """Keep a note for colleagues. Raises InvalidInput."""
        text = _clean(text, LONGEST_REPLY, "note", "Write the note.")
        self.get(inquiry_id)
        with self._store.transaction():
            self._store.add_entry(inquiry_id, Entry(EntryKind.NOTE, text, by, self._clock.now()))

    def delete(self, inquiry_id: int) -> None:
        """Remove an inquiry, and mails about it that have not left yet."""
        inquiry = self.get(inquiry_id)
        with self._store.transaction():
            self._store.delete(inquiry_id)
            self._outbox.cancel(inquiry.key)

    def get(self, inquiry_id: int) -> Inquiry:
        """One inquiry. Raises InvalidInput."""
        found = self._store.find(inquiry_id)
        if found is None:
            raise InvalidInput("There is no inquiry %(number)s.", number=inquiry_id)
        return found

    def find(self, inquiry_id: int) -> Inquiry | None:
        """One inquiry; None when there is none with this number."""
        return self._store.find(inquiry_id)

    def find_by_key(self, key: str) -> Inquiry | None:
        """The inquiry that a customer's link is about."""
        return self._store.find_by_key(key)

    def list_inquiries(
        self,
        statuses: Sequence[Status],
        limit: int,
        offset: int = 0,
        assignee: str | None = None,
    ) -> Sequence[Inquiry]:
        """Those in one of the statuses: first what is due, the earliest first, then the newest.

        Args:
            statuses: that are wanted.
            limit: the most of them.
            offset: how many to leave out at the beginning.
            assignee: e-mail address of whose; "" for nobody's, None for all.
        """
        return self._store.list_inquiries(statuses, limit, offset, assignee)

    def count_by_status(self, assignee: str | None = None) -> Mapping[Status, int]:
        """How many there are in each status that has any; ``assignee`` as in the list."""
        return self._store.count_by_status(assignee)

    def count_to_answer(self, assignee: str | None = None) -> int:
        """How many wait for an agent; ``assignee`` as in the list."""
        counts = self._store.count_by_status(assignee)
        return sum(counts.get(status, 0) for status in TO_ANSWER)

    def list_entries(self, inquiry_id: int) -> Sequence[Entry]:
        """What happened to it, the oldest first."""
        return self._store.list_entries(inquiry_id)

    def list_of_topic(self, topic_id: int) -> Sequence[Inquiry]:
        """The newest inquiries of customers who searched for the topic before they wrote."""
        return self._store.list_of_topic(topic_id, _SHOWN)

    def count_of_topic(self, topic_id: int) -> int:
        """How many there are."""
        return self._store.count_of_topic(topic_id)

    def list_answers(self, topic_id: int) -> Sequence[GivenAnswer]:
        """What agents answered to them, the last reply of each solved one, newest first.

        Personal data that can be told is removed, since an answer may become an article.
        """
        found = self._store.list_answers(topic_id, _SHOWN)
        return [GivenAnswer(a.inquiry, self._redact(a.text), a.at) for a in found]

    def maintain(self) -> int:
        """The regular job: delete what is kept long enough; how many."""
        before = self._clock.now() - self._options.keep_for
        old = self._store.list_unchanged(before)
        for inquiry_id in old:
            self.delete(inquiry_id)
        return len(old)

    def _post_received(self, inquiry: Inquiry) -> None:
        mail = self._templates.render(
            "inquiry_received",
            site_name=self._site_name(),
            number=inquiry.id,
            url=self._link(inquiry),
            days=self._options.keep_for.days,
        )
        self._post("inquiry-received", inquiry, mail.subject, mail.text)

    def _post_arrived(self, inquiry: Inquiry, recipient: str) -> None:
        mail = self._templates.render(
            "inquiry_arrived",
            site_name=self._site_name(),
            number=inquiry.id,
            question=inquiry.question,
            url=f"{self._options.base_url}/staff/inquiries/{inquiry.id}",
        )
        self._outbox.post(
            Message("inquiry-arrived", mail.text, recipient=recipient, subject=mail.subject,
                    reference=inquiry.key, is_to_staff=True)
        )  # fmt: skip

    def _post(self, kind: str, inquiry: Inquiry, subject: str, text: str) -> None:
        self._outbox.post(
            Message(kind, text, recipient=inquiry.email, subject=subject,
                    reference=inquiry.key, reply_to=self._find_reply_to(inquiry))
        )  # fmt: skip

    def _find_reply_to(self, inquiry: Inquiry) -> str:
        """The department's address: who answers our mail is not to write to a machine.

        Checked as customers' addresses are, since it becomes a header; empty when there is none
        that every mail server takes.
        """
        department = self._find_department(inquiry.department)
        if department is None or not department.email:
            return ""
        try:
            return parse_address(department.email)
        except InvalidInput:
            return ""

    def _link(self, inquiry: Inquiry) -> str:
        return f"{self._options.base_url}/contact/inquiry/{inquiry.key}"


def _clean(text: str, longest: int, field: str, missing: str) -> str:
    cleaned = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not cleaned:
        raise InvalidInput(missing, field)
    if len(cleaned) > longest:
        raise InvalidInput("Use at most %(count)s characters.", field, count=longest)
    return cleaned
