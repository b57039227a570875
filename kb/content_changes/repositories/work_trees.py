"""Keeps checkouts in step when a branch that is checked out somewhere moves.

git itself refuses to push to such a branch, since the files left behind look as if
somebody had taken the change back.  Here the files of the change are updated as well,
by ``git read-tree -m -u`` between the two commits: what it touches has to be clean, and
everything else, unfinished changes of other files included, stays as it is.
"""

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from pathlib import Path

from kb.content_changes.repositories.plumbing import Move, Plumbing
from kb.errors import ChangeRefused, SourceError
from kb.git import Git

_UNFINISHED = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
}


class WorkTrees:
    """All checkouts of one repository."""

    def __init__(self, plumbing: Plumbing) -> None:
        self._plumbing = plumbing

    def advance(self, moves: Sequence[Move]) -> bool:
        """Move branches, and the checkouts that they are checked out in; all or nothing.

        Files first: if the process dies in between, they look like a change that is not
        committed yet, where the reverse would look like one that was taken back.

        Returns:
            False when somebody else moved a branch meanwhile; nothing has changed then.

        Raises:
            ChangeRefused: a file of the change has uncommitted changes in a checkout.
            SourceError: git cannot write.
        """
        with self._only_one():
            done: list[tuple[Git, Move]] = []
            moved = False
            try:
                for move in moves:
                    folder = self._find(move.ref) if move.old else None
                    if folder is not None and move.old != move.new:
                        checkout = Git(folder)
                        self._update(checkout, move.old, move.new)
                        done.append((checkout, move))
                moved = self._plumbing.move_branches(moves)
            finally:
                if not moved:
                    for checkout, move in reversed(done):
                        self._update(checkout, move.new, move.old)
            return moved

    def is_checked_out(self, branch: str) -> bool:
        """Whether somebody works on a branch in a checkout."""
        return self._find(f"refs/heads/{branch}") is not None

    def _find(self, ref: str) -> Path | None:
        listing = self._plumbing.git.run("worktree", "list", "--porcelain", "-z")
        for record in listing.decode("utf-8", "surrogateescape").split("\0\0"):
            lines = record.strip("\0").split("\0")
            if f"branch {ref}" in lines and "bare" not in lines:
                folder = Path(lines[0].removeprefix("worktree "))
                return folder if folder.is_dir() else None
        return None

    def _update(self, checkout: Git, old: str, new: str) -> None:
        git_dir = Path(checkout.run("rev-parse", "--absolute-git-dir").decode().rstrip("\n"))
        for name, what in _UNFINISHED.items():
            if (git_dir / name).exists():
                raise ChangeRefused(
                    "Somebody is in the middle of %(what)s in %(folder)s: "
                    "finish it there, then try again.",
                    what=what,
                    folder=checkout.folder,
                )
        # Not its result: it complains of files that are changed, which read-tree judges.
        checkout.succeeds("update-index", "-q", "--refresh")
        try:
            checkout.run("read-tree", "-m", "-u", old, new)
        except SourceError as error:
            raise ChangeRefused(
                "The checkout in %(folder)s has changes of the same file that are not "
                "committed. Commit or discard them there, then try again. (%(error)s)",
                folder=checkout.folder,
                error=error,
            ) from error

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        """One change at a time from all our processes; git's own moves are noticed anyway."""
        common = self._plumbing.git.run("rev-parse", "--git-common-dir").decode().rstrip("\n")
        with (self._plumbing.git.folder / common / "helpshelf.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
