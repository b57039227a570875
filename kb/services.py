"""What an entry point may use: one frozen bundle, made by ``kb.bootstrap``."""

from dataclasses import dataclass

from kb.accounts.rate_limits import RateLimiter
from kb.accounts.saved_filters import SavedFilterService
from kb.accounts.service import AccountService
from kb.clock import Clock
from kb.config import Settings
from kb.content_changes.drafts import DraftService
from kb.content_changes.service import ContentChangeService
from kb.content_gaps.reopening import TopicEffectService
from kb.content_gaps.service import ContentGapService
from kb.digest.service import DigestService
from kb.inquiries.service import InquiryService
from kb.mail.outbox import Outbox
from kb.notifications.service import NotificationService
from kb.page_reports.service import PageReportService
from kb.publishing.generations import Generations
from kb.relevance.service import RegressionService
from kb.search_log.service import SearchLogService


@dataclass(frozen=True)
class Services:
    """Everything a page, an API call or a command works with."""

    settings: Settings
    clock: Clock
    secret_key: str
    generations: Generations
    """What is published; ``generations.current()`` is what this request reads."""
    search_log: SearchLogService
    content_gaps: ContentGapService
    topic_effects: TopicEffectService
    """What answers changed."""
    relevance: RegressionService
    accounts: AccountService
    saved_filters: SavedFilterService
    rate_limiter: RateLimiter
    outbox: Outbox
    notifications: NotificationService
    inquiries: InquiryService
    digest: DigestService
    content_changes: ContentChangeService
    drafts: DraftService
    page_reports: PageReportService
