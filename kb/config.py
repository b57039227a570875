"""One settings table: every setting, its environment variable, default and meaning.

``docs/settings.md`` has a heading for each row and a test compares the two.
Nothing else in the product reads the environment.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kb.errors import SettingsError
from kb.private_patterns import PrivatePattern, parse_private_patterns
from kb.setting_values import (
    one_of,
    to_base_url,
    to_languages,
    to_optional_path,
    to_path,
    to_ref,
    to_regions,
    to_remote,
    to_share,
    to_switch,
    to_webhook_url,
    whole_number,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, parsed and checked. Field ``x_y`` comes from ``KB_X_Y``."""

    content_dir: Path
    content_ref: str
    index_dir: Path
    database: Path
    base_url: str
    secret_key: str
    rate_limit: bool
    search_engine: str
    semantic: bool
    semantic_timeout_ms: int
    model_dir: Path | None
    embedder_socket: Path | None
    weak_confidence: float
    visit_minutes: int
    search_log_days: int
    learn: bool
    regression: str
    regression_rank: int
    reopen_visits: int
    phone_regions: tuple[str, ...]
    private_patterns: tuple[PrivatePattern, ...]
    trusted_proxies: int
    mail_sender: str
    mail_from: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: str
    tell_me: bool
    tell_me_days: int
    inquiries: bool
    inquiry_days: int
    digest: bool
    digest_day: str
    digest_hour: int
    webhook_url: str
    webhook_format: str
    webhook_secret: str
    content_remote: str
    languages: tuple[str, ...]
    offline: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: how a variable is read and what it is for."""

    variable: str
    default: str
    parse: Callable[[str], Any]
    meaning: str

    @property
    def field(self) -> str:
        """The name of the field in ``Settings``."""
        return self.variable.removeprefix("KB_").lower()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "KB_CONTENT_DIR",
        "articles",
        to_path,
        "Folder, git checkout or bare repository that holds the articles.",
    ),
    Setting(
        "KB_CONTENT_REF",
        "",
        to_ref,
        "Branch to publish from; empty publishes the files as they lie in the folder.",
    ),
    Setting(
        "KB_INDEX_DIR",
        "search_index",
        to_path,
        "Folder for the published generations; everything in it can be rebuilt.",
    ),
    Setting(
        "KB_DATABASE",
        "instance/helpshelf.db",
        to_path,
        "SQLite file with the search log, topics, votes and staff accounts.",
    ),
    Setting(
        "KB_BASE_URL",
        "",
        to_base_url,
        "Public address of the help center, used in feeds, sitemap and canonical links.",
    ),
    Setting(
        "KB_SECRET_KEY",
        "",
        str,
        "Key that signs cookies and forms; made once beside the database when empty.",
    ),
    Setting(
        "KB_RATE_LIMIT",
        "on",
        to_switch,
        "Limits how often one address may search, vote and sign in; off for benchmarks.",
    ),
    Setting(
        "KB_SEARCH_ENGINE",
        "whoosh",
        one_of("whoosh", "memory"),
        "Search engine behind the engine interface.",
    ),
    Setting("KB_SEMANTIC", "on", to_switch, "Searches by meaning as well as by words."),
    Setting(
        "KB_SEMANTIC_TIMEOUT_MS",
        "150",
        whole_number(1, 10_000),
        "Milliseconds that a search waits for the sentence model before it goes on without.",
    ),
    Setting(
        "KB_MODEL_DIR",
        "",
        to_optional_path,
        "Folder of a sentence model exported to ONNX; empty takes the one that is installed.",
    ),
    Setting(
        "KB_EMBEDDER_SOCKET",
        "",
        to_optional_path,
        "Socket of an embedding process that workers share; `kb serve` sets it.",
    ),
    Setting(
        "KB_WEAK_CONFIDENCE",
        "0.2",
        to_share,
        "Confidence below which a search with hits counts as weak.",
    ),
    Setting(
        "KB_VISIT_MINUTES",
        "30",
        whole_number(1, 1440),
        "Minutes without a request after which a visit has ended.",
    ),
    Setting(
        "KB_SEARCH_LOG_DAYS", "90", whole_number(1, 3650), "Days that single searches are kept."
    ),
    Setting(
        "KB_LEARN",
        "on",
        to_switch,
        "Indexes wordings with the article that answered several customers who used them.",
    ),
    Setting(
        "KB_REGRESSION",
        "warn",
        one_of("warn", "refuse", "off"),
        "What publishing does when a regression query fails.",
    ),
    Setting(
        "KB_REGRESSION_RANK",
        "3",
        whole_number(1, 100),
        "Place within which a regression query must find its article.",
    ),
    Setting(
        "KB_REOPEN_VISITS",
        "3",
        whole_number(1, 1000),
        "Visits in which an answered topic fails again until it reopens.",
    ),
    Setting(
        "KB_PHONE_REGIONS",
        "US,CA,GB,DE,FR",
        to_regions,
        "Countries whose national phone numbers are removed from the search log.",
    ),
    Setting(
        "KB_PRIVATE_PATTERNS",
        "",
        parse_private_patterns,
        "How order and account numbers look that are removed from the search log.",
    ),
    Setting(
        "KB_TRUSTED_PROXIES",
        "0",
        whole_number(0, 10),
        "Number of reverse proxies in front whose forwarded address is trusted.",
    ),
    Setting(
        "KB_MAIL_SENDER",
        "",
        one_of("", "smtp", "console", "off"),
        "How mails leave; empty is smtp when KB_SMTP_HOST is set, else off.",
    ),
    Setting("KB_MAIL_FROM", "", str, "Sender of all mails, with or without a name."),
    Setting("KB_SMTP_HOST", "", str, "Mail server that takes over mails."),
    Setting("KB_SMTP_PORT", "587", whole_number(1, 65_535), "Port of the mail server."),
    Setting("KB_SMTP_USER", "", str, "Name to sign in to the mail server with, if it asks."),
    Setting("KB_SMTP_PASSWORD", "", str, "Password to sign in to the mail server with."),
    Setting(
        "KB_SMTP_TLS",
        "starttls",
        one_of("starttls", "tls", "off"),
        "Encryption on the way to the mail server.",
    ),
    Setting(
        "KB_TELL_ME",
        "on",
        to_switch,
        "Offers customers who searched in vain a mail when there is an answer.",
    ),
    Setting(
        "KB_TELL_ME_DAYS",
        "180",
        whole_number(1, 730),
        "Days that a customer's address waits for an answer.",
    ),
    Setting(
        "KB_INQUIRIES",
        "on",
        to_switch,
        "Offers customers a form to write to a department, when mails can be sent.",
    ),
    Setting(
        "KB_INQUIRY_DAYS",
        "365",
        whole_number(1, 3650),
        "Days that an inquiry is kept after the last thing that happened to it.",
    ),
    Setting("KB_DIGEST", "on", to_switch, "Sends staff a weekly digest."),
    Setting(
        "KB_DIGEST_DAY",
        "monday",
        one_of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        "Day on which the digest of the week before is due.",
    ),
    Setting("KB_DIGEST_HOUR", "6", whole_number(0, 23), "Hour in UTC at which the digest is due."),
    Setting("KB_WEBHOOK_URL", "", to_webhook_url, "Address that the digest is posted to as well."),
    Setting(
        "KB_WEBHOOK_FORMAT",
        "json",
        one_of("json", "slack"),
        "What is posted there: the figures as JSON, or a message for Slack.",
    ),
    Setting("KB_WEBHOOK_SECRET", "", str, "Key that signs what is posted there."),
    Setting(
        "KB_CONTENT_REMOTE",
        "",
        to_remote,
        "Remote of the content's git repository that commits are pushed to; empty pushes nothing.",
    ),
    Setting(
        "KB_LANGUAGES",
        "en,de,es",
        to_languages,
        "Languages that customers and staff may have the interface in.",
    ),
    Setting(
        "KB_OFFLINE",
        "off",
        to_switch,
        "Keeps important articles on customers' devices for when there is no network.",
    ),
)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read every setting from ``environ`` (the process environment if omitted).

    Raises:
        SettingsError: a value cannot work; names the variable, the value and what to use.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        raw = environ.get(setting.variable, "").strip() or setting.default
        try:
            values[setting.field] = setting.parse(raw)
        except ValueError as error:
            raise SettingsError(f"{setting.variable}={raw!r} cannot be used: {error}.") from error
    assert {field.name for field in fields(Settings)} == set(values)
    return Settings(**values)


def settings_environment(settings: Settings) -> dict[str, str]:
    """The environment from which ``load_settings`` makes the same settings: for a subprocess."""
    return {s.variable: _written(getattr(settings, s.field)) for s in SETTINGS}


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def load_secret_key(settings: Settings) -> str:
    """The signing key: the one that was set, else one made once beside the database.

    The file has mode 0600; removing it signs everybody out and nothing worse.

    Raises:
        SettingsError: the folder of the database cannot be written.
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.database.parent / "secret_key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_text(encoding="ascii").strip()
            if key:
                return key
            raise SettingsError(f"{path} is empty: remove it, or set KB_SECRET_KEY.") from None
        key = secrets.token_urlsafe(48)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
        return key
    except OSError as error:
        raise SettingsError(
            f"The signing key cannot be kept in {path} ({error.strerror}): "
            "make the folder writable, or set KB_SECRET_KEY."
        ) from error
