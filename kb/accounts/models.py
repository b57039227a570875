"""The values of the accounts feature: staff accounts, roles and what each role may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """One thing that not everybody may do; views ask for these, never for a role."""

    VIEW_INTERNAL = "view-internal"
    """See internal articles on the site and in search."""
    VIEW_REPORTS = "view-reports"
    TRIAGE = "triage"
    """Decide what becomes of a topic: answered, a new FAQ draft, or not ours."""
    WRITE_DRAFTS = "write-drafts"
    """Start a FAQ draft; it goes to a branch and reaches nobody before it is published."""
    PREVIEW_DRAFTS = "preview-drafts"
    """See every draft, also of announcements that are not to be known yet."""
    PUBLISH = "publish"
    """Merge a draft into the published branch and publish it."""
    MANAGE_ACCOUNTS = "manage-accounts"


class Role(StrEnum):
    """What somebody does here; each role may do what the one before may."""

    AGENT = "agent"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the role allows."""
        return _PERMISSIONS[self]


_AGENT = frozenset(
    {
        Permission.VIEW_INTERNAL,
        Permission.VIEW_REPORTS,
        Permission.TRIAGE,
        Permission.WRITE_DRAFTS,
    }
)
_EDITOR = _AGENT | {Permission.PREVIEW_DRAFTS, Permission.PUBLISH}
_PERMISSIONS = {
    Role.AGENT: _AGENT,
    Role.EDITOR: _EDITOR,
    Role.ADMINISTRATOR: _EDITOR | {Permission.MANAGE_ACCOUNTS},
}


@dataclass(frozen=True, slots=True)
class Account:
    """One member of staff who may sign in."""

    id: int
    email: str
    """Lower case; what is typed to sign in."""
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the account is in use and its role allows this."""
        return self.disabled_at is None and permission in self.role.permissions


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account and what its password is checked against; never leaves the feature."""

    account: Account
    password_hash: str


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One browser in which somebody is signed in."""

    account: Account
    created_at: datetime
    last_seen_at: datetime
