"""Commits on their way to the remote: tried at once for a moment, then again and again.

That a branch has to be pushed is written down before the first try, so that neither a
hanging remote nor the end of the process loses it.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from kb.clock import Clock
from kb.content_changes.models import PendingPush, PushResult, PushState
from kb.content_changes.repository import ContentRepository
from kb.content_changes.store import ContentChangeStore
from kb.errors import DatabaseError

FIRST_SECONDS = 8.0
"""How long somebody who saved waits for the remote."""
RETRY_SECONDS = 60.0
_PAUSES = (5, 15, 60, 240)
"""Minutes before the next try; the last one for good."""
_MERGED_STAY = timedelta(days=1)
"""Whoever has a draft open when it is published finds its branch when they save."""

_log = logging.getLogger(__name__)


class PushService:
    """Pushes branches and keeps those that could not be pushed."""

    def __init__(
        self, repository: ContentRepository, store: ContentChangeStore, clock: Clock
    ) -> None:
        self._repository = repository
        self._store = store
        self._clock = clock

    def request(self, branch: str) -> None:
        """Note that a branch is about to get a commit that has to be pushed.

        Raises:
            DatabaseError: it cannot be noted; nothing should be committed then.
        """
        if self._repository.remote and branch:
            self._store.request_push(branch, self._clock.now())

    def push(self, branch: str, timeout: float = FIRST_SECONDS) -> PushResult:
        """Try to push a branch now; how it went."""
        if not self._repository.remote:
            return PushResult(PushState.OFF)
        try:
            self._store.request_push(branch, self._clock.now())
            return self._try(branch, timeout)
        except DatabaseError as error:
            # The commit is made already; that it waits is told, and the next action retries.
            _log.error("A push could not be noted: %s", error)
            return PushResult(PushState.WAITING, str(error))

    def list_pending(self) -> Sequence[PendingPush]:
        """Branches that the remote does not have yet."""
        return self._store.list_pushes() if self._repository.remote else ()

    def retry(self, *, everything: bool = False) -> Sequence[PendingPush]:
        """The regular job: push what is due; what still waits afterwards.

        Args:
            everything: also what would be tried later.
        """
        now = self._clock.now()
        for pending in self.list_pending():
            if everything or pending.next_at <= now:
                self._try(pending.branch, RETRY_SECONDS)
        return self.list_pending()

    def remove_merged_drafts(self) -> Sequence[str]:
        """The regular job: remove branches of drafts that were merged; their names.

        Not those that wait to be pushed, or of which somebody has typed something unsaved.

        Raises:
            ChangeRefused: git or the remote cannot be used; the rest is left for the next time.
            DatabaseError: what is kept cannot be read.
        """
        kept = {text.branch for text in self._store.list_texts()}
        kept |= {pending.branch for pending in self.list_pending()}
        before = self._clock.now() - _MERGED_STAY
        return self._repository.remove_merged_drafts(before, kept, RETRY_SECONDS)

    def _try(self, branch: str, timeout: float) -> PushResult:
        pending = next((p for p in self._store.list_pushes() if p.branch == branch), None)
        if pending is None:
            return PushResult(PushState.PUSHED)  # another process was quicker
        reason = self._repository.push(branch, timeout)
        if not reason:
            self._store.finish_push(branch, pending.requested_at)
            return PushResult(PushState.PUSHED)
        minutes = _PAUSES[min(pending.attempts, len(_PAUSES) - 1)]
        self._store.fail_push(branch, reason, self._clock.now() + timedelta(minutes=minutes))
        _log.warning("The branch %s could not be pushed: %s", branch, reason)
        return PushResult(PushState.WAITING, reason)
