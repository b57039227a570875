"""A source with some files changed that were not saved: what would be if they were."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kb.content.source import (
    ContentSource,
    FileVersion,
    Histories,
    Scan,
    SourceFile,
    blob_digest,
)
from kb.errors import InvalidInput


class OverlaySource:
    """Implements ``ContentSource`` on top of another one, which is only read.

    ``changes`` has the new text of each changed file by its path below the content folder;
    None stands for a file that is removed.
    """

    def __init__(self, base: ContentSource, changes: Mapping[str, str | bytes | None]) -> None:
        for path in changes:
            if not path or path.startswith("/") or ".." in path.split("/") or "\0" in path:
                raise InvalidInput(
                    "'%(path)s' is no path below the content folder.", "path", path=path
                )
        self._base = base
        self._changes = {
            path: text.encode() if isinstance(text, str) else text for path, text in changes.items()
        }
        self._below: Scan | None = None

    def scan(self) -> Scan:
        """List all files as they would be."""
        below = self._below = self._base.scan()
        files = dict(below.files)
        for path, data in self._changes.items():
            files.pop(path, None)
            if data is not None:
                digest = blob_digest(data)
                files[path] = SourceFile(path, len(data), digest, digest)
        if files == below.files:
            return below
        changed = hashlib.sha1(usedforsecurity=False)
        for path, data in sorted(self._changes.items()):
            changed.update(f"{path}\0{'' if data is None else blob_digest(data)}\0".encode())
        return replace(below, revision=f"{below.revision}+{changed.hexdigest()[:12]}", files=files)

    @property
    def saved_revision(self) -> str:
        """The revision of the last scan without the changes."""
        return self._saved().revision

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The contents of files, changed ones as they would be, in order."""
        for path in paths:
            if path in self._changes:
                yield path, self._changes[path]
            else:
                yield from self._base.read([path])

    def histories(self, scan: Scan, since: str = "") -> Histories:
        """Dates and authors of what is saved."""
        return self._base.histories(self._saved(), since)

    def versions(self, scan: Scan, path: str, limit: int) -> Sequence[FileVersion]:
        """Earlier contents of one file; none of a new one."""
        saved = self._saved()
        return self._base.versions(saved, path, limit) if path in saved.files else ()

    def _saved(self) -> Scan:
        assert self._below is not None, "scanned before it is asked for more"
        return self._below
