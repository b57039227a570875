"""The outbox: a message is kept in the transaction that causes it, and delivered afterwards.

So a mail is sent if and only if what it tells has happened.  Delivery is at least once:
a process that is killed between the other side's yes and ours sends that one message
again, under the same Message-ID.  Only one process delivers at a time.
"""

import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from kb.clock import Clock
from kb.mail.background import BackgroundDelivery
from kb.mail.models import Channel, DeliveryReport, Message, OutboxState, Waiting
from kb.mail.sender import DeliveryPostponed, DeliveryRefused, Sender, SenderUnavailable
from kb.mail.store import OutboxStore

GIVE_UP_AFTER = timedelta(days=5)
"""As long as mail servers try, so that a weekend without one loses nothing."""
KEEP_PROBLEMS = timedelta(days=30)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
"""Not longer: when the other side is back, what waited should go out soon."""
_BATCH = 50
_MAX_PROBLEM = 300
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")

_log = logging.getLogger(__name__)


class Outbox:
    """Takes messages and delivers them."""

    def __init__(
        self, store: OutboxStore, senders: Mapping[Channel, Sender], clock: Clock, domain: str
    ) -> None:
        """Put the outbox together.

        Args:
            store: keeps messages.
            senders: one for each channel.
            clock: tells what is due.
            domain: ends every Message-ID.
        """
        self._store = store
        self._senders = senders
        self._clock = clock
        self._domain = domain
        self._background: BackgroundDelivery | None = None

    def can_send(self, channel: Channel = Channel.MAIL) -> bool:
        """Whether messages of this channel have a way out."""
        return self._senders[channel].can_send

    def post(self, message: Message) -> None:
        """Keep a message, inside the transaction that causes it; then call ``deliver_soon``."""
        message_id = f"<{uuid.uuid4()}@{self._domain}>"
        self._store.add(message, message_id, self._clock.now())

    def cancel(self, reference: str) -> None:
        """Take back what has not been sent of something, inside a transaction."""
        self._store.cancel(reference)

    def deliver_in_background(self) -> None:
        """From now on ``deliver_soon`` delivers, in a thread: for servers."""
        self._background = BackgroundDelivery(self._deliver_once, self._store.close)

    def deliver_soon(self) -> None:
        """Something was posted and committed; returns at once."""
        if self._background is not None:
            self._background.wake()

    def stop(self) -> None:
        """End the thread after the message that it is at."""
        if self._background is not None:
            self._background.stop()

    def get_state(self) -> OutboxState:
        """What waits and what was given up, for administrators."""
        return self._store.get_state()

    def deliver(self, *, wait: bool = True) -> DeliveryReport:
        """Send whatever is due.

        Args:
            wait: for another process that is delivering; otherwise leave it to that one.

        Raises:
            DatabaseError: the outbox cannot be read or written.
        """
        with self._store.exclusive(wait=wait) as is_alone:
            if not is_alone:
                return DeliveryReport()
            try:
                report = self._deliver_due()
            finally:
                for sender in self._senders.values():
                    sender.close()
            self._store.delete_given_up(self._clock.now() - KEEP_PROBLEMS)
            if report.sent or report.given_up:
                self._store.erase()
            return report

    def _deliver_once(self) -> timedelta | None:
        """One round for the thread: how long until the next, None when nothing is left."""
        self.deliver(wait=False)
        due = self._store.find_next()
        return None if due is None else max(timedelta(seconds=1), due - self._clock.now())

    def _deliver_due(self) -> DeliveryReport:
        report = DeliveryReport()
        channels = [c for c in Channel if self._senders[c].can_send]
        while channels and (due := self._store.list_due(self._clock.now(), channels, _BATCH)):
            for waiting in due:
                if waiting.message.channel not in channels:
                    continue
                try:
                    report = self._attempt(waiting, report)
                except SenderUnavailable:
                    channels.remove(waiting.message.channel)
                    report = replace(report, postponed=report.postponed + 1)
        return report

    def _attempt(self, waiting: Waiting, report: DeliveryReport) -> DeliveryReport:
        message = waiting.message
        try:
            self._senders[message.channel].send(waiting)
        except DeliveryRefused as error:
            self._give_up(waiting, str(error))
            return replace(report, given_up=report.given_up + 1)
        except (DeliveryPostponed, SenderUnavailable) as error:
            if self._clock.now() - waiting.posted_at >= GIVE_UP_AFTER:
                self._give_up(waiting, f"not delivered in {GIVE_UP_AFTER.days} days: {error}")
                return replace(report, given_up=report.given_up + 1)
            self._postpone(waiting, error)
            if isinstance(error, SenderUnavailable):
                raise
            return replace(report, postponed=report.postponed + 1)
        self._store.remove(waiting.id)
        _log.info("sent: %s %s", message.kind, waiting.message_id)
        return replace(report, sent=report.sent + 1)

    def _postpone(self, waiting: Waiting, error: Exception) -> None:
        until = self._next_attempt(waiting.attempts)
        problem = _describe(str(error), waiting.message.recipient)
        self._store.postpone(waiting.id, until, problem)
        if isinstance(error, SenderUnavailable):
            self._store.postpone_all(waiting.message.channel, until)
        _log.warning("not sent yet: %s %s: %s", waiting.message.kind, waiting.message_id, problem)

    def _give_up(self, waiting: Waiting, problem: str) -> None:
        problem = _describe(problem, waiting.message.recipient)
        self._store.give_up(waiting.id, self._clock.now(), problem)
        _log.error("not sent: %s %s: %s", waiting.message.kind, waiting.message_id, problem)

    def _next_attempt(self, attempts: int) -> datetime:
        pause: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(attempts, 10)))
        return self._clock.now() + pause


def _describe(problem: str, recipient: str) -> str:
    """One line without addresses: servers like to repeat whom they refuse."""
    line = " ".join(problem.split())
    if recipient:
        line = line.replace(f"<{recipient}>", "[email]").replace(recipient, "[email]")
    return _ADDRESS.sub("[email]", line)[:_MAX_PROBLEM]
