"""Vectors of texts, computed once and kept in files that are only ever added.

Each segment is ``<name>.npy``, rows (``kb.search.rounded``) that workers map into memory,
``<name>.pieces``, the word pieces of their texts, and ``<name>.ids``, the digests of these.
Written aside, synced, renamed, and never changed: whoever maps one is not disturbed, and a
publish that is killed loses only what it had not written yet.  Small segments are merged now
and then.
"""

import contextlib
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from kb.search.passage_table import DIGEST, UNKNOWN, PassageTable
from kb.search.piece_file import PieceFile, Signs, no_signs, write_pieces
from kb.search.rounded import RoundedVectors, Rows, Vectors, are_rows, round_vectors

SUFFIXES = (".ids", ".pieces", ".npy")
"""Of the files of a segment, in the order in which they are written: with the last it is there."""
MAX_SEGMENTS = 8
"""More are merged: every search visits each of them."""
_LEFTOVER_SECONDS = 3_600.0
"""A file that no generation names may be one that a publish is about to name; after an
hour it is not."""
_UNIT_TOLERANCE = 0.01
_CHECKED_ROWS = 64
_ROWS_AT_ONCE = 1_000


class SegmentError(ValueError):
    """The file is missing, damaged or of another length."""


@dataclass(frozen=True)
class Segment:
    """Vectors that were written together, mapped into memory, and the word pieces of their texts."""

    name: str
    rows: Rows
    pieces: PieceFile
    ids: Path

    @cached_property
    def vectors(self) -> RoundedVectors:
        """The rows, ready to be compared."""
        return RoundedVectors.of(self.rows)

    @cached_property
    def digests(self) -> NDArray[np.void]:
        """The digest of each row's text. Raises SegmentError."""
        try:
            found = np.fromfile(self.ids, DIGEST)
        except OSError as error:
            raise SegmentError(f"{self.ids} cannot be read ({error.strerror})") from error
        if len(found) != len(self.rows):
            raise SegmentError(f"{self.ids} and its vectors do not belong together")
        return found


def open_segment(folder: Path, name: str) -> Segment:
    """Map a segment and look at a few rows of it.

    Raises:
        SegmentError: it is missing, truncated, or no vectors of unit length.
    """
    path = folder / f"{name}.npy"
    try:
        # The plain array behind the map: np.memmap itself makes every operation slower.
        rows = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise SegmentError(f"{path} cannot be read ({error})") from error
    if not are_rows(rows) or not rows.flags.c_contiguous:
        raise SegmentError(f"{path} holds no vectors")
    some = RoundedVectors.of(rows[:: max(1, len(rows) // _CHECKED_ROWS)])
    lengths = np.linalg.norm(some.restore(), axis=1)
    if not bool((np.abs(lengths - 1.0) < _UNIT_TOLERANCE).all()):
        raise SegmentError(f"{path} is damaged: its rows have no unit length")
    return Segment(
        name, rows, _open_pieces(path.with_suffix(".pieces"), rows), path.with_suffix(".ids")
    )


def _open_pieces(path: Path, rows: Rows) -> PieceFile:
    try:
        pieces = PieceFile(path, RoundedVectors.of(rows).dimension)
    except (OSError, ValueError, EOFError) as error:
        raise SegmentError(f"{path} cannot be read ({error})") from error
    if len(pieces) != len(rows):
        raise SegmentError(f"{path} and its vectors do not belong together")
    return pieces


class VectorStore:
    """The vectors of one model; one process at a time adds to it."""

    def __init__(self, root: Path, model: str) -> None:
        self.root = root
        self.model = model
        self.folder = root / model
        self.damaged: list[str] = []
        """What could not be read, for the log."""
        self._segments: dict[str, Segment] = {}
        self.reload()

    def reload(self) -> None:
        """See what others have added; those that cannot be read are passed over."""
        self.damaged = []
        for path in sorted(self.folder.glob("*.npy")):
            if path.stem in self._segments or not path.stem.isalnum():
                continue
            try:
                segment = open_segment(self.folder, path.stem)
                _ = segment.digests
            except SegmentError as error:
                self.damaged.append(str(error))
            else:
                self._segments[path.stem] = segment

    def locate(self, table: PassageTable) -> PassageTable:
        """The table with the row of every passage whose vector is known."""
        row_of: dict[bytes, int] = {}
        names: list[str] = []
        dimension = start = 0
        wanted = set(table.digests.tolist())
        # The newest first: what is in several was merged, and the earlier ones are to go.
        for segment in sorted(self._segments.values(), key=lambda s: s.name, reverse=True):
            digests: list[bytes] = segment.digests.tolist()
            used = {
                digest: start + row
                for row, digest in enumerate(digests)
                if digest in wanted and digest not in row_of
            }
            if used and dimension in (0, segment.vectors.dimension):
                dimension = segment.vectors.dimension
                row_of |= used
                names.append(segment.name)
                start += len(digests)
        rows = np.array(
            [row_of.get(digest, UNKNOWN) for digest in table.digests.tolist()], np.int32
        )
        return table.located(self.model, dimension, tuple(names), rows)

    def add(
        self, digests: Sequence[bytes], vectors: Vectors, pieces: Sequence[Signs] | None = None
    ) -> None:
        """Keep vectors durably, rounded, with the word pieces of each. Raises OSError."""
        pieces = [no_signs(vectors.shape[1])] * len(vectors) if pieces is None else pieces
        self._add_rows(digests, round_vectors(vectors), list(map(len, pieces)), pieces)

    def _add_rows(
        self, digests: Sequence[bytes], rows: Rows, counts: Sequence[int], pieces: Iterable[Signs]
    ) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():x}{secrets.token_hex(2)}"
        ids, signs, vectors = (self.folder / f"{name}{suffix}" for suffix in SUFFIXES)
        _write(ids, lambda file: file.write(np.array(digests, DIGEST).tobytes()))
        _write(signs, lambda file: write_pieces(file, counts, pieces))
        _write(vectors, lambda file: np.save(file, rows))
        self._segments[name] = open_segment(self.folder, name)

    def merge(self, table: PassageTable) -> PassageTable:
        """Few segments instead of many, and none that is mostly unused; the table for them."""
        used = [self._segments[name] for name in table.segments]
        wasted = sum(len(s.rows) for s in used) > 2 * len(np.unique(table.digests))
        if len(used) <= MAX_SEGMENTS and not wasted:
            return table
        # The largest stays as it is, unless much of it is unused.
        small = used if wasted else sorted(used, key=lambda s: len(s.rows))[:-1]
        wanted = set(table.digests.tolist())
        seen: dict[bytes, tuple[Segment, int]] = {}
        for segment in small:
            for row, digest in enumerate(segment.digests.tolist()):
                if digest in wanted:
                    seen.setdefault(digest, (segment, row))
        kept = [segment.rows[row : row + 1] for segment, row in seen.values()]
        counts = [int(segment.pieces.counts[row]) for segment, row in seen.values()]
        self._add_rows(list(seen), np.concatenate(kept), counts, _read_pieces(seen.values()))
        for segment in small:
            del self._segments[segment.name]
        return self.locate(table)

    def prune(self, named: Collection[str]) -> None:
        """Remove old files that are none of the ``named`` segments, of other models as well."""
        before = time.time() - _LEFTOVER_SECONDS
        for folder in [path for path in self.root.iterdir() if path.is_dir()]:
            for path in folder.iterdir():
                with contextlib.suppress(FileNotFoundError):
                    if path.stem not in named and path.stat().st_mtime < before:
                        path.unlink()
            with contextlib.suppress(OSError):
                folder.rmdir()  # only when empty


def _read_pieces(rows: Iterable[tuple[Segment, int]]) -> Iterator[Signs]:
    """Those of some rows, one after the other, a few at a time: all of them may be gigabytes."""
    for _, some in groupby(rows, key=lambda place: place[0].name):
        segments, numbers = zip(*some, strict=True)
        for part in np.array_split(np.array(numbers), len(numbers) // _ROWS_AT_ONCE + 1):
            yield segments[0].pieces.read(part)
        segments[0].pieces.close()


def _write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _publish(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _publish(temporary: str, path: Path) -> None:
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
