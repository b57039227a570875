"""A branch of a git repository as content, also of a bare one: what is committed counts."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from kb.content.models import Problem, Severity
from kb.content.source import FileVersion, Histories, Scan, SourceFile
from kb.content.sources.git_history import read_histories, read_versions
from kb.errors import SourceError
from kb.git import Git

_LINK, _SUBMODULE = b"120000", b"160000"
_BATCH = 200


class GitSource:
    """The last commit of a branch, below ``prefix`` ("" or a path ending in a slash)."""

    def __init__(self, repository: Path, ref: str, prefix: str = "") -> None:
        self.git = Git(repository)
        self.ref = ref
        self.prefix = prefix
        self._digests: dict[str, str] = {}

    def scan(self) -> Scan:
        """List the files of the branch's last commit."""
        commit = self.git.find_commit(self.ref)
        if commit is None:
            raise SourceError(
                f"There is no branch {self.ref!r} with a commit in {self.git.folder}: "
                "commit the articles, or correct KB_CONTENT_REF."
            )
        tree = f"{commit}:{self.prefix.rstrip('/')}"
        try:
            listing = self.git.run(
                "ls-tree", "-r", "-z", "--long", "--full-tree", "--end-of-options", tree
            )
        except SourceError as error:
            raise SourceError(
                f"The branch {self.ref!r} has no folder {self.prefix.rstrip('/')!r}: correct KB_CONTENT_DIR."
            ) from error
        files: dict[str, SourceFile] = {}
        problems: list[Problem] = []
        for line in listing.split(b"\0"):
            if line:
                self._add(line, files, problems)
        self._digests = {path: file.digest for path, file in files.items()}
        return Scan(commit, commit, files, tuple(problems))

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The committed contents, a batch for each git process."""
        remaining = iter(paths)
        while batch := list(islice(remaining, _BATCH)):
            digests = [self._digests[path] for path in batch]
            yield from zip(batch, self.git.read_blobs(digests), strict=True)

    def histories(self, scan: Scan, since: str = "") -> Histories:
        """Dates and authors from one pass over the branch."""
        return read_histories(self.git, scan.commit, self.prefix, since)

    def versions(self, scan: Scan, path: str, limit: int) -> Sequence[FileVersion]:
        """Earlier contents of one file, without the current one."""
        return read_versions(self.git, scan.commit, self.prefix + path, limit)[1:]

    def _add(self, line: bytes, files: dict[str, SourceFile], problems: list[Problem]) -> None:
        head, _, name = line.partition(b"\t")
        mode, _, digest, size = head.split()
        path = name.decode("utf-8", "surrogateescape")
        if is_hidden(path) or mode == _SUBMODULE:
            return
        if problem := unusable_name(path):
            problems.append(problem)
            return
        if mode == _LINK:
            problems.append(symlink_problem(path))
            return
        blob = digest.decode("ascii")
        files[path] = SourceFile(path, int(size), blob, blob)


def is_hidden(path: str) -> bool:
    """Whether a file or a folder above it starts with a dot."""
    return any(part.startswith(".") for part in path.split("/"))


def unusable_name(path: str) -> Problem | None:
    """The problem of a file whose name is not UTF-8, which no address could stand for."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "backslashreplace").decode("utf-8", "replace")
        return Problem(
            shown, 0, "file-name", Severity.ERROR, "the file name is not UTF-8", "rename the file"
        )
    return None


def symlink_problem(path: str) -> Problem:
    """The problem for a symbolic link, which is never followed."""
    return Problem(
        path,
        0,
        "symlink",
        Severity.WARNING,
        "symbolic links are not followed",
        "put a copy of the file here",
    )


def files_digest(files: dict[str, SourceFile]) -> str:
    """One digest for a set of files: the revision of a folder that is in no repository."""
    digest = hashlib.sha1(usedforsecurity=False)
    for path in sorted(files):
        digest.update(
            f"{path}\0{files[path].digest or files[path].fingerprint}\0".encode(
                "utf-8", "surrogateescape"
            )
        )
    return digest.hexdigest()
