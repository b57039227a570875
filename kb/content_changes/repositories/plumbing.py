"""Blobs, trees, commits and refs of a repository, made with git's plumbing alone.

A commit is put together in a temporary index, so that it does not matter whether the
repository is bare, detached, or full of somebody's unfinished changes.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kb.content_changes.models import Author
from kb.errors import ChangeRefused, SourceError
from kb.git import Git, checked_revision

_FILE_MODES = (b"100644", b"100755")
_NOTHING = "0" * 40


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in a commit."""

    text: str
    digest: str
    mode: str


@dataclass(frozen=True, slots=True)
class Move:
    """A branch from one commit to another; ``old`` is "" when the branch is made."""

    branch: str
    old: str
    new: str

    @property
    def ref(self) -> str:
        """Full name of the branch."""
        return f"refs/heads/{self.branch}"


class Plumbing:
    """One repository; ``prefix`` is the content folder in it, with a slash."""

    def __init__(self, git: Git, prefix: str) -> None:
        self.git = git
        self.prefix = prefix

    def find_branch(self, branch: str) -> str | None:
        """The last commit of a local branch."""
        return self.git.find_commit(f"refs/heads/{branch}")

    def has_commit(self, commit: str) -> bool:
        """Whether the repository still has this commit."""
        return self.git.find_commit(checked_revision(commit)) is not None

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether ``of`` has all that ``commit`` has."""
        return self.git.succeeds(
            "merge-base", "--is-ancestor", checked_revision(commit), checked_revision(of)
        )

    def read_file(self, commit: str, path: str) -> Blob | None:
        """A file of the content in a commit; None if there is none.

        Raises:
            ChangeRefused: it is no text, or a link.
        """
        listing = self.git.run(
            "ls-tree", "-z", "--full-tree", checked_revision(commit), "--", self.prefix + path
        )
        if not listing:
            return None
        mode, kind, digest = listing.partition(b"\t")[0].split()
        if kind != b"blob" or mode not in _FILE_MODES:
            raise ChangeRefused("%(path)s is no file, but a folder or a link.", path=path)
        (data,) = self.git.read_blobs([digest.decode("ascii")])
        try:
            return Blob(data.decode("utf-8"), digest.decode("ascii"), mode.decode("ascii"))
        except UnicodeDecodeError as error:
            raise ChangeRefused(
                "%(path)s is not UTF-8 text: save it as UTF-8 first.", path=path
            ) from error

    def write_tree(self, base: str, path: str, text: str, mode: str = "100644") -> str:
        """The tree of a commit with one file replaced or added."""
        blob = self._id("hash-object", "-w", "--stdin", stdin=text.encode("utf-8"))
        entry = f"{mode} {blob} 0\t{self.prefix}{path}\0".encode()
        with tempfile.TemporaryDirectory(prefix="helpshelf-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.git.run("read-tree", base, environment=index)
            self.git.run("update-index", "-z", "--index-info", stdin=entry, environment=index)
            return self._id("write-tree", environment=index)

    def write_commit(
        self, tree: str, parents: Sequence[str], message: str, author: Author, at: datetime
    ) -> str:
        """A commit that no branch has yet."""
        email = _plain(author.email)
        name = _plain(author.name) or email.partition("@")[0] or "Staff"
        date = f"{int(at.timestamp())} +0000"
        identity = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", email), ("DATE", date))
        }
        options = [part for parent in parents for part in ("-p", parent)]
        return self._id(
            "commit-tree", tree, *options, stdin=message.encode("utf-8"), environment=identity
        )

    def move_branches(self, moves: Sequence[Move]) -> bool:
        """Move all branches or none; False when one is not where it was thought to be."""
        lines = [f"update {m.ref} {m.new} {m.old or _NOTHING}\n" for m in moves]
        try:
            self.git.run("update-ref", "-m", "helpshelf", "--stdin", stdin="".join(lines).encode())
        except SourceError:
            if all((self.find_branch(m.branch) or "") == m.old for m in moves):
                raise  # nobody was quicker: the repository cannot be written
            return False
        return True

    def delete_branch(self, branch: str, tip: str) -> bool:
        """Delete a branch; False when it is not at ``tip`` any more."""
        try:
            self.git.run("update-ref", "-d", f"refs/heads/{branch}", tip)
        except SourceError:
            if self.find_branch(branch) == tip:
                raise
            return False
        return True

    def _id(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: dict[str, str] | None = None,
    ) -> str:
        output = self.git.run(*arguments, stdin=stdin, environment=environment)
        return output.decode("ascii").strip()


def _plain(text: str) -> str:
    """A name or address without what git would misread."""
    return " ".join("".join(c if c.isprintable() and c not in "<>" else " " for c in text).split())
