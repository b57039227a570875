"""Every change of the database's tables, in order. Never edit one that has been released."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("helpshelf")


@migrations()
def accounts(db: Database) -> None:
    """Staff accounts and the sessions they are signed in with."""
    db.table("accounts").create(
        {
            "id": int,
            "email": str,
            "name": str,
            "role": str,
            "password_hash": str,
            "created_at": str,
            "disabled_at": str,
        },
        pk="id",
        not_null={"email", "name", "role", "password_hash", "created_at"},
    )
    db.table("accounts").create_index(["email"], unique=True)
    db.table("sessions").create(
        {"token_hash": str, "account_id": int, "created_at": str, "last_seen_at": str},
        pk="token_hash",
        not_null={"account_id", "created_at", "last_seen_at"},
        foreign_keys=[("account_id", "accounts", "id")],
    )
    db.table("sessions").create_index(["account_id"])


@migrations()
def search_log(db: Database) -> None:
    """Visits with what was searched, opened and voted, and the counts that outlive them."""
    for statement in _SEARCH_LOG:
        db.execute(statement)


_SEARCH_LOG = (
    """CREATE TABLE visits (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        token TEXT UNIQUE,
        started_at INTEGER NOT NULL,
        last_event_at INTEGER NOT NULL,
        is_over INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX visits_going_on ON visits (last_event_at) WHERE is_over = 0",
    """CREATE TABLE wordings (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        normalised TEXT NOT NULL UNIQUE,
        text TEXT NOT NULL,
        failed INTEGER NOT NULL DEFAULT 0,
        topic_id INTEGER
    )""",
    "CREATE INDEX wordings_of_topic ON wordings (topic_id) WHERE topic_id IS NOT NULL",
    "CREATE INDEX wordings_without_topic ON wordings (id) WHERE failed = 1 AND topic_id IS NULL",
    """CREATE TABLE searches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        visit_id INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        touched_at INTEGER NOT NULL,
        day INTEGER NOT NULL,
        wording_id INTEGER NOT NULL,
        text TEXT NOT NULL,
        searched TEXT NOT NULL,
        correction TEXT,
        stage TEXT NOT NULL,
        mode TEXT NOT NULL,
        total INTEGER,
        confidence REAL NOT NULL,
        weak INTEGER NOT NULL,
        language TEXT NOT NULL,
        shown TEXT NOT NULL,
        took_ms REAL NOT NULL,
        source TEXT NOT NULL,
        opens_visit INTEGER NOT NULL,
        opened INTEGER NOT NULL,
        helpful INTEGER,
        contacted INTEGER NOT NULL,
        outcome TEXT,
        failed INTEGER NOT NULL
    )""",
    "CREATE INDEX searches_of_visit ON searches (visit_id)",
    "CREATE INDEX searches_by_day ON searches (day, outcome, failed, total, opens_visit)",
    "CREATE INDEX searches_by_wording ON searches (wording_id, day, failed, total)",
    """CREATE INDEX failed_searches ON searches (day, wording_id, visit_id, recorded_at, outcome)
        WHERE failed = 1""",
    """CREATE TABLE openings (
        id INTEGER PRIMARY KEY,
        visit_id INTEGER NOT NULL,
        search_id INTEGER NOT NULL,
        opened_at INTEGER NOT NULL,
        slug TEXT NOT NULL,
        position INTEGER,
        is_hit INTEGER NOT NULL
    )""",
    "CREATE INDEX openings_of_visit ON openings (visit_id)",
    "CREATE INDEX openings_of_search ON openings (search_id)",
    """CREATE TABLE votes (
        id INTEGER PRIMARY KEY,
        visit_id INTEGER,
        voted_at INTEGER NOT NULL,
        slug TEXT NOT NULL,
        helpful INTEGER NOT NULL
    )""",
    "CREATE UNIQUE INDEX votes_of_visit ON votes (visit_id, slug)",
    "CREATE INDEX votes_of_article ON votes (slug)",
    """CREATE TABLE article_days (
        day INTEGER NOT NULL,
        slug TEXT NOT NULL,
        openings INTEGER NOT NULL,
        PRIMARY KEY (day, slug)
    ) WITHOUT ROWID""",
    """CREATE TABLE search_days (
        day INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        searches INTEGER NOT NULL,
        visits INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        zero_results INTEGER NOT NULL,
        PRIMARY KEY (day, outcome)
    ) WITHOUT ROWID""",
    """CREATE TABLE imported_rows (
        key TEXT PRIMARY KEY,
        visit_id INTEGER NOT NULL
    ) WITHOUT ROWID""",
)


@migrations()
def content_gaps(db: Database) -> None:
    """Topics made of failed searches, and who decided what about them."""
    for statement in _CONTENT_GAPS:
        db.execute(statement)


_CONTENT_GAPS = (
    """CREATE TABLE topics (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        answer TEXT NOT NULL DEFAULT '',
        created_at INTEGER NOT NULL
    )""",
    """CREATE TABLE topic_decisions (
        id INTEGER PRIMARY KEY,
        topic_id INTEGER NOT NULL,
        decided_at INTEGER NOT NULL,
        account_email TEXT NOT NULL,
        state TEXT NOT NULL,
        note TEXT NOT NULL
    )""",
    "CREATE INDEX decisions_of_topic ON topic_decisions (topic_id)",
)


@migrations()
def learned_wordings(db: Database) -> None:
    """Which words lead to which article, counted by visits that are over."""
    for statement in _LEARNED_WORDINGS:
        db.execute(statement)


_LEARNED_WORDINGS = (
    "ALTER TABLE visits ADD COLUMN is_learned INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX visits_to_learn ON visits (id) WHERE is_over = 1 AND is_learned = 0",
    """CREATE TABLE wording_visits (
        wording TEXT PRIMARY KEY,
        visits INTEGER NOT NULL,
        last_day INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE wording_answers (
        wording TEXT NOT NULL,
        slug TEXT NOT NULL,
        visits INTEGER NOT NULL,
        first_day INTEGER NOT NULL,
        last_day INTEGER NOT NULL,
        removed INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (wording, slug)
    ) WITHOUT ROWID""",
)


@migrations()
def topic_triage(db: Database) -> None:
    """Topics that agents name, assign, merge and split, and a trail of all they did.

    A topic may have many keys now, so that merging gives the wordings to come to the topic
    that was kept.
    """
    for statement in _TOPIC_TRIAGE:
        db.execute(statement)


_TOPIC_TRIAGE = (
    """CREATE TABLE topic_keys (
        key TEXT PRIMARY KEY,
        topic_id INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX keys_of_topic ON topic_keys (topic_id)",
    "INSERT INTO topic_keys (key, topic_id) SELECT key, id FROM topics",
    """CREATE TABLE triaged_topics (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        label TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        answer TEXT NOT NULL DEFAULT '',
        assignee TEXT NOT NULL DEFAULT '',
        due_day INTEGER,
        merged_into INTEGER,
        is_noise INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        answered_at INTEGER
    )""",
    "INSERT INTO triaged_topics (id, state, reason, answer, created_at)"
    " SELECT id, state, reason, answer, created_at FROM topics",
    # The numbers of topics that are gone are not given out again: people wrote them down.
    "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'topics')"
    " WHERE name = 'triaged_topics'",
    "DROP TABLE topics",
    "ALTER TABLE triaged_topics RENAME TO topics",
    "ALTER TABLE wordings ADD COLUMN key TEXT",
    """CREATE TABLE topic_events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        topic_id INTEGER NOT NULL,
        happened_at INTEGER NOT NULL,
        account_email TEXT NOT NULL,
        action TEXT NOT NULL,
        note TEXT NOT NULL,
        change TEXT NOT NULL DEFAULT '',
        undone_by INTEGER
    )""",
    "CREATE INDEX events_of_topic ON topic_events (topic_id)",
    "INSERT INTO topic_events (topic_id, happened_at, account_email, action, note)"
    " SELECT topic_id, decided_at, account_email, replace(state, 'new', 'reopened'), note"
    " FROM topic_decisions ORDER BY id",
    "DROP TABLE topic_decisions",
)


@migrations()
def api_tokens(db: Database) -> None:
    """Tokens with which programs act in the name of an account, by their hash."""
    db.table("api_tokens").create(
        {"token_hash": str, "account_id": int, "created_at": str},
        pk="token_hash",
        not_null={"account_id", "created_at"},
        foreign_keys=[("account_id", "accounts", "id")],
    )
    db.table("api_tokens").create_index(["account_id"], unique=True)


@migrations()
def search_log_rules(db: Database) -> None:
    """By which rules a visit was decided, floods, and the counts that outlive single searches."""
    for statement in _SEARCH_LOG_RULES:
        db.execute(statement)


_SEARCH_LOG_RULES = (
    "ALTER TABLE visits ADD COLUMN rules INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE visits ADD COLUMN is_flood INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX visits_by_rules ON visits (rules) WHERE is_over = 1",
    "ALTER TABLE searches ADD COLUMN returned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE votes ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX votes_by_time ON votes (voted_at)",
    "CREATE INDEX openings_by_time ON openings (opened_at)",
    "ALTER TABLE imported_rows ADD COLUMN run INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE topic_days (
        day INTEGER NOT NULL,
        topic_id INTEGER NOT NULL,
        searches INTEGER NOT NULL,
        visits INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        PRIMARY KEY (topic_id, day)
    ) WITHOUT ROWID""",
    """CREATE TABLE wording_days (
        day INTEGER NOT NULL,
        wording_id INTEGER NOT NULL,
        searches INTEGER NOT NULL,
        visits INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        zero_results INTEGER NOT NULL,
        PRIMARY KEY (wording_id, day)
    ) WITHOUT ROWID""",
    """CREATE TABLE flood_days (
        day INTEGER PRIMARY KEY,
        searches INTEGER NOT NULL
    )""",
    # What was counted of a day, as long as nothing of it has changed since.
    """CREATE TABLE day_counts (
        day INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        searches INTEGER NOT NULL,
        visits INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        zero_results INTEGER NOT NULL,
        PRIMARY KEY (day, outcome)
    ) WITHOUT ROWID""",
    "CREATE TABLE changed_days (day INTEGER PRIMARY KEY)",
    "INSERT INTO changed_days SELECT DISTINCT day FROM searches",
    """CREATE TRIGGER searches_added AFTER INSERT ON searches BEGIN
        INSERT OR IGNORE INTO changed_days VALUES (NEW.day);
    END""",
    """CREATE TRIGGER searches_changed AFTER UPDATE ON searches
        WHEN OLD.outcome IS NOT NEW.outcome OR OLD.failed <> NEW.failed
            OR OLD.total IS NOT NEW.total OR OLD.opens_visit <> NEW.opens_visit
            OR OLD.day <> NEW.day BEGIN
        INSERT OR IGNORE INTO changed_days VALUES (OLD.day);
        INSERT OR IGNORE INTO changed_days VALUES (NEW.day);
    END""",
    """CREATE TRIGGER searches_deleted AFTER DELETE ON searches BEGIN
        INSERT OR IGNORE INTO changed_days VALUES (OLD.day);
    END""",
)


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


@migrations()
def inquiries(db: Database) -> None:
    """What customers sent, what they had searched before, and what agents did about it."""
    for statement in _INQUIRIES:
        db.execute(statement)


_INQUIRIES = (
    """CREATE TABLE inquiries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        email TEXT NOT NULL,
        name TEXT NOT NULL,
        message TEXT NOT NULL,
        question TEXT NOT NULL,
        article TEXT NOT NULL,
        department TEXT NOT NULL,
        status TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        due_at INTEGER,
        answered_at INTEGER,
        tried TEXT NOT NULL
    )""",
    "CREATE INDEX inquiries_by_status ON inquiries (status, due_at)",
    "CREATE INDEX inquiries_by_change ON inquiries (changed_at)",
    """CREATE TABLE inquiry_searches (
        inquiry_id INTEGER NOT NULL REFERENCES inquiries (id) ON DELETE CASCADE,
        normalised TEXT NOT NULL,
        PRIMARY KEY (inquiry_id, normalised)
    ) WITHOUT ROWID""",
    "CREATE INDEX inquiry_searches_by_text ON inquiry_searches (normalised)",
    """CREATE TABLE inquiry_entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        inquiry_id INTEGER NOT NULL REFERENCES inquiries (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        by TEXT NOT NULL,
        at INTEGER NOT NULL
    )""",
    "CREATE INDEX inquiry_entries_by_inquiry ON inquiry_entries (inquiry_id)",
)


@migrations()
def page_reports(db: Database) -> None:
    """What customers say is wrong with a page, until somebody has dealt with it."""
    db.execute(
        "CREATE TABLE page_reports (id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL,"
        " text TEXT NOT NULL, reported_at INTEGER NOT NULL, revision TEXT NOT NULL,"
        " UNIQUE (slug, text))"
    )


@migrations()
def saved_filters(db: Database) -> None:
    """Filters of the topics list, by account and name."""
    db.execute(
        """CREATE TABLE saved_filters (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account_id INTEGER NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL,
            query TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            UNIQUE (account_id, name)
        )"""
    )


@migrations()
def tell_me_language(db: Database) -> None:
    """The language in which somebody asked to be told; empty for those who asked before."""
    db.execute("ALTER TABLE tell_me_requests ADD COLUMN language TEXT NOT NULL DEFAULT ''")


@migrations()
def counts_follow_topics(db: Database) -> None:
    """Counts of topics tell failures by outcome, and where wordings were when they were counted."""
    for statement in _COUNTS_FOLLOW_TOPICS:
        db.execute(statement)


_FAILURES = ("contacted", "zero_result", "unhelpful", "weak", "refined", "abandoned")
_COUNTED = ("searches", "visits", "failed", "failed_visits", *_FAILURES)
_COUNTS_FOLLOW_TOPICS = (
    "ALTER TABLE topic_days ADD COLUMN failed_visits INTEGER NOT NULL DEFAULT 0",
    *(f"ALTER TABLE topic_days ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0" for name in _FAILURES),
    "ALTER TABLE wording_days RENAME TO old_wording_days",
    f"""CREATE TABLE wording_days (
        day INTEGER NOT NULL,
        wording_id INTEGER NOT NULL,
        topic_id INTEGER NOT NULL,
        searches INTEGER NOT NULL,
        visits INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        zero_results INTEGER NOT NULL,
        failed_visits INTEGER NOT NULL DEFAULT 0,
        {", ".join(f"{name} INTEGER NOT NULL DEFAULT 0" for name in _FAILURES)},
        PRIMARY KEY (wording_id, day, topic_id)
    ) WITHOUT ROWID""",
    "INSERT INTO wording_days (day, wording_id, topic_id, searches, visits, failed, zero_results)"
    " SELECT day, wording_id, ifnull((SELECT topic_id FROM wordings WHERE id = wording_id), 0),"
    " searches, visits, failed, zero_results FROM old_wording_days",
    "DROP TABLE old_wording_days",
    "CREATE INDEX counts_of_topic ON wording_days (topic_id)",
    "CREATE INDEX merged_topics ON topics (merged_into) WHERE merged_into IS NOT NULL",
    # Which topic a merged one leads to in the end.
    """CREATE VIEW topic_heads AS
        WITH RECURSIVE ways (id, head) AS (
            SELECT id, merged_into FROM topics WHERE merged_into IS NOT NULL
            UNION SELECT ways.id, topics.merged_into FROM ways
            JOIN topics ON topics.id = ways.head WHERE topics.merged_into IS NOT NULL
        )
        SELECT id, head FROM ways
        WHERE head NOT IN (SELECT id FROM topics WHERE merged_into IS NOT NULL)""",
    # Counts stay where they were made.  Read are those of all topics that were merged, less
    # those of wordings that were moved out since, and with those of wordings moved in.
    f"""CREATE VIEW counted_topic_days AS
        WITH moved AS (
            SELECT wording_days.*, ifnull(heads.head, wording_days.topic_id) AS was_in,
                wordings.topic_id AS is_in
            FROM wording_days JOIN wordings ON wordings.id = wording_id
            LEFT JOIN topic_heads AS heads ON heads.id = wording_days.topic_id
            WHERE wordings.topic_id <> wording_days.topic_id
        )
        SELECT ifnull(heads.head, topic_id) AS topic_id, day, {", ".join(_COUNTED)}
        FROM topic_days LEFT JOIN topic_heads AS heads ON heads.id = topic_id
        UNION ALL SELECT was_in, day, {", ".join(f"-{name}" for name in _COUNTED)}
        FROM moved WHERE was_in <> is_in AND was_in > 0
        UNION ALL SELECT is_in, day, {", ".join(_COUNTED)}
        FROM moved WHERE was_in <> is_in AND is_in > 0""",  # noqa: S608
)


@migrations()
def outbox_reply_to(db: Database) -> None:
    """Where answers to a mail go; empty for its sender."""
    db.execute("ALTER TABLE outbox ADD COLUMN reply_to TEXT NOT NULL DEFAULT ''")


@migrations()
def inquiry_assignees(db: Database) -> None:
    """Who takes care of an inquiry, and what a change of it can be taken back to."""
    db.execute("ALTER TABLE inquiries ADD COLUMN assignee TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX inquiries_by_assignee ON inquiries (assignee, status)")
    db.execute("ALTER TABLE inquiry_entries ADD COLUMN before TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE inquiry_entries ADD COLUMN undone_by INTEGER")
