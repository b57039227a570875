"""Drafts in the browser: what is typed is kept at once, saved as commits, published by merging."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kb.clock import Clock
from kb.content.front_matter import parse_article
from kb.content_changes.draft_names import checked_branch, checked_path
from kb.content_changes.editing import one_line, publish_article, with_line_ends_of
from kb.content_changes.models import (
    Author,
    Committed,
    Conflict,
    DraftBranch,
    DraftFile,
    DraftPreview,
    KeptText,
    MergeConflict,
    PublishRun,
)
from kb.content_changes.pushes import PushService
from kb.content_changes.repository import ContentRepository
from kb.content_changes.runner import CommandRunner
from kb.content_changes.store import ContentChangeStore
from kb.errors import ChangeRefused

_AT_WORK = timedelta(minutes=15)
"""Whoever typed within this time is thought to be still at it."""


@dataclass(frozen=True, slots=True)
class Editing:
    """What an editor page shows of one draft."""

    draft: DraftFile
    """What is on the branch now; empty text and commit when it is gone."""
    text: str
    """What to go on with: what this person typed last, else what is on the branch."""
    kept: KeptText | None
    """What of it was not saved yet."""
    others: tuple[KeptText, ...]
    """What other people typed a moment ago."""

    @property
    def is_gone(self) -> bool:
        """Whether the branch, or the file on it, was deleted."""
        return not self.draft.commit

    @property
    def has_moved(self) -> bool:
        """Whether the branch has got commits since the kept text was begun."""
        return self.kept is not None and self.kept.base_commit != self.draft.commit


@dataclass(frozen=True, slots=True)
class Published:
    """A draft that was merged, and the publishing that follows."""

    committed: Committed
    run: int


class DraftService:
    """Drafts on branches, for people who are signed in."""

    def __init__(
        self,
        repository: ContentRepository,
        store: ContentChangeStore,
        pushes: PushService,
        runner: CommandRunner,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._store = store
        self._pushes = pushes
        self._runner = runner
        self._clock = clock

    @property
    def can_commit(self) -> bool:
        """Whether there is git; otherwise there are no drafts to edit."""
        return self._repository.can_commit

    def list_drafts(self) -> Sequence[DraftBranch]:
        """Drafts that are not published, the latest first.

        Raises:
            ChangeRefused: the repository cannot be read.
        """
        return self._repository.list_drafts()

    def list_kept(self, account_id: int) -> Sequence[KeptText]:
        """What this person typed and did not save, of each draft the latest, which is opened."""
        latest: dict[tuple[str, str], KeptText] = {}
        for kept in self._store.list_texts():
            if kept.account_id == account_id:
                latest.setdefault((kept.branch, kept.path), kept)
        return list(latest.values())

    def open(self, branch: str, path: str, account_id: int) -> Editing | None:
        """A draft to be edited; None when there is neither the draft nor a kept text of it.

        Raises:
            InvalidInput: that is no branch or path of a draft.
            ChangeRefused: the repository cannot be read.
        """
        branch, path = checked_branch(branch), checked_path(path)
        found = self._repository.read_draft(branch, path)
        texts = self._store.list_texts(branch, path)
        mine = [kept for kept in texts if kept.account_id == account_id]
        kept = mine[0] if mine else None
        if found is None and kept is None:
            return None
        draft = found or DraftFile(branch, path, "", "")
        if kept is not None and found is not None and _same(kept.text, found.text):
            kept = None
        since = self._clock.now() - _AT_WORK
        others = [t for t in texts if t.account_id != account_id and t.saved_at >= since]
        text = kept.text if kept else draft.text
        return Editing(draft, text, kept, tuple(others))

    def make_key(self) -> str:
        """A key for an editor page that is opened now."""
        return secrets.token_urlsafe(12)

    def keep(self, key: str, account_id: int, draft: DraftFile, text: str) -> KeptText:
        """Keep what is typed; on the disk when this returns.

        Raises:
            InvalidInput: that is no branch or path of a draft.
            DatabaseError: it could not be kept.
        """
        kept = KeptText(
            key[:64],
            account_id,
            checked_branch(draft.branch),
            checked_path(draft.path),
            draft.commit,
            text,
            self._clock.now(),
        )
        self._store.keep_text(kept)
        return kept

    def check(self, draft: DraftFile) -> None:
        """Refuse what cannot be a draft.

        Raises:
            InvalidInput: that is no branch or path of a draft.
        """
        checked_branch(draft.branch)
        checked_path(draft.path)

    def discard(self, key: str, account_id: int) -> None:
        """Throw away what this person typed, because they said so."""
        self._store.drop_text(key, account_id)

    def forget(self, key: str, account_id: int, saved_at: datetime | None = None) -> None:
        """What was typed is saved; another window that goes on with it keeps its own."""
        self._store.drop_text(key, account_id, saved_at)

    def preview(self, draft: DraftFile, text: str) -> DraftPreview:
        """The draft as it would be published, with problems as in ``kb check``."""
        return self._runner.preview(draft.branch, checked_path(draft.path), _plain(text))

    def save(
        self, draft: DraftFile, text: str, note: str, author: Author, *, recreate: bool = False
    ) -> Committed | Conflict:
        """Commit what was typed to the draft's branch.

        Args:
            draft: what was edited; its text is not used, its commit is what it was made from.
            text: as the browser sent it.
            note: what was changed, in words; may be empty.
            author: who typed it.
            recreate: make the branch again if it was deleted.

        Raises:
            InvalidInput: that is no branch or path of a draft.
            ChangeRefused: the repository cannot take it.
        """
        branch, path = checked_branch(draft.branch), checked_path(draft.path)
        now = self._repository.read_draft(branch, path)
        text = with_line_ends_of(text, now.text if now else "")
        title = parse_article(path, text.encode("utf-8", "replace")).front_matter.title
        subject = one_line(note)[:100] or f"Edit the draft: {one_line(title)[:80]}"
        self._pushes.request(branch)
        save = self._repository.recreate_draft if recreate else self._repository.save_draft
        done = save(draft, text, f"{subject}\n", author, self._clock.now())
        if isinstance(done, Conflict):
            return done
        return replace(done, push=self._pushes.push(branch))

    def publish(
        self, branch: str, path: str, commit: str, author: Author
    ) -> Published | Conflict | MergeConflict | DraftPreview:
        """Merge a draft into the published branch as published, and begin to publish.

        Args:
            branch: of the draft.
            path: of its article.
            commit: what the person saw; later commits make a Conflict.
            author: who publishes.

        Returns:
            A preview when problems keep the article from being published.

        Raises:
            InvalidInput: that is no branch or path of a draft.
            ChangeRefused: the repository cannot take it.
        """
        branch, path = checked_branch(branch), checked_path(path)
        draft = self._repository.read_draft(branch, path)
        if draft is None:
            raise ChangeRefused("The draft is gone: somebody deleted the branch or the file.")
        text = publish_article(draft.text)
        preview = self._runner.preview(branch, path, text)
        if preview.errors or preview.failure:
            return preview
        seen = replace(draft, commit=commit)
        now = self._clock.now()
        published_branch = self._repository.published_branch
        self._pushes.request(published_branch)
        title = one_line(preview.title)[:80]
        done = self._repository.publish_draft(seen, text, title, author, now)
        if not isinstance(done, Committed):
            return done
        run = self.go_live(branch, path, done.commit)
        self._pushes.push(branch)
        return Published(replace(done, push=self._pushes.push(done.branch)), run)

    def go_live(self, branch: str, path: str, commit: str) -> int:
        """Begin to publish a commit of the published branch; the number of the run.

        Args:
            branch: that the change came from; the published one for a change made on it.
            path: of the file that was changed.
            commit: full id of the commit.
        """
        run = self._store.start_publish(branch, path, commit, self._clock.now())
        self._runner.start_index(lambda error: self._end(run, error))
        return run

    def find_publish(self, run: int) -> PublishRun | None:
        """How publishing a draft goes."""
        return self._store.find_publish(run)

    def _end(self, run: int, error: str) -> None:
        self._store.end_publish(run, error, self._clock.now())


def _same(one: str, other: str) -> bool:
    return _plain(one).rstrip("\n") == _plain(other).rstrip("\n")


def _plain(text: str) -> str:
    return with_line_ends_of(text, "")
