"""Dates, authors and earlier versions of files, read from git in one pass each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from kb.content.source import FileHistory, FileVersion, Histories
from kb.git import Git, checked_revision

_MARK = b"\x01"


def read_histories(git: Git, commit: str, prefix: str, since: str = "") -> Histories:
    """The history of every file below ``prefix`` up to ``commit``.

    With ``since`` an ancestor of ``commit``, only files changed after it are listed.
    Renames count as new files: following them costs a pass for each file.
    """
    span = checked_revision(commit)
    partial = bool(since) and git.succeeds(
        "merge-base", "--is-ancestor", checked_revision(since), span
    )
    if partial:
        span = f"{since}..{span}"
    output = git.run(
        "log",
        "--name-only",
        "-z",
        "--no-renames",
        "--format=%x01%H%x20%ct%x20%an",
        span,
        "--",
        *([prefix] if prefix else []),
    )
    histories: dict[str, FileHistory] = {}
    # Newest first: the first time a file is seen is its last change, the last time its first.
    for when, author, paths in _parse(output):
        for path in paths:
            if not path.startswith(prefix):
                continue
            inner = path[len(prefix) :]
            known = histories.get(inner)
            if known is None:
                histories[inner] = FileHistory(when, when, (author,))
            else:
                authors = known.authors if author in known.authors else (*known.authors, author)
                histories[inner] = FileHistory(when, known.updated_at, authors)
    return Histories(histories, complete=not partial)


def read_versions(git: Git, commit: str, path: str, limit: int) -> Sequence[FileVersion]:
    """Earlier contents of one file before ``commit``'s, newest first, each once."""
    output = git.run(
        "log",
        "--no-renames",
        "--raw",
        "--no-abbrev",
        "--format=%x01%H %ct",
        f"--max-count={limit + 1}",
        checked_revision(commit),
        "--",
        path,
    ).decode("utf-8", "replace")
    found: dict[str, tuple[str, datetime]] = {}
    for record in output.split("\x01")[1:]:
        lines = record.split("\n")
        revision, seconds = lines[0].split()
        # :old-mode new-mode old-blob new-blob status
        blob = next((line.split()[3] for line in lines[1:] if line.startswith(":")), "0")
        if blob.strip("0") and blob not in found:
            found[blob] = (revision, datetime.fromtimestamp(int(seconds), UTC))
    blobs = git.read_blobs(list(found)) if found else []
    return [FileVersion(*found[blob], data) for blob, data in zip(found, blobs, strict=True)]


def _parse(output: bytes) -> Iterator[tuple[datetime, str, list[str]]]:
    for record in output.split(_MARK)[1:]:
        header, _, names = record.partition(b"\0")
        _, seconds, author = header.decode("utf-8", "replace").split(" ", 2)
        when = datetime.fromtimestamp(int(seconds), UTC)
        paths = [
            name.decode("utf-8", "surrogateescape")
            for name in names.removeprefix(b"\n").split(b"\0")
            if name
        ]
        yield when, author, paths
