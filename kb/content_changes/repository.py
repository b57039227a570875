"""Where content changes go: the interface of a git repository and of a plain folder."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from kb.content_changes.models import (
    Author,
    Committed,
    CommittedDraft,
    Conflict,
    ContentFile,
    DraftBranch,
    DraftFile,
    FaqDraft,
    FileEdit,
    MergeConflict,
    Proposal,
)


class ContentRepository(Protocol):
    """The content with its branches. Paths are below the content folder, with slashes.

    Methods that commit raise ChangeRefused when the repository cannot take the change;
    the message says what to do. Nothing of anybody is overwritten: what somebody else
    changed meanwhile comes back as a Conflict.
    """

    @property
    def can_commit(self) -> bool:
        """Whether there is git; otherwise changes are offered as files."""
        ...

    @property
    def remote(self) -> str:
        """Name of the remote that commits are pushed to, "" for none."""
        ...

    @property
    def published_branch(self) -> str:
        """Name of the branch that is published; "" where there is none."""
        ...

    def read(self, path: str) -> ContentFile:
        """A file as it is published, with an empty digest when it is not there."""
        ...

    def commit(self, proposal: Proposal, author: Author, at: datetime) -> Committed | Conflict:
        """Commit one change to the published branch."""
        ...

    def read_change(self, commit: str) -> FileEdit | None:
        """What a commit did, if it changed one file and nothing else."""
        ...

    def start_draft(self, draft: FaqDraft, author: Author, at: datetime) -> CommittedDraft:
        """Commit a draft to a new branch; nothing that exists is changed."""
        ...

    def list_drafts(self) -> Sequence[DraftBranch]:
        """Branches of drafts that are not merged, the latest first."""
        ...

    def read_draft(self, branch: str, path: str) -> DraftFile | None:
        """An article on a draft's branch; None when branch or file is gone."""
        ...

    def save_draft(
        self, draft: DraftFile, text: str, message: str, author: Author, at: datetime
    ) -> Committed | Conflict:
        """Commit a new text to the branch of ``draft``, which is what was edited."""
        ...

    def recreate_draft(
        self, draft: DraftFile, text: str, message: str, author: Author, at: datetime
    ) -> Committed | Conflict:
        """Make a branch that was deleted again, with this text."""
        ...

    def publish_draft(
        self, draft: DraftFile, text: str, title: str, author: Author, at: datetime
    ) -> Committed | Conflict | MergeConflict:
        """Commit ``text`` (the draft as published) and merge the branch, both or nothing."""
        ...

    def push(self, branch: str, timeout: float) -> str:
        """Push a branch to the remote; why it failed, "" when it did not."""
        ...

    def remove_merged_drafts(
        self, before: datetime, kept: Collection[str], timeout: float
    ) -> Sequence[str]:
        """Remove branches of drafts that were merged before a time, here and on the remote.

        Never one of ``kept``, one that is checked out, or one with a commit that is not merged.
        """
        ...
