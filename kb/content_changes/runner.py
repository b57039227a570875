"""Work that no request may do itself: rendering an article, publishing the content."""

from collections.abc import Callable
from typing import Protocol

from kb.content_changes.models import DraftPreview


class CommandRunner(Protocol):
    """Runs ``kb`` commands in processes of their own, with limits."""

    def preview(self, branch: str, path: str, text: str) -> DraftPreview:
        """An article as it would be published beside what its branch has; never raises.

        Args:
            branch: of the draft; "" means the content as it is published.
            path: of the article, below the content folder.
            text: of its file.
        """
        ...

    def start_index(self, when_done: Callable[[str], None]) -> None:
        """Begin to publish; ``when_done`` gets the reason of a failure, or ""."""
        ...
