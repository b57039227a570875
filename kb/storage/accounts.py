"""Accounts and sessions in the database. Times are UTC in ISO form, so that they sort as text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kb.accounts.models import Account, Credentials, Role, StaffSession
from kb.storage.sqlite import SqliteFile, translated_errors

_SESSION = """
    select accounts.*, sessions.created_at as began_at, sessions.last_seen_at
    from sessions join accounts on accounts.id = sessions.account_id
    where sessions.token_hash = :token_hash
"""
_ACCOUNT_OF_CALLER = """
    select accounts.* from api_tokens join accounts on accounts.id = api_tokens.account_id
    where api_tokens.token_hash = :token_hash
"""
_ADD_ACCOUNT = """
    insert into accounts (email, name, role, password_hash, created_at)
    values (:email, :name, :role, :password_hash, :created_at)
    on conflict (email) do nothing
"""


class SqliteAccountStore:
    """The ``AccountStore`` of the product's own database."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def add_account(
        self, email: str, name: str, role: Role, password_hash: str, at: datetime
    ) -> Account | None:
        """The new account, None when the e-mail address has one already."""
        row = {
            "email": email,
            "name": name,
            "role": role.value,
            "password_hash": password_hash,
            "created_at": at.isoformat(),
        }
        with self._file.transaction() as database:
            cursor = database.execute(_ADD_ACCOUNT, row)
            if cursor.rowcount != 1:
                return None
            return Account(int(cursor.lastrowid or 0), email, name, role, at)

    def find_credentials(self, email: str) -> Credentials | None:
        """The account with this e-mail address, disabled or not."""
        row = self._find_row("select * from accounts where email = :email", {"email": email})
        return None if row is None else Credentials(_account(row), str(row["password_hash"]))

    def list_accounts(self) -> Sequence[Account]:
        """All accounts by e-mail address."""
        database = self._file.connection()
        with translated_errors(self._file.path):
            return [
                _account(row) for row in database.table("accounts").rows_where(order_by="email")
            ]

    def replace_password_hash(self, account_id: int, password_hash: str) -> None:
        """The same password in a new form: sessions go on."""
        with self._file.transaction() as database:
            database.table("accounts").update(account_id, {"password_hash": password_hash})

    def change_password(self, account_id: int, password_hash: str, keep_token_hash: str) -> None:
        """A new password; ends all sessions of the account but the one named, in one step."""
        with self._file.transaction() as database:
            database.table("accounts").update(account_id, {"password_hash": password_hash})
            database.table("sessions").delete_where(
                "account_id = ? and token_hash != ?", [account_id, keep_token_hash]
            )

    def disable_account(self, account_id: int, at: datetime) -> None:
        """Bar the account and end all of its sessions, in one step."""
        with self._file.transaction() as database:
            database.table("accounts").update(account_id, {"disabled_at": at.isoformat()})
            database.table("sessions").delete_where("account_id = ?", [account_id])
            database.table("api_tokens").delete_where("account_id = ?", [account_id])

    def set_api_token(self, account_id: int, token_hash: str | None, at: datetime) -> None:
        """Replace the account's token of the API; None takes it away."""
        with self._file.transaction() as database:
            database.table("api_tokens").delete_where("account_id = ?", [account_id])
            if token_hash is not None:
                database.table("api_tokens").insert(
                    {
                        "token_hash": token_hash,
                        "account_id": account_id,
                        "created_at": at.isoformat(),
                    }
                )

    def find_by_api_token(self, token_hash: str) -> Account | None:
        """Whose token of the API this is."""
        row = self._find_row(_ACCOUNT_OF_CALLER, {"token_hash": token_hash})
        return None if row is None else _account(row)

    def add_session(self, token_hash: str, account_id: int, at: datetime) -> None:
        """Record that somebody signed in."""
        row = {
            "token_hash": token_hash,
            "account_id": account_id,
            "created_at": at.isoformat(),
            "last_seen_at": at.isoformat(),
        }
        with self._file.transaction() as database:
            database.table("sessions").insert(row)

    def find_session(self, token_hash: str) -> StaffSession | None:
        """The session with its account as it is now."""
        row = self._find_row(_SESSION, {"token_hash": token_hash})
        if row is None:
            return None
        return StaffSession(_account(row), _time(row["began_at"]), _time(row["last_seen_at"]))

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """Record that the session was used."""
        # By hand, because the session may have ended a moment ago and must not come back.
        with self._file.transaction() as database:
            database.execute(
                "update sessions set last_seen_at = ? where token_hash = ?",
                [at.isoformat(), token_hash],
            )

    def remove_session(self, token_hash: str) -> None:
        """End one session; it need not exist."""
        with self._file.transaction() as database:
            database.table("sessions").delete_where("token_hash = ?", [token_hash])

    def remove_sessions_before(self, created: datetime, last_seen: datetime) -> None:
        """Delete the sessions that began before, or were last used before, these times."""
        with self._file.transaction() as database:
            database.table("sessions").delete_where(
                "created_at < ? or last_seen_at < ?", [created.isoformat(), last_seen.isoformat()]
            )

    def _find_row(self, sql: str, values: Mapping[str, object]) -> dict[str, Any] | None:
        database = self._file.connection()
        with translated_errors(self._file.path):
            return next(database.query(sql, dict(values)), None)


def _account(row: Mapping[str, Any]) -> Account:
    disabled_at = row["disabled_at"]
    return Account(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        created_at=_time(row["created_at"]),
        disabled_at=None if disabled_at is None else _time(disabled_at),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
