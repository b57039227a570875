"""Content in a plain folder: a draft is offered as a file, and the editor puts it in place."""

from datetime import datetime

from kb.content_gaps.models import Author, CommittedDraft, FaqDraft
from kb.errors import DraftError


class DownloadOnly:
    """Keeps nothing. Writing into the folder would publish an unfinished article."""

    can_commit = False

    def commit(self, draft: FaqDraft, author: Author, at: datetime) -> CommittedDraft:
        """Always refuses; ask ``can_commit`` first."""
        raise DraftError(
            "The content is in no git repository, so there is no branch for the draft: "
            "download the file and put it into the content folder."
        )
