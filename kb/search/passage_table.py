"""Which passages the articles of a generation have, and where their vectors lie.

A small file in the folder of the generation, ``passages.msgpack``.  The vectors themselves
are shared by generations (``kb.search.vector_store``): one changed article costs one small
file, and workers that switch keep the pages they have in memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from kb.search.passages import DIGEST_BYTES

FILE_NAME = "passages.msgpack"
FORMAT = 3
"""Raise when the meaning of a field or the making of passages changes: the file is then
made anew by the next publish, and only texts that differ are embedded again."""
UNKNOWN = -1
"""Row of a passage whose vector has not been computed yet."""

DIGEST = np.dtype(f"V{DIGEST_BYTES}")


class TableError(ValueError):
    """The file is missing, damaged or of another format."""


@dataclass(frozen=True, slots=True, eq=False)
class PassageTable:
    """All passages, article by article in the order of their slugs, titles first."""

    slugs: Sequence[str]
    counts: NDArray[np.int32]
    """How many passages each article has; at least one."""
    kinds: NDArray[np.uint8]
    """``PassageKind`` of each passage."""
    anchors: Sequence[str]
    digests: NDArray[np.void]
    model: str = ""
    dimension: int = 0
    segments: tuple[str, ...] = ()
    """Names of the vector files, in order."""
    rows: NDArray[np.int32] | None = None
    """Row of each passage, counted through all segments; ``UNKNOWN`` while there is none."""

    @property
    def complete(self) -> bool:
        """Whether every passage has its vector."""
        return self.rows is not None and not (self.rows == UNKNOWN).any()

    def located(
        self, model: str, dimension: int, segments: tuple[str, ...], rows: NDArray[np.int32]
    ) -> "PassageTable":
        """The same passages with their vectors elsewhere."""
        return replace(self, model=model, dimension=dimension, segments=segments, rows=rows)

    def is_located_like(self, other: "PassageTable") -> bool:
        """Whether another table of the same passages finds the same vectors."""
        assert self.rows is not None
        return (
            (self.model, self.dimension, self.segments)
            == (other.model, other.dimension, other.segments)
            and other.rows is not None
            and np.array_equal(self.rows, other.rows)
        )


class _File(msgspec.Struct, frozen=True):
    format: int
    model: str
    dimension: int
    segments: tuple[str, ...]
    slugs: list[str]
    counts: bytes
    kinds: bytes
    anchors: str
    digests: bytes
    rows: bytes


def encode_table(table: PassageTable) -> bytes:
    """The content of the file."""
    assert table.rows is not None, "located before it is written"
    return msgspec.msgpack.encode(
        _File(
            FORMAT,
            table.model,
            table.dimension,
            table.segments,
            list(table.slugs),
            table.counts.astype("<i4").tobytes(),
            table.kinds.tobytes(),
            "\n".join(table.anchors),
            table.digests.tobytes(),
            table.rows.astype("<i4").tobytes(),
        )
    )


def load_table(directory: Path) -> PassageTable:
    """The table of a generation.

    Raises:
        TableError: missing, damaged or of another format.
    """
    path = directory / FILE_NAME
    try:
        file = msgspec.msgpack.decode(path.read_bytes(), type=_File)
        table = PassageTable(
            slugs=file.slugs,
            counts=np.frombuffer(file.counts, "<i4"),
            kinds=np.frombuffer(file.kinds, np.uint8),
            anchors=file.anchors.split("\n"),
            digests=np.frombuffer(file.digests, DIGEST),
            model=file.model,
            dimension=file.dimension,
            segments=file.segments,
            rows=np.frombuffer(file.rows, "<i4"),
        )
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise TableError(f"{path} cannot be read ({error})") from error
    if file.format != FORMAT or not _fits(table):
        raise TableError(f"{path} is damaged or of another format")
    return table


def _fits(table: PassageTable) -> bool:
    assert table.rows is not None
    count = len(table.rows)
    return (
        len(table.slugs) == len(table.counts)
        and bool((table.counts > 0).all())
        and int(table.counts.sum()) == count == len(table.kinds) == len(table.digests)
        and (len(table.anchors) == count or (count == 0 and list(table.anchors) == [""]))
        and all(name.isalnum() for name in table.segments)
        and (count == 0 or int(table.rows.min()) >= UNKNOWN)
    )
