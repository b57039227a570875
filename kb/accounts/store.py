"""What accounts need from the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kb.accounts.models import Account, Credentials, Role, StaffSession


class AccountStore(Protocol):
    """Keeps accounts and sessions; every method may raise ``DatabaseError``."""

    def add_account(
        self, email: str, name: str, role: Role, password_hash: str, at: datetime
    ) -> Account | None:
        """The new account, None when the e-mail address has one already."""
        ...

    def find_credentials(self, email: str) -> Credentials | None:
        """The account with this e-mail address, disabled or not."""
        ...

    def list_accounts(self) -> Sequence[Account]:
        """All accounts by e-mail address."""
        ...

    def replace_password_hash(self, account_id: int, password_hash: str) -> None:
        """The same password in a new form: sessions go on."""
        ...

    def change_password(self, account_id: int, password_hash: str, keep_token_hash: str) -> None:
        """A new password; ends all sessions of the account but the one named, in one step."""
        ...

    def disable_account(self, account_id: int, at: datetime) -> None:
        """Bar the account and end all of its sessions, in one step."""
        ...

    def set_api_token(self, account_id: int, token_hash: str | None, at: datetime) -> None:
        """Replace the account's token of the API; None takes it away."""
        ...

    def find_by_api_token(self, token_hash: str) -> Account | None:
        """Whose token of the API this is."""
        ...

    def add_session(self, token_hash: str, account_id: int, at: datetime) -> None:
        """Record that somebody signed in."""
        ...

    def find_session(self, token_hash: str) -> StaffSession | None:
        """The session with its account as it is now."""
        ...

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """Record that the session was used."""
        ...

    def remove_session(self, token_hash: str) -> None:
        """End one session; it need not exist."""
        ...

    def remove_sessions_before(self, created: datetime, last_seen: datetime) -> None:
        """Delete the sessions that began before, or were last used before, these times."""
        ...
