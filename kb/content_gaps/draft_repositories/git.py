"""Commits FAQ drafts to new branches with git's plumbing alone.

The commit is put together in a temporary index on top of the published branch.  Work
tree, index and checked-out branch are never touched, so that it does not matter whether
the repository is bare, detached, or full of somebody's unfinished changes.
"""

import tempfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from kb.content_gaps.models import Author, CommittedDraft, FaqDraft
from kb.errors import DraftError, SourceError
from kb.git import Git

_ATTEMPTS = 100


class GitDraftRepository:
    """The repository of the content; ``prefix`` is the content folder in it, with a slash."""

    can_commit = True

    def __init__(self, git: Git, ref: str, prefix: str = "") -> None:
        self._git = git
        self._ref = ref
        self._prefix = prefix

    def commit(self, draft: FaqDraft, author: Author, at: datetime) -> CommittedDraft:
        """Commit the draft on top of the published branch, on a branch of its own.

        Raises:
            DraftError: no commit to start from, or git refused.
        """
        base = self._git.find_commit(self._ref)
        if base is None:
            raise DraftError(
                f"There is no branch {self._ref!r} with a commit in {self._git.folder}: "
                "commit the articles first, or correct KB_CONTENT_REF."
            )
        try:
            path = self._find_free_path(base, draft.path)
            tree = self._write_tree(base, path, draft.text)
            commit = self._write_commit(tree, base, draft.message, author, at)
            branch = self._create_branch(draft.branch, commit)
        except (SourceError, OSError) as error:
            raise DraftError(
                f"The draft could not be committed: {error} "
                "Check that the server may write to the repository."
            ) from error
        return CommittedDraft(path, branch, commit)

    def _find_free_path(self, base: str, wanted: str) -> str:
        for parent in PurePosixPath(wanted).parents:
            # git would put the folder in the place of the file.
            if self._git.succeeds("cat-file", "blob", f"{base}:{self._prefix}{parent}"):
                raise SourceError(f"{parent} is a file, not a folder.")
        stem = wanted.removesuffix(".md")
        for number in range(1, _ATTEMPTS):
            path = wanted if number == 1 else f"{stem}-{number}.md"
            if not self._git.succeeds("cat-file", "-e", f"{base}:{self._prefix}{path}"):
                return path
        raise SourceError(f"there are too many files like {wanted}.")

    def _write_tree(self, base: str, path: str, text: str) -> str:
        blob = self._id("hash-object", "-w", "--stdin", stdin=text.encode("utf-8"))
        entry = f"100644 {blob} 0\t{self._prefix}{path}\0".encode()
        with tempfile.TemporaryDirectory(prefix="draft-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._git.run("read-tree", base, environment=index)
            self._git.run("update-index", "-z", "--index-info", stdin=entry, environment=index)
            return self._id("write-tree", environment=index)

    def _write_commit(
        self, tree: str, base: str, message: str, author: Author, at: datetime
    ) -> str:
        email = _plain(author.email)
        name = _plain(author.name) or email.partition("@")[0] or "Staff"
        date = f"{int(at.timestamp())} +0000"
        identity = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", email), ("DATE", date))
        }
        return self._id(
            "commit-tree", tree, "-p", base, stdin=message.encode("utf-8"), environment=identity
        )

    def _create_branch(self, wanted: str, commit: str) -> str:
        if self._has_branch(wanted.partition("/")[0]):
            # git cannot keep faq/1 beside a branch that is called faq.
            wanted = wanted.replace("/", "-")
        for number in range(1, _ATTEMPTS):
            branch = wanted if number == 1 else f"{wanted}-{number}"
            if self._has_branch(branch):
                continue
            # The empty old value lets git refuse if somebody else was quicker.
            if self._git.succeeds("update-ref", f"refs/heads/{branch}", commit, ""):
                return branch
            if not self._has_branch(branch):
                self._git.run("update-ref", f"refs/heads/{branch}", commit, "")
        raise SourceError(f"there are too many branches like {wanted}.")

    def _has_branch(self, branch: str) -> bool:
        return self._git.succeeds("show-ref", "--verify", "--quiet", f"refs/heads/{branch}")

    def _id(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: dict[str, str] | None = None,
    ) -> str:
        output = self._git.run(*arguments, stdin=stdin, environment=environment)
        return output.decode("ascii").strip()


def _plain(text: str) -> str:
    """A name or address without what git would misread."""
    return " ".join("".join(c if c.isprintable() and c not in "<>" else " " for c in text).split())
