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
