"""Steps for accounts, the search log, topics and what agents decide about them."""

from sqlite_utils import Database

from kb.storage.migrations.registry import migrations


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
