"""Builds the digest of a week and sends it, once, to everybody of the staff who wants it."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kb.accounts.models import Account
from kb.clock import Clock
from kb.digest.exports import digest_object, slack_message
from kb.digest.models import (
    AnsweredTopic,
    Digest,
    Effect,
    RegressionFailure,
    SendResult,
    TopicDemand,
    Week,
    WeekRates,
)
from kb.digest.schedule import find_due_week, last_complete_week
from kb.digest.store import DigestStore
from kb.mail.links import LinkSigner
from kb.mail.models import Channel, Message
from kb.mail.outbox import Outbox
from kb.mail.templates import MailTemplates, MailText
from kb.search_log.service import SearchLogService

MIN_VISITS = 3
"""Wordings leave the server in a digest only when several visits share their topic: what one
person typed stays in the staff area."""
RISING_FACTOR = 1.5
"""Visits against the week before from which a topic counts as rising."""
_LISTED = 10
_UNSUBSCRIBE = "digest unsubscribe"

_log = logging.getLogger(__name__)

MeasureEffect = Callable[[AnsweredTopic], Effect]
"""What answering a topic changed."""
ListRegressions = Callable[[Week], Sequence[RegressionFailure]]
"""Questions that did not find their article any more, at the end of a week."""


@dataclass(frozen=True, slots=True)
class DigestOptions:
    """What the settings say about it."""

    is_wanted: bool
    day: str
    hour: int
    base_url: str
    webhook_format: str


@dataclass(frozen=True, slots=True)
class DigestSources:
    """What the digest asks other features; the optional ones leave their part out."""

    search_log: SearchLogService
    refresh_topics: Callable[[], None]
    """Puts the latest failed searches into topics."""
    list_accounts: Callable[[], Sequence[Account]]
    site_name: Callable[[], str]
    find_title: Callable[[str], str | None]
    """The title of the published article with a slug."""
    measure_effect: MeasureEffect | None = None
    """Takes the place of the plain counts of the week before and after."""
    list_regressions: ListRegressions | None = None


class DigestService:
    """The digest, from the figures to the outbox."""

    def __init__(
        self,
        store: DigestStore,
        sources: DigestSources,
        outbox: Outbox,
        templates: MailTemplates,
        signer: LinkSigner,
        clock: Clock,
        options: DigestOptions,
    ) -> None:
        self._store = store
        self._sources = sources
        self._outbox = outbox
        self._templates = templates
        self._signer = signer
        self._clock = clock
        self._options = options

    @property
    def is_mailed(self) -> bool:
        """Whether staff get it by mail at all, so that a choice is to be offered."""
        return self._options.is_wanted and self._outbox.can_send()

    def build(self, week: Week | None = None) -> Digest:
        """The digest of a week, the last complete one if omitted."""
        week = week or last_complete_week(self._clock.now())
        self._sources.refresh_topics()
        demand = self._store.list_demand(week)
        shared = [topic for topic in demand if topic.visits >= MIN_VISITS]
        rising = sorted((t for t in shared if _is_rising(t)), key=_by_rise)
        regressions = self._sources.list_regressions
        return Digest(
            week=week,
            rates=self._count(week),
            rates_before=self._count(week.before),
            new_topics=sum(topic.is_new for topic in demand),
            new=tuple(topic for topic in shared if topic.is_new)[:_LISTED],
            rising=tuple(rising[:_LISTED]),
            answered=self._list_answered(week),
            unhelpful=tuple(
                replace(article, title=self._sources.find_title(article.slug) or article.slug)
                for article in self._store.list_unhelpful(week, _LISTED)
            ),
            regressions=None if regressions is None else tuple(regressions(week))[:_LISTED],
        )

    def render(self, digest: Digest, unsubscribe_url: str = "") -> MailText:
        """The digest as a mail."""
        return self._templates.render(
            "digest",
            site_name=self._sources.site_name(),
            digest=digest,
            base_url=self._options.base_url,
            unsubscribe_url=unsubscribe_url,
            min_visits=MIN_VISITS,
        )

    def send(self, week: Week | None = None) -> SendResult:
        """Send the digest of a week, or the latest that is due; a second time does nothing.

        Raises:
            DatabaseError: the database cannot be read or written.
        """
        options = self._options
        due = week or find_due_week(self._clock.now(), options.day, options.hour)
        if not options.is_wanted:
            return SendResult(due, False, 0, False, "KB_DIGEST is off")
        if not any(self._outbox.can_send(channel) for channel in Channel):
            reason = "neither mail (KB_SMTP_HOST) nor a webhook (KB_WEBHOOK_URL) is set up"
            return SendResult(due, False, 0, False, reason)
        if self._store.is_sent(due):
            return SendResult(due, False, 0, False, "it was sent before")
        digest = self.build(due)
        messages = [] if digest.is_empty else self._make_messages(digest)
        mails = sum(message.channel is Channel.MAIL for message in messages)
        with self._store.transaction():
            if not self._store.mark_sent(due, self._clock.now(), mails):
                return SendResult(due, False, 0, False, "it was sent before")
            for message in messages:
                self._outbox.post(message)
        self._outbox.deliver_soon()
        _log.info("digest of %s: %s mails", due, mails)
        reason = "" if messages else "nothing happened in that week, or nobody wants it"
        return SendResult(due, bool(messages), mails, len(messages) > mails, reason)

    def wants_digest(self, account_id: int) -> bool:
        """Whether the account gets the digest."""
        return not self._store.has_declined(account_id)

    def set_wanted(self, account_id: int, wanted: bool) -> None:
        """Whether the account gets the digest."""
        self._store.set_declined(account_id, not wanted)

    def is_unsubscribe_link(self, token: str) -> bool:
        """Whether the link came from one of our digests."""
        return self._read_token(token) is not None

    def unsubscribe(self, token: str) -> bool:
        """Send no more digests to whom the link belongs; False for a forged one."""
        account_id = self._read_token(token)
        if account_id is None:
            return False
        self.set_wanted(account_id, False)
        return True

    def _make_messages(self, digest: Digest) -> list[Message]:
        messages = []
        if self._outbox.can_send():
            messages = [
                self._make_mail(digest, account)
                for account in self._sources.list_accounts()
                if account.disabled_at is None and self.wants_digest(account.id)
            ]
        if self._outbox.can_send(Channel.WEBHOOK):
            messages.append(self._make_webhook_call(digest))
        return messages

    def _make_mail(self, digest: Digest, account: Account) -> Message:
        token = self._signer.make(_UNSUBSCRIBE, str(account.id))
        url = f"{self._options.base_url}/digest/unsubscribe/{token}"
        mail = self.render(digest, url)
        return Message("digest", mail.text, recipient=account.email, subject=mail.subject,
                       unsubscribe_url=url, is_to_staff=True)  # fmt: skip

    def _make_webhook_call(self, digest: Digest) -> Message:
        value: dict[str, object]
        if self._options.webhook_format == "slack":
            value = slack_message(self.render(digest))
        else:
            value = {"event": "digest", "digest": digest_object(digest, self._options.base_url)}
        return Message(
            "digest", json.dumps(value, ensure_ascii=False), Channel.WEBHOOK, is_to_staff=True
        )

    def _count(self, week: Week) -> WeekRates:
        total = self._sources.search_log.summary(week.first, week.last).total
        return WeekRates(
            total.visits, total.searches, total.failed, total.zero_results, total.success_rate
        )

    def _list_answered(self, week: Week) -> tuple[AnsweredTopic, ...]:
        answered = self._store.list_answered(week, self._clock.now())
        measure = self._sources.measure_effect
        if measure is None:
            return tuple(answered)
        return tuple(replace(topic, effect=measure(topic)) for topic in answered)

    def _read_token(self, token: str) -> int | None:
        key = self._signer.read(_UNSUBSCRIBE, token)
        return int(key) if key is not None and key.isdecimal() else None


def _is_rising(topic: TopicDemand) -> bool:
    return not topic.is_new and topic.visits >= topic.visits_before * RISING_FACTOR


def _by_rise(topic: TopicDemand) -> tuple[int, int]:
    return (topic.visits_before - topic.visits, topic.topic_id)
