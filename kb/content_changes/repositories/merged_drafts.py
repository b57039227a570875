"""Removes branches of drafts that were merged, here and on the remote; never an unmerged one.

A branch goes only from the commit that was seen to be merged.  On the remote what counts
is the remote's own state: somebody may have pushed to the branch there, or the merge may
not have arrived yet.  A branch without a commit of its own counts as merged.
"""

from collections.abc import Collection
from datetime import datetime

from kb.content_changes.repositories.plumbing import Plumbing
from kb.content_changes.repositories.work_trees import WorkTrees
from kb.errors import SourceError
from kb.git import Git


class MergedDrafts:
    """The branches of drafts that the published branch contains."""

    def __init__(self, git: Git, plumbing: Plumbing, work_trees: WorkTrees, remote: str) -> None:
        self._git = git
        self._plumbing = plumbing
        self._work_trees = work_trees
        self._remote = remote

    def remove(
        self,
        published: str,
        tip: str,
        before: datetime,
        kept: Collection[str],
        timeout: float,
    ) -> list[str]:
        """Remove those whose last commit is older; their names.

        Args:
            published: name of the published branch.
            tip: its commit.
            before: a draft that was published later is left, with what people still have open.
            kept: names of branches to leave.
            timeout: for the remote, in seconds each time.

        Raises:
            SourceError: git or the remote cannot be used; what is not removed yet stays.
        """
        found = [
            (branch, commit)
            for branch, commit, at in self._list_merged(tip)
            if at <= before.timestamp() and branch not in kept
        ]
        found = [pair for pair in found if not self._work_trees.is_checked_out(pair[0])]
        if not found:
            return []
        theirs = self._git.find_remote_tips(self._remote, timeout) if self._remote else {}
        removed = []
        for branch, commit in found:
            if branch in theirs and not self._remove_theirs(
                branch, theirs[branch], theirs.get(published, ""), timeout
            ):
                continue
            if self._plumbing.delete_branch(branch, commit):
                removed.append(branch)
        return removed

    def _list_merged(self, tip: str) -> list[tuple[str, str, int]]:
        listing = self._git.run(
            "for-each-ref",
            f"--merged={tip}",
            "--format=%(refname:lstrip=2)%00%(objectname)%00%(committerdate:unix)",
            "refs/heads/faq",
            "refs/heads/faq-*",
        )
        rows = (line.split("\0") for line in listing.decode("utf-8", "replace").splitlines())
        return [(branch, commit, int(at)) for branch, commit, at in rows]

    def _remove_theirs(self, branch: str, commit: str, published: str, timeout: float) -> bool:
        is_merged = (
            self._plumbing.has_commit(commit)
            and self._plumbing.has_commit(published)
            and self._plumbing.is_ancestor(commit, published)
        )
        if not is_merged:
            return False
        refusal = self._git.delete_remote(self._remote, branch, commit, timeout)
        if refusal:
            raise SourceError(refusal)
        return True
