"""The files of a folder as they lie there, with dates from git where there is one."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kb.content.models import Problem, Severity
from kb.content.source import (
    FileHistory,
    FileVersion,
    Histories,
    Scan,
    SourceFile,
    blob_digest,
)
from kb.content.sources.git import files_digest, is_hidden, symlink_problem, unusable_name
from kb.content.sources.git_history import read_histories, read_versions
from kb.errors import SourceError
from kb.git import Git


class FolderSource:
    """A plain folder, or the work tree of a checkout with whatever is uncommitted in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git = Git(root)

    def scan(self) -> Scan:
        """List all files; Markdown and settings are read to learn whether they changed."""
        if not self.root.is_dir():
            raise SourceError(
                f"The content folder {self.root} does not exist: create it, or correct KB_CONTENT_DIR."
            )
        files: dict[str, SourceFile] = {}
        problems: list[Problem] = []
        for path, full in self._walk("", problems):
            try:
                files[path] = _describe(path, full)
            except OSError as error:
                problems.append(
                    Problem(
                        path,
                        0,
                        "unreadable",
                        Severity.ERROR,
                        f"cannot be read: {error.strerror}",
                        "correct the file's permissions",
                    )
                )
        if not self.git.is_installed() and self._lies_in_checkout():
            problems.append(
                Problem(
                    ".",
                    0,
                    "git-missing",
                    Severity.WARNING,
                    "git is not installed, so dates, authors and earlier versions of policies are missing",
                    "install git (`apt-get install git`), then publish again",
                )
            )
        commit = self._find_commit()
        digest = files_digest(files)
        return Scan(
            f"{commit[:12]}+{digest[:12]}" if commit else digest, commit, files, tuple(problems)
        )

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The contents of files now; symbolic links are not followed."""
        for path in paths:
            try:
                yield path, _read(str(self.root / path))
            except OSError:
                yield path, None

    def histories(self, scan: Scan, since: str = "") -> Histories:
        """Dates and authors from git; of what is not committed, the file's own time."""
        known = Histories()
        committed: dict[str, str] = {}
        if scan.commit:
            prefix = self.git.prefix()
            known = read_histories(Git(self.git.top()), scan.commit, prefix, since)
            committed = self._committed_digests(scan.commit)
        files = dict(known.files)
        for path, file in scan.files.items():
            if file.is_markdown and committed.get(path) != file.digest:
                files[path] = self._uncommitted(path, files.get(path))
        return Histories(files, known.complete)

    def versions(self, scan: Scan, path: str, limit: int) -> Sequence[FileVersion]:
        """Earlier committed contents of one file, without the one that lies there now."""
        if not scan.commit:
            return ()
        prefix = self.git.prefix()
        versions = read_versions(Git(self.git.top()), scan.commit, prefix + path, limit)
        current = scan.files[path].digest
        return [version for version in versions if blob_digest(version.data) != current]

    def _walk(self, folder: str, problems: list[Problem]) -> Iterator[tuple[str, str]]:
        try:
            entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
        except OSError as error:
            problems.append(
                Problem(
                    folder,
                    0,
                    "unreadable",
                    Severity.ERROR,
                    f"the folder cannot be read: {error.strerror}",
                    "correct its permissions",
                )
            )
            return
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if is_hidden(entry.name):
                continue
            if problem := unusable_name(path):
                problems.append(problem)
            elif entry.is_symlink():
                problems.append(symlink_problem(path))
            elif entry.is_dir():
                yield from self._walk(path, problems)
            elif entry.is_file():
                yield path, entry.path

    def _lies_in_checkout(self) -> bool:
        root = self.root.resolve()
        return any((folder / ".git").exists() for folder in (root, *root.parents))

    def _find_commit(self) -> str:
        # A folder that git ignores or does not know has no history worth showing.
        if not self.git.is_repository():
            return ""
        return self.git.find_commit("HEAD") or ""

    def _committed_digests(self, commit: str) -> dict[str, str]:
        listing = self.git.run("ls-tree", "-r", "-z", commit)
        digests: dict[str, str] = {}
        for line in listing.split(b"\0"):
            if line:
                head, _, name = line.partition(b"\t")
                digests[name.decode("utf-8", "surrogateescape")] = head.split()[2].decode("ascii")
        return digests

    def _uncommitted(self, path: str, known: FileHistory | None) -> FileHistory:
        seconds = (self.root / path).lstat().st_mtime
        when = datetime.fromtimestamp(int(seconds), UTC)
        if known is None:
            return FileHistory(when, when)
        return FileHistory(known.created_at, when, known.authors)


def _describe(path: str, full: str) -> SourceFile:
    status = os.lstat(full)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "not a regular file")
    fingerprint = f"{status.st_size}:{status.st_mtime_ns}"
    file = SourceFile(path, status.st_size, "", fingerprint)
    if not (file.is_markdown or file.is_settings):
        return file
    digest = blob_digest(_read(full))
    return SourceFile(path, status.st_size, digest, digest)


def _read(full: str) -> bytes:
    # Not by pathlib: on every publish all articles are read, and it takes as long as the disk.
    with os.fdopen(os.open(full, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read()
