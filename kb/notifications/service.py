"""Tells people who searched in vain when there is an answer, once, and forgets them.

An address is used for two mails: one that asks whether it is its owner's wish, and one
when the question is answered.  It is deleted with the second, when it is withdrawn, two
days after the first without a yes, and after ``KB_TELL_ME_DAYS`` days in any case.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kb.clock import Clock
from kb.errors import InvalidInput
from kb.mail.address import parse_address
from kb.mail.links import LinkSigner, make_key
from kb.mail.models import Message
from kb.mail.outbox import Outbox
from kb.mail.templates import MailTemplates
from kb.notifications.models import Answer, TellMeRequest
from kb.notifications.store import NotificationStore
from kb.search_log.sameness import normalise
from kb.text import clean_query_text

UNCONFIRMED_FOR = timedelta(hours=48)
CONFIRM, WITHDRAW = "tell-me confirm", "tell-me withdraw"
_HOUR = 3600

_log = logging.getLogger(__name__)

FindAnswer = Callable[[str], Answer | None]
"""The published article with this slug."""


@dataclass(frozen=True, slots=True)
class TellMeOptions:
    """What the settings say about it."""

    is_wanted: bool
    keep_for: timedelta
    base_url: str
    """Links in mails never follow the host that a request names."""


class NotificationService:
    """Requests to be told, from the form to the mail."""

    def __init__(
        self,
        store: NotificationStore,
        outbox: Outbox,
        templates: MailTemplates,
        signer: LinkSigner,
        clock: Clock,
        options: TellMeOptions,
        site_name: Callable[[], str],
        redact: Callable[[str], str],
    ) -> None:
        """Put the service together.

        Args:
            store: keeps requests; in the same file as the outbox.
            outbox: takes the mails.
            templates: texts of the mails.
            signer: makes the links in them.
            clock: tells what is over.
            options: from the settings.
            site_name: of the help center, as mails name it.
            redact: takes personal data out of a text, as the search log does.
        """
        self._store = store
        self._outbox = outbox
        self._templates = templates
        self._signer = signer
        self._clock = clock
        self._options = options
        self._site_name = site_name
        self._redact = redact

    @property
    def is_offered(self) -> bool:
        """Whether customers may ask: only when a mail can reach them."""
        return self._options.is_wanted and self._outbox.can_send()

    def request(self, text: str, email: str, language: str = "") -> None:
        """Send a mail that asks the owner of the address for a yes.

        Whether the address is known makes no difference to the caller. The mail does not
        repeat the text: anybody can type anybody's address, and a message with it.

        Args:
            text: what was searched.
            email: address to tell.
            language: tag of the language of the mails.

        Raises:
            InvalidInput: there is no text, or the address is none; names the field.
        """
        address = parse_address(email)
        text = self._redact(clean_query_text(text))
        normalised = normalise(text)
        if not normalised:
            raise InvalidInput("Say what you searched for.", "q")
        with self._store.transaction():
            request = self._store.find(address, normalised)
            if request is not None and request.is_confirmed:
                return
            if request is None:
                expires_at = self._in(UNCONFIRMED_FOR)
                request = TellMeRequest(
                    make_key(), address, text, normalised, False, expires_at, language
                )
                self._store.add(request)
            self._outbox.cancel(request.key)
            self._post_confirmation(request)
        self._outbox.deliver_soon()

    def find_to_confirm(self, token: str) -> TellMeRequest | None:
        """The request that a link from the first mail is about, None when it is over."""
        return self._find(CONFIRM, token)

    def confirm(self, token: str) -> TellMeRequest | None:
        """The owner of the address said yes; None when the link is no longer good."""
        with self._store.transaction():
            request = self._find(CONFIRM, token)
            if request is None:
                return None
            if not request.is_confirmed:
                self._store.confirm(request.key, self._in(self._options.keep_for))
                self._store.keep_wordings()
        return request

    def withdraw(self, token: str) -> bool:
        """Delete the address and what is still to be sent to it; False for a forged link.

        A second time, or after the mail was sent, it is done already.
        """
        key = self._signer.read(WITHDRAW, token)
        if key is None:
            return False
        self._forget([key])
        return True

    def is_withdraw_link(self, token: str) -> bool:
        """Whether the link came from one of our mails."""
        return self._signer.read(WITHDRAW, token) is not None

    def make_withdraw_token(self, request: TellMeRequest) -> str:
        """For the page that says yes was heard."""
        return self._signer.make(WITHDRAW, request.key)

    def notify_answered(self, topic_id: int, title: str, url: str) -> int:
        """Tell everybody who waits for the topic; how many. Call it again at will.

        Args:
            topic_id: a topic whose answer is published.
            title: of the article.
            url: of the article, a path or a full address.
        """
        if not self._outbox.can_send():
            return 0  # they go on waiting until mails can be sent again
        with self._store.transaction():
            requests = self._store.list_waiting(topic_id)
            for request in requests:
                self._post_answer(request, Answer(title, url))
                self._store.remove(request.key)
        if requests:
            _log.info("topic %s: %s people are told", topic_id, len(requests))
            self._outbox.deliver_soon()
        return len(requests)

    def notify_all_answered(self, find_answer: FindAnswer) -> int:
        """The regular job: tell of every answered topic whose article is published.

        Catches what ``notify_answered`` was not called for: a publish after the decision,
        a wording that joined an answered topic, a process that was killed between.
        """
        told = 0
        with self._store.transaction():
            self._store.keep_wordings()
        for topic in self._store.list_answered():
            answer = find_answer(topic.slug)
            if answer is not None:
                told += self.notify_answered(topic.topic_id, answer.title, answer.url)
        return told

    def maintain(self) -> int:
        """The regular job: delete requests whose time is over; how many."""
        return self._forget(self._store.list_expired(self._clock.now()))

    def count_waiting(self, topic_id: int) -> int:
        """How many people wait for the topic; who they are is shown to nobody."""
        return self._store.count_waiting([topic_id]).get(topic_id, 0)

    def count_waiting_by_topic(self, topic_ids: Collection[int]) -> Mapping[int, int]:
        """The same for a list of topics; those that nobody waits for are left out."""
        return self._store.count_waiting(topic_ids) if topic_ids else {}

    def _find(self, purpose: str, token: str) -> TellMeRequest | None:
        key = self._signer.read(purpose, token)
        request = None if key is None else self._store.find_by_key(key)
        is_over = request is None or request.expires_at <= self._clock.now()
        return None if is_over else request

    def _forget(self, keys: Sequence[str]) -> int:
        if keys:
            with self._store.transaction():
                for key in keys:
                    self._store.remove(key)
                    self._outbox.cancel(key)
        return len(keys)

    def _post_confirmation(self, request: TellMeRequest) -> None:
        mail = self._templates.render(
            "tell_me_confirm",
            request.language,
            site_name=self._site_name(),
            confirm_url=self._link("confirm", self._signer.make(CONFIRM, request.key)),
            hours=UNCONFIRMED_FOR // timedelta(hours=1),
        )
        self._outbox.post(
            Message("tell-me-confirm", mail.text, recipient=request.email, subject=mail.subject,
                    reference=request.key)
        )  # fmt: skip

    def _post_answer(self, request: TellMeRequest, answer: Answer) -> None:
        withdraw_url = self._link("withdraw", self._signer.make(WITHDRAW, request.key))
        url = answer.url
        mail = self._templates.render(
            "tell_me_answered",
            request.language,
            site_name=self._site_name(),
            text=request.text,
            title=answer.title,
            url=url if "://" in url else f"{self._options.base_url}{url}",
        )
        self._outbox.post(
            Message("tell-me-answered", mail.text, recipient=request.email, subject=mail.subject,
                    unsubscribe_url=withdraw_url, reference=request.key)
        )  # fmt: skip

    def _link(self, action: str, token: str) -> str:
        return f"{self._options.base_url}/tell-me/{action}/{token}"

    def _in(self, span: timedelta) -> datetime:
        """So far from now, up to the full hour: finer times could be matched with visits."""
        seconds = int((self._clock.now() + span).timestamp())
        return datetime.fromtimestamp(-(-seconds // _HOUR) * _HOUR, UTC)
