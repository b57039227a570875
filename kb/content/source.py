"""Where content comes from: the interface of a folder and of a git branch.

A source tells what is there and how it came about; it does not judge.  Paths are
relative to the content folder, with slashes, on every system.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kb.content.models import Problem

MAX_FILE_BYTES = 25_000_000
"""Images and attachments larger than this are reported and not published."""


MARKDOWN_ENDINGS = (".md", ".markdown")
COLLECTION_TEXTS = ("index", "readme", "_index")
"""File names, without their ending, of the text of a folder's own page."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it lies in the source."""

    path: str
    size: int
    digest: str
    """git's blob id of the content; empty for an image or attachment not read yet."""
    fingerprint: str
    """Changes whenever the content does, but may be cheaper than reading it."""

    @property
    def name(self) -> str:
        """File name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """Path of its folder, "" at the top."""
        return self.path.rpartition("/")[0]

    @property
    def is_markdown(self) -> bool:
        """Whether it is an article or a collection's own text."""
        return self.path.lower().endswith(MARKDOWN_ENDINGS)

    @property
    def is_collection_text(self) -> bool:
        """Whether it is the text of its folder: ``index.md``, ``README.md``, ``_index.md``."""
        stem, _, _ = self.name.lower().rpartition(".")
        return self.is_markdown and stem in COLLECTION_TEXTS

    @property
    def is_settings(self) -> bool:
        """Whether it is one of the ``_*.yml`` files."""
        return self.name.startswith("_") and self.name.endswith((".yml", ".yaml"))


@dataclass(frozen=True, slots=True)
class Scan:
    """What a source holds at one moment."""

    revision: str
    """Full commit id; of a plain folder, a digest of its files."""
    commit: str
    """The commit its history ends at; empty where there is none."""
    files: Mapping[str, SourceFile]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class FileHistory:
    """When a file was written and changed, and by whom (most recent first)."""

    created_at: datetime
    updated_at: datetime
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Histories:
    """The history of every file, complete or since a commit."""

    files: Mapping[str, FileHistory] = field(default_factory=dict)
    complete: bool = True
    """False when only what changed since the commit asked for is there."""


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One earlier content of a file."""

    revision: str
    committed_at: datetime
    data: bytes


class ContentSource(Protocol):
    """Reads one content folder."""

    def scan(self) -> Scan:
        """List all files. Raises SourceError when the content as a whole cannot be read."""
        ...

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The contents of files of the last scan, in order; None for one that is gone."""
        ...

    def histories(self, scan: Scan, since: str = "") -> Histories:
        """Dates and authors, from one pass over git; only later changes where ``since`` allows."""
        ...

    def versions(self, scan: Scan, path: str, limit: int) -> Sequence[FileVersion]:
        """Earlier contents of one file, newest first, at most ``limit``."""
        ...


def blob_digest(data: bytes) -> str:
    """Git's id of a content, so that a folder and a branch agree on what is unchanged."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
