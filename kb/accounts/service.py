"""Staff accounts: adding, signing in and out, passwords and disabling.

A session is a random token that the browser holds and whose SHA-256 the database
holds, so that signing out, a new password or disabling really ends it, and a copy of
the database signs nobody in.
"""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta

from email_validator import EmailNotValidError, validate_email

from kb.accounts.models import Account, Permission, Role
from kb.accounts.passwords import (
    UNKNOWN_ACCOUNT_HASH,
    check_password,
    hash_password,
    is_password,
    needs_rehash,
)
from kb.accounts.store import AccountStore
from kb.clock import Clock
from kb.errors import DatabaseError, InvalidInput

IDLE_LIMIT = timedelta(hours=12)
"""A working day with its breaks; a browser left open is signed out by the next morning."""
ABSOLUTE_LIMIT = timedelta(days=7)
"""A stolen token is of no use after this, however busily it is used."""
TOUCH_INTERVAL = timedelta(minutes=1)
"""How often the use of a session is written down: a page is not worth a write each time."""
_TOKEN_BYTES = 32

_log = logging.getLogger(__name__)


class AccountService:
    """What the site and the command line do with staff accounts."""

    def __init__(self, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def add(self, email: str, role: Role, password: str, name: str = "") -> Account:
        """Make an account that can sign in at once.

        Raises:
            InvalidInput: the address is not one or has an account, or the password is weak.
        """
        address = _parse_email(email)
        check_password(password, address)
        account = self._store.add_account(
            address, " ".join(name.split()), role, hash_password(password), self._clock.now()
        )
        if account is None:
            raise InvalidInput(
                "There is an account for %(address)s already.", "email", address=address
            )
        _log.info("account added: %s (%s)", account.id, role)
        return account

    def sign_in(self, email: str, password: str) -> str | None:
        """A new session token, None if the two do not belong together.

        Takes as long for an unknown or disabled account as for a wrong password, and the
        caller is told no difference.
        """
        credentials = self._store.find_credentials(email.strip().lower())
        password_hash = credentials.password_hash if credentials else UNKNOWN_ACCOUNT_HASH
        matches = is_password(password_hash, password)
        if credentials is None or not matches or credentials.account.disabled_at is not None:
            _log.warning(
                "sign-in refused: %s", credentials.account.id if credentials else "unknown"
            )
            return None
        account = credentials.account
        if needs_rehash(password_hash):
            self._store.replace_password_hash(account.id, hash_password(password))
        return self._begin_session(account)

    def find_by_token(self, token: str) -> Account | None:
        """Whose session this is, None if it ended, expired or never was."""
        session = self._store.find_session(_hash_token(token))
        now = self._clock.now()
        if (
            session is None
            or session.account.disabled_at is not None
            or now - session.last_seen_at >= IDLE_LIMIT
            or now - session.created_at >= ABSOLUTE_LIMIT
        ):
            return None
        if now - session.last_seen_at >= TOUCH_INTERVAL:
            self._touch(token)
        return session.account

    def sign_out(self, token: str) -> None:
        """End this session; others of the account go on."""
        self._store.remove_session(_hash_token(token))

    def is_password(self, email: str, password: str) -> bool:
        """Whether this is the account's password: asked for before it is changed."""
        credentials = self._store.find_credentials(email.strip().lower())
        return credentials is not None and is_password(credentials.password_hash, password)

    def change_password(self, email: str, password: str, *, keep_token: str = "") -> None:
        """Set a new password and end every other session of the account.

        Raises:
            InvalidInput: there is no such account, or the password is weak.
        """
        account = self._get(email)
        check_password(password, account.email)
        keep = _hash_token(keep_token) if keep_token else ""
        self._store.change_password(account.id, hash_password(password), keep)
        _log.info("password changed: %s", account.id)

    def disable(self, email: str) -> Account:
        """Bar an account and end its sessions; what it did stays on record.

        Raises:
            InvalidInput: there is no such account.
        """
        account = self._get(email)
        self._store.disable_account(account.id, self._clock.now())
        _log.info("account disabled: %s", account.id)
        return account

    def make_api_token(self, email: str) -> str:
        """A new token for programs that act in the account's name; the one before is void.

        Raises:
            InvalidInput: there is no such account.
        """
        account = self._get(email)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._store.set_api_token(account.id, _hash_token(token), self._clock.now())
        _log.info("api token made: %s", account.id)
        return token

    def revoke_api_token(self, email: str) -> None:
        """Make the account's token void; it need not have one.

        Raises:
            InvalidInput: there is no such account.
        """
        account = self._get(email)
        self._store.set_api_token(account.id, None, self._clock.now())
        _log.info("api token revoked: %s", account.id)

    def find_by_api_token(self, token: str) -> Account | None:
        """Whose token this is; None for one that is void or of a disabled account."""
        account = self._store.find_by_api_token(_hash_token(token))
        return None if account is None or account.disabled_at is not None else account

    def list_accounts(self) -> Sequence[Account]:
        """All accounts by e-mail address, disabled ones included."""
        return self._store.list_accounts()

    def list_who_may(self, permission: Permission) -> Sequence[Account]:
        """Accounts with a permission, by e-mail address."""
        return [account for account in self._store.list_accounts() if account.may(permission)]

    def check_may_triage(self, email: str, field: str) -> str:
        """The address of a colleague to be given work, in lower case; empty for nobody.

        Raises:
            InvalidInput: nobody with this address may work on topics and inquiries.
        """
        email = email.strip().lower()
        if email and email not in {a.email for a in self.list_who_may(Permission.TRIAGE)}:
            raise InvalidInput("Nobody with this address may work on topics and inquiries.", field)
        return email

    def _get(self, email: str) -> Account:
        credentials = self._store.find_credentials(email.strip().lower())
        if credentials is None:
            raise InvalidInput(
                "There is no account for %(address)s.", "email", address=email.strip()
            )
        return credentials.account

    def _begin_session(self, account: Account) -> str:
        now = self._clock.now()
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._store.remove_sessions_before(created=now - ABSOLUTE_LIMIT, last_seen=now - IDLE_LIMIT)
        self._store.add_session(_hash_token(token), account.id, now)
        _log.info("signed in: %s", account.id)
        return token

    def _touch(self, token: str) -> None:
        try:
            self._store.touch_session(_hash_token(token), self._clock.now())
        except DatabaseError as error:
            # Reading on must be possible while another process holds the database.
            _log.warning("The use of a session was not recorded: %s", error)


def _hash_token(token: str) -> str:
    # Plain SHA-256 is enough: the token is 256 random bits and cannot be guessed back.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _parse_email(email: str) -> str:
    try:
        # Intranet domains without a dot are fine: the address is a name to sign in with.
        return validate_email(
            email.strip(), check_deliverability=False, globally_deliverable=False
        ).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidInput(
            "This is not an e-mail address: %(error)s", "email", error=error
        ) from error
