"""Merges two commits without any checkout, with ``git merge-tree`` (git 2.38 and later), and texts."""

import re
import tempfile
from datetime import datetime
from pathlib import Path

from kb.content_changes.models import Author, MergeConflict
from kb.content_changes.repositories.plumbing import Plumbing
from kb.errors import ChangeRefused, SourceError

_TREE = re.compile(r"[0-9a-f]{40,64}\Z")
_MAX_DETAILS = 4_000


class Merger:
    """Merges branches of one repository."""

    def __init__(self, plumbing: Plumbing) -> None:
        self._plumbing = plumbing

    def merge(
        self, base: str, head: str, branch: str, message: str, author: Author, at: datetime
    ) -> str | MergeConflict:
        """The commit that has both: ``head`` itself when it is ahead, else a merge of the two.

        Args:
            base: last commit of the published branch.
            head: last commit of the draft.
            branch: of the draft, for messages.
            message: of the merge.
            author: who merges.
            at: when.

        Raises:
            ChangeRefused: this git is too old to merge beside a checkout.
        """
        if self._plumbing.is_ancestor(head, base):
            return base
        if self._plumbing.is_ancestor(base, head):
            return head
        # Exit code 1 means conflicts, with the same form of output.
        code, output, errors = self._plumbing.git.try_run(
            "merge-tree", "--write-tree", "-z", "--name-only", "--messages", base, head
        )
        parts = output.decode("utf-8", "replace").split("\0")
        if code not in (0, 1) or not _TREE.match(parts[0]):
            self._explain(errors)
        if code == 0:
            return self._plumbing.write_commit(parts[0], [base, head], message, author, at)
        end = parts.index("", 1)
        files = [name.removeprefix(self._plumbing.prefix) for name in parts[1:end]]
        told = [part.strip() for part in parts[end:] if part.startswith(("CONFLICT", "Auto"))]
        return MergeConflict(branch, tuple(files), "\n".join(told)[:_MAX_DETAILS])

    def merge_texts(self, base: str, theirs: str, yours: str) -> str:
        """One text with both changes of ``base``; "" when they touch the same lines."""
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder, name) for name in ("yours", "base", "theirs")]
            for file, text in zip(files, (yours, base, theirs), strict=True):
                file.write_bytes(text.encode("utf-8", "surrogateescape"))
            # The exit code counts the conflicts; above 127 it is an error.
            code, output, _ = self._plumbing.git.try_run(
                "merge-file", "--stdout", "--", *(str(file) for file in files)
            )
        return output.decode("utf-8", "surrogateescape") if code == 0 else ""

    def _explain(self, errors: str) -> None:
        version = self._plumbing.git.run("--version").decode().split()[2]
        if tuple(int(n) for n in re.findall(r"\d+", version)[:2]) < (2, 38):
            raise ChangeRefused(
                "Both branches have moved on, and git %(version)s cannot merge them here: "
                "install git 2.38 or later, or merge the branch by hand.",
                version=version,
            )
        raise SourceError(f"git merge-tree failed: {errors}")
