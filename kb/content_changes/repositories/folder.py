"""Content in a plain folder: changes are offered as files, and the editor puts them in place.

Writing into the folder would leave no author and no way back, and a draft would be
published half written.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from kb.content.source import blob_digest
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
from kb.errors import ChangeRefused


class FolderRepository:
    """Reads, so that changes can be shown; keeps nothing."""

    can_commit = False
    remote = ""
    published_branch = ""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> ContentFile:
        """A file as it lies in the folder."""
        file = self._root / path
        root = self._root.resolve()
        if file.is_symlink() or not file.resolve().is_relative_to(root) or not file.is_file():
            return ContentFile(path, "", "")
        try:
            data = file.read_bytes()
            return ContentFile(path, data.decode("utf-8"), blob_digest(data))
        except (OSError, UnicodeDecodeError) as error:
            raise ChangeRefused(
                "%(path)s cannot be read as UTF-8 text: %(error)s.", path=path, error=error
            ) from error

    def commit(self, proposal: Proposal, author: Author, at: datetime) -> Committed | Conflict:
        """Always refuses; ask ``can_commit`` first."""
        raise self._refusal()

    def read_change(self, commit: str) -> FileEdit | None:
        """There are no commits."""
        return None

    def start_draft(self, draft: FaqDraft, author: Author, at: datetime) -> CommittedDraft:
        """Always refuses; ask ``can_commit`` first."""
        raise self._refusal()

    def list_drafts(self) -> Sequence[DraftBranch]:
        """There are no branches."""
        return ()

    def read_draft(self, branch: str, path: str) -> DraftFile | None:
        """There are no branches."""
        return None

    def save_draft(
        self, draft: DraftFile, text: str, message: str, author: Author, at: datetime
    ) -> Committed | Conflict:
        """Always refuses; ask ``can_commit`` first."""
        raise self._refusal()

    def recreate_draft(
        self, draft: DraftFile, text: str, message: str, author: Author, at: datetime
    ) -> Committed | Conflict:
        """Always refuses; ask ``can_commit`` first."""
        raise self._refusal()

    def publish_draft(
        self, draft: DraftFile, text: str, title: str, author: Author, at: datetime
    ) -> Committed | Conflict | MergeConflict:
        """Always refuses; ask ``can_commit`` first."""
        raise self._refusal()

    def push(self, branch: str, timeout: float) -> str:
        """There is nowhere to push to."""
        return ""

    def remove_merged_drafts(
        self, before: datetime, kept: Collection[str], timeout: float
    ) -> Sequence[str]:
        """There are no branches."""
        return ()

    def _refusal(self) -> ChangeRefused:
        return ChangeRefused(
            "The content is in no git repository, so nothing can be committed: "
            "download the file and put it into the content folder."
        )
