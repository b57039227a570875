"""Settings in; outbox, notifications and digest out: all that tells people something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import kb
from kb.accounts.service import AccountService
from kb.clock import Clock
from kb.config import Settings
from kb.contacts.models import Department
from kb.content.models import State
from kb.content_gaps.service import ContentGapService
from kb.digest.models import RegressionFailure, Week
from kb.digest.service import DigestOptions, DigestService, DigestSources
from kb.errors import GenerationUnavailable, SettingsError
from kb.inquiries.service import InquiryOptions, InquiryService
from kb.mail.links import LinkSigner
from kb.mail.message import parse_sender
from kb.mail.models import Channel
from kb.mail.outbox import Outbox
from kb.mail.sender import Sender
from kb.mail.senders.console import ConsoleSender
from kb.mail.senders.null import NullSender
from kb.mail.senders.smtp import SmtpSender, SmtpServer
from kb.mail.senders.webhook import WebhookSender
from kb.mail.templates import MailTemplates
from kb.notifications.service import NotificationService, TellMeOptions
from kb.publishing.generation import Generation
from kb.publishing.generations import Generations
from kb.relevance.service import RegressionService
from kb.search_log.service import SearchLogService
from kb.storage.digest import SqliteDigestStore
from kb.storage.inquiries import SqliteInquiryStore
from kb.storage.notifications import SqliteNotificationStore
from kb.storage.outbox import SqliteOutboxStore
from kb.storage.sqlite import SqliteFile

_TEMPLATES = Path(kb.__file__).resolve().parents[1] / "templates" / "email"


@dataclass(frozen=True, slots=True)
class Told:
    """The services around the outbox; they share one file, so that they share transactions."""

    outbox: Outbox
    notifications: NotificationService
    inquiries: InquiryService
    digest: DigestService


class _Published:
    """What mails say about the site, from what is published; empty while nothing is."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations

    def site_name(self) -> str:
        current = self._find_current()
        return current.library.site.name if current else ""

    def site_language(self) -> str:
        current = self._find_current()
        return current.library.site.language if current else ""

    def find_department(self, slug: str) -> Department | None:
        current = self._find_current()
        return current.directory.find(slug) if current else None

    def find_title(self, slug: str) -> str | None:
        current = self._find_current()
        found = current.library.find_summary(slug) if current else None
        return found.title if found is not None and found.state is State.PUBLISHED else None

    def _find_current(self) -> Generation | None:
        try:
            return self._generations.current()
        except GenerationUnavailable:
            return None


def build_told(
    settings: Settings,
    clock: Clock,
    secret_key: str,
    file: SqliteFile,
    search_log: SearchLogService,
    content_gaps: ContentGapService,
    accounts: AccountService,
    generations: Generations,
    relevance: RegressionService,
) -> Told:
    """Everything that sends something.

    Raises:
        SettingsError: mail is set up in part only.
    """
    published = _Published(generations)
    outbox = build_outbox(settings, clock, file)
    templates = MailTemplates(_TEMPLATES, published.site_language)
    signer = LinkSigner(secret_key)
    base_url = settings.base_url
    notifications = NotificationService(
        SqliteNotificationStore(file),
        outbox,
        templates,
        signer,
        clock,
        TellMeOptions(settings.tell_me, timedelta(days=settings.tell_me_days), base_url),
        published.site_name,
        search_log.redact,
    )
    inquiries = InquiryService(
        SqliteInquiryStore(file),
        outbox,
        templates,
        clock,
        InquiryOptions(settings.inquiries, timedelta(days=settings.inquiry_days), base_url),
        published.site_name,
        search_log.redact,
        published.find_department,
    )
    sources = DigestSources(
        search_log,
        content_gaps.refresh,
        accounts.list_accounts,
        published.site_name,
        published.find_title,
        list_regressions=lambda week: _list_regressions(relevance, week),
    )
    options = _digest_options(settings)
    digest = DigestService(
        SqliteDigestStore(file), sources, outbox, templates, signer, clock, options
    )
    return Told(outbox, notifications, inquiries, digest)


def _digest_options(settings: Settings) -> DigestOptions:
    return DigestOptions(
        settings.digest,
        settings.digest_day,
        settings.digest_hour,
        settings.base_url,
        settings.webhook_format,
    )


def _list_regressions(relevance: RegressionService, week: Week) -> list[RegressionFailure]:
    run = next((r for r in relevance.list_runs() if r.run_at.date() <= week.last), None)
    failing = relevance.list_failing(run) if run is not None else ()
    return [RegressionFailure(query.text, query.slug, _place(query.rank)) for query in failing]


def _place(rank: int | None) -> str:
    return "not found any more" if rank is None else f"at place {rank}"


def build_outbox(settings: Settings, clock: Clock, file: SqliteFile) -> Outbox:
    """The outbox with its ways out.

    Raises:
        SettingsError: mail is set up in part only.
    """
    senders = build_senders(settings, clock)
    domain = "localhost"
    if senders[Channel.MAIL].can_send:
        domain = parse_sender(settings.mail_from).domain
    return Outbox(SqliteOutboxStore(file), senders, clock, domain)


def build_senders(settings: Settings, clock: Clock) -> Mapping[Channel, Sender]:
    """A sender for each channel.

    Raises:
        SettingsError: mail is set up in part only.
    """
    webhook: Sender = NullSender()
    if settings.webhook_url:
        webhook = WebhookSender(settings.webhook_url, settings.webhook_secret, clock)
    return {Channel.MAIL: _build_mail_sender(settings), Channel.WEBHOOK: webhook}


def _build_mail_sender(settings: Settings) -> Sender:
    kind = settings.mail_sender or ("smtp" if settings.smtp_host else "off")
    if kind == "off":
        return NullSender()
    if kind == "smtp" and not settings.smtp_host:
        raise SettingsError("KB_MAIL_SENDER=smtp needs KB_SMTP_HOST, the name of the mail server.")
    if not settings.base_url:
        raise SettingsError(
            "Mails need KB_BASE_URL, such as https://help.example.com: their links must not "
            "follow the host that a request names."
        )
    try:
        sender = parse_sender(settings.mail_from)
    except ValueError as error:
        raise SettingsError(
            f"KB_MAIL_FROM={settings.mail_from!r} cannot be used: {error}."
        ) from error
    if kind == "console":
        return ConsoleSender(sender)
    server = SmtpServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_tls,
    )
    return SmtpSender(server, sender)
