"""Steps for mail, answers in git and regression queries."""

from sqlite_utils import Database

from kb.storage.migrations.registry import migrations


@migrations()
def people_are_told(db: Database) -> None:
    """Mails that wait, customers who asked to be told, and the weekly digest."""
    for statement in _PEOPLE_ARE_TOLD:
        db.execute(statement)


_PEOPLE_ARE_TOLD = (
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        channel TEXT NOT NULL,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        unsubscribe_url TEXT NOT NULL,
        reference TEXT NOT NULL,
        is_to_staff INTEGER NOT NULL,
        message_id TEXT NOT NULL,
        posted_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER NOT NULL,
        problem TEXT NOT NULL DEFAULT '',
        given_up_at INTEGER
    )""",
    "CREATE INDEX outbox_waiting ON outbox (next_at) WHERE given_up_at IS NULL",
    # Tied to a text, never to a visit or a search, and to no time finer than an hour.
    """CREATE TABLE tell_me_requests (
        key TEXT PRIMARY KEY,
        email TEXT NOT NULL,
        text TEXT NOT NULL,
        normalised TEXT NOT NULL,
        topic_id INTEGER,
        is_confirmed INTEGER NOT NULL DEFAULT 0,
        expires_at INTEGER NOT NULL
    )""",
    "CREATE INDEX tell_me_requests_by_text ON tell_me_requests (normalised)",
    """CREATE TABLE digests_sent (
        week TEXT PRIMARY KEY,
        sent_at INTEGER NOT NULL,
        mails INTEGER NOT NULL
    )""",
    "CREATE TABLE digests_declined (account_id INTEGER PRIMARY KEY)",
)


@migrations()
def content_changes(db: Database) -> None:
    """What is typed in drafts, pushes that wait for the remote, and how publishing went."""
    for statement in _CONTENT_CHANGES:
        db.execute(statement)


_CONTENT_CHANGES = (
    """CREATE TABLE draft_texts (
        key TEXT PRIMARY KEY,
        account_id INTEGER NOT NULL,
        branch TEXT NOT NULL,
        path TEXT NOT NULL,
        base_commit TEXT NOT NULL,
        text TEXT NOT NULL,
        saved_at TEXT NOT NULL
    )""",
    "CREATE INDEX texts_of_draft ON draft_texts (branch, path)",
    """CREATE TABLE pending_pushes (
        branch TEXT PRIMARY KEY,
        requested_at TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        next_at TEXT NOT NULL,
        reason TEXT NOT NULL
    )""",
    """CREATE TABLE draft_publishes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        branch TEXT NOT NULL,
        path TEXT NOT NULL,
        commit_id TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        error TEXT NOT NULL DEFAULT ''
    )""",
)


@migrations()
def regression_runs(db: Database) -> None:
    """Whether regression queries held at each publish, and where each stood when it last did."""
    for statement in _REGRESSION_RUNS:
        db.execute(statement)


_REGRESSION_RUNS = (
    """CREATE TABLE regression_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        generation TEXT NOT NULL UNIQUE,
        revision TEXT NOT NULL,
        run_at INTEGER NOT NULL,
        mode TEXT NOT NULL,
        within INTEGER NOT NULL,
        queries INTEGER NOT NULL,
        passed INTEGER NOT NULL,
        mean_reciprocal_rank REAL NOT NULL,
        is_refused INTEGER NOT NULL
    )""",
    "CREATE INDEX regression_runs_by_time ON regression_runs (run_at)",
    """CREATE TABLE regression_ranks (
        generation TEXT NOT NULL,
        slug TEXT NOT NULL,
        query TEXT NOT NULL,
        title TEXT NOT NULL,
        rank INTEGER,
        first TEXT NOT NULL,
        holds INTEGER NOT NULL,
        PRIMARY KEY (generation, slug, query)
    ) WITHOUT ROWID""",
    """CREATE TABLE regression_held (
        slug TEXT NOT NULL,
        query TEXT NOT NULL,
        rank INTEGER NOT NULL,
        held_at INTEGER NOT NULL,
        revision TEXT NOT NULL,
        PRIMARY KEY (slug, query)
    ) WITHOUT ROWID""",
)


@migrations()
def key_vectors(db: Database) -> None:
    """What keys mean, so that each is computed once; keys without a row were never compared."""
    db.execute("CREATE TABLE key_vectors (key TEXT PRIMARY KEY, model TEXT NOT NULL, vector BLOB)")
    db.execute("CREATE INDEX wordings_of_key ON wordings (key) WHERE key IS NOT NULL")
