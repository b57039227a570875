"""Where FAQ drafts go: the interface of a git repository and of nothing at all."""

from datetime import datetime
from typing import Protocol

from kb.content_gaps.models import Author, CommittedDraft, FaqDraft


class DraftRepository(Protocol):
    """Takes drafts so that editors find them where the articles are."""

    @property
    def can_commit(self) -> bool:
        """Whether drafts can be committed; otherwise they are offered as files."""
        ...

    def commit(self, draft: FaqDraft, author: Author, at: datetime) -> CommittedDraft:
        """Commit a draft to a new branch; nothing that exists is changed.

        Raises:
            DraftError: the repository cannot take it; says what to do.
        """
        ...
