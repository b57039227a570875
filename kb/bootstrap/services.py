"""Settings in, everything an entry point works with out."""

from kb.accounts.rate_limits import NullRateLimiter, RateLimiter
from kb.accounts.saved_filters import SavedFilterService
from kb.accounts.service import AccountService
from kb.bootstrap.content_changes import build_content_changes
from kb.bootstrap.embedding import build_grouping_embedder
from kb.bootstrap.publishing import build_generations
from kb.bootstrap.regression import open_run_store
from kb.bootstrap.told import build_told
from kb.bootstrap.trial_process import ProcessTrialRunner
from kb.clock import Clock, SystemClock
from kb.config import Settings, load_secret_key
from kb.content_changes.service import ContentChangeService
from kb.content_gaps.key_meanings import KeyMeanings
from kb.content_gaps.models import Words
from kb.content_gaps.reopening import TopicEffectService
from kb.content_gaps.service import ContentGapService
from kb.content_gaps.topic_grouper import TopicGrouper
from kb.content_gaps.triage import TriageService
from kb.errors import GenerationUnavailable
from kb.page_reports.service import PageReportService
from kb.publishing.generations import Generations
from kb.relevance.service import RegressionService
from kb.search_log.learning import WordingLearner
from kb.search_log.service import SearchLogService
from kb.services import Services
from kb.storage.accounts import SqliteAccountStore
from kb.storage.content_gaps import SqliteContentGapStore
from kb.storage.migrations import migrations
from kb.storage.page_reports import SqlitePageReportStore
from kb.storage.rate_limits import SqliteRateLimiter
from kb.storage.saved_filters import SqliteSavedFilterStore
from kb.storage.search_log import SqliteSearchLogStore
from kb.storage.sqlite import SqliteFile
from kb.storage.sqlite_library import BUSY_TIMEOUT_MS
from kb.storage.topic_effect import SqliteTopicEffectStore
from kb.storage.topic_grouping import SqliteGroupingStore
from kb.storage.topic_triage import SqliteTriageStore
from kb.storage.wordings import SqliteWordingStore

_LOG_WAITS_MS = 500
"""A customer's search waits no longer for another writer of the log; it answers unrecorded."""


def build_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Everything an entry point works with.

    Raises:
        SettingsError: the signing key cannot be kept.
    """
    clock = clock or SystemClock()
    search_log = _build_search_log(settings, clock)
    generations = build_generations(settings, clock)
    secret_key = load_secret_key(settings)
    file = _database(settings)
    changes, drafts = build_content_changes(settings, clock, file)
    content_gaps = _build_content_gaps(settings, clock, search_log, generations, changes)
    accounts = AccountService(SqliteAccountStore(_database(settings)), clock)
    relevance = RegressionService(
        generations.current,
        open_run_store(settings),
        ProcessTrialRunner(settings),
        settings.regression_rank,
    )
    told = build_told(
        settings,
        clock,
        secret_key,
        file,
        search_log,
        content_gaps,
        accounts,
        generations,
        relevance,
    )
    return Services(
        settings=settings,
        clock=clock,
        secret_key=secret_key,
        generations=generations,
        search_log=search_log,
        content_gaps=content_gaps,
        topic_effects=TopicEffectService(
            SqliteTopicEffectStore(_database(settings)),
            content_gaps.triage,
            search_log,
            clock,
            settings.reopen_visits,
        ),
        relevance=relevance,
        accounts=accounts,
        saved_filters=SavedFilterService(SqliteSavedFilterStore(file), clock),
        rate_limiter=_build_rate_limiter(settings, clock),
        outbox=told.outbox,
        notifications=told.notifications,
        inquiries=told.inquiries,
        digest=told.digest,
        content_changes=changes,
        drafts=drafts,
        page_reports=PageReportService(SqlitePageReportStore(file), clock, search_log.redact),
    )


def _build_search_log(settings: Settings, clock: Clock) -> SearchLogService:
    # Losing the last searches in a power cut is bearable, waiting for the disk is not.
    file = _database(settings, synchronous="NORMAL", busy_timeout_ms=_LOG_WAITS_MS)
    store = SqliteSearchLogStore(file)
    return SearchLogService(
        store,
        clock,
        WordingLearner(store, SqliteWordingStore(file), learns=settings.learn),
        visit_minutes=settings.visit_minutes,
        keep_days=settings.search_log_days,
        phone_regions=settings.phone_regions,
        private=settings.private_patterns,
        # Benchmarks and rehearsals send from one address what comes from many.
        limits_floods=settings.rate_limit,
    )


def _database(
    settings: Settings,
    *,
    synchronous: str = "FULL",
    busy_timeout_ms: int = BUSY_TIMEOUT_MS,
) -> SqliteFile:
    return SqliteFile(
        settings.database,
        synchronous=synchronous,
        migrations=migrations,
        busy_timeout_ms=busy_timeout_ms,
    )


def _build_content_gaps(
    settings: Settings,
    clock: Clock,
    search_log: SearchLogService,
    generations: Generations,
    changes: ContentChangeService,
) -> ContentGapService:
    def words() -> Words:
        try:
            generation = generations.current()
        except GenerationUnavailable:
            return Words()
        language, vocabulary = generation.library.site.language, generation.search.vocabulary
        return Words(language, vocabulary, generations.layout.dictionaries)

    def answers() -> dict[int, str]:
        summaries = generations.current().library.list_articles()
        return {a.topic: a.slug for a in summaries if a.topic is not None}

    file = _database(settings)
    groups = SqliteGroupingStore(file)
    meanings = KeyMeanings(groups, build_grouping_embedder(settings))
    return ContentGapService(
        SqliteContentGapStore(file),
        TriageService(SqliteTriageStore(file), clock),
        search_log,
        changes,
        TopicGrouper(groups, clock, words, meanings),
        answers,
    )


def _build_rate_limiter(settings: Settings, clock: Clock) -> RateLimiter:
    if not settings.rate_limit:
        return NullRateLimiter()
    return SqliteRateLimiter(settings.database.with_name("rate_limits.db"), clock)
