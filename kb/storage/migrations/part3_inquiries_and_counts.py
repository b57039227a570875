"""Steps for inquiries, filters, and counts that outlive searches."""

from sqlite_utils import Database

from kb.storage.migrations.registry import migrations


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
