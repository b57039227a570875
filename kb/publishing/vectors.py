"""Vectors of what is published, in two steps.

``prepare`` belongs to the publish itself: it lists the passages of the new generation and
finds the vectors that are known, so that one changed article does not switch meaning off.
``complete`` comes after, when the generation is served already: it embeds what is missing
and puts the complete list in place of the first.  It holds no lock that a publish needs,
and turns to the next generation when there is one.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from kb.errors import GenerationUnavailable, PublishError
from kb.publishing.layout import IndexLayout
from kb.publishing.locks import only_one
from kb.publishing.models import Catalogue
from kb.publishing.passages import LastPassages, build_table, load_missing_texts
from kb.publishing.revision import Progress
from kb.publishing.store import LibraryFiles, LibraryReader
from kb.search.embedder import Embedder, Embedding
from kb.search.passage_table import (
    FILE_NAME,
    PassageTable,
    TableError,
    encode_table,
    load_table,
)
from kb.search.vector_store import VectorStore

_AT_ONCE = 32
"""Texts between two looks at whether another generation is current; about a second."""
_FLUSH_SECONDS = 5.0
"""What a kill can cost."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EmbeddingReport:
    """What computing vectors did."""

    passages: int
    """How many passages the generation has."""
    embedded: int
    """How many texts were embedded now; the others were known."""
    seconds: float


@dataclass(frozen=True)
class VectorPublisher:
    """Keeps the vectors of one index folder up to date, for one model."""

    layout: IndexLayout
    library_files: LibraryFiles
    embedder: Embedder

    def prepare(
        self,
        directory: Path,
        catalogue: Catalogue,
        last: tuple[Path, Catalogue] | None,
    ) -> None:
        """List the passages of the generation that is built in ``directory``.

        ``last`` is the folder and catalogue of the one before.
        """
        if not self.embedder.model:
            return
        before = None
        if last is not None:
            with contextlib.suppress(TableError):  # it is listed from the texts then
                before = LastPassages(last[1], load_table(last[0]))
        reader = self.library_files.open(directory)
        try:
            table = build_table(catalogue, reader, before)
        finally:
            reader.close()
        located = self._open_store().locate(table)
        (directory / FILE_NAME).write_bytes(encode_table(located))

    def is_complete(self) -> bool:
        """Whether the current generation has all its vectors, as far as its list says."""
        current = self.layout.read_current()
        try:
            table = load_table(self.layout.generation(current or "none"))
        except TableError:
            return False
        return table.complete and table.model == self.embedder.model

    def complete(self, progress: Progress) -> EmbeddingReport:
        """Embed what is missing in the current generation; back when nothing is.

        Raises:
            EmbedderUnavailable: the model cannot be used.
            PublishError: the vectors cannot be written.
        """
        if not self.embedder.model:
            self.embedder.embed([""])  # says why
        started = time.monotonic()
        with (
            self._translated(),
            only_one(
                self.layout.root / "embed.lock",
                lambda: progress("Waiting for another publish", 0, 0),
            ),
        ):
            embedded, table = 0, None
            while (generation := self.layout.read_current()) is not None:
                try:
                    work = _Work(self, generation, progress, self._current_is(generation))
                    table = work.run()
                    embedded += work.embedded
                except (GenerationUnavailable, FileNotFoundError):
                    if self.layout.read_current() == generation:
                        raise
                if self.layout.read_current() == generation:
                    break
            self._prune()
        return EmbeddingReport(
            passages=len(table.kinds) if table else 0,
            embedded=embedded,
            seconds=round(time.monotonic() - started, 3),
        )

    def complete_one(self, generation: str, progress: Progress) -> None:
        """Embed what is missing in one generation, whether it is current or not.

        Raises:
            EmbedderUnavailable: the model cannot be used.
            PublishError: the vectors cannot be written.
        """
        if not self.embedder.model:
            self.embedder.embed([""])  # says why
        with self._translated(), only_one(self.layout.root / "embed.lock"):
            _Work(self, generation, progress, lambda: True).run()

    def _open_store(self) -> VectorStore:
        store = VectorStore(self.layout.vectors, self.embedder.model)
        for damage in store.damaged:
            _log.warning("vectors are computed again: %s", damage)
        return store

    def _current_is(self, generation: str) -> Callable[[], bool]:
        return lambda: self.layout.read_current() == generation

    def _prune(self) -> None:
        named: set[str] = set()
        for directory in (self.layout.root / "generations").iterdir():
            with contextlib.suppress(TableError):
                named.update(load_table(directory).segments)
        VectorStore(self.layout.vectors, self.embedder.model).prune(named)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PublishError(
                f"Vectors cannot be written to {self.layout.vectors} "
                f"({error.strerror or error}): check permissions and free disk space."
            ) from error


class _Work:
    """Completes one generation, as long as it is wanted."""

    def __init__(
        self,
        publisher: VectorPublisher,
        generation: str,
        progress: Progress,
        is_wanted: Callable[[], bool],
    ) -> None:
        self.embedded = 0
        self._layout = publisher.layout
        self._files = publisher.library_files
        self._embedder = publisher.embedder
        self._store = publisher._open_store()
        self._is_wanted = is_wanted
        self._progress = progress
        self._directory = self._layout.generation(generation)

    def run(self) -> PassageTable:
        """The table as it lies in the generation's folder afterwards."""
        try:
            written = load_table(self._directory)
        except TableError:
            written = None
        table = self._store.locate(written) if written else None
        if table is None or not table.complete:
            table = self._embed_missing(table)
        table = self._store.merge(table)
        if (written is None or not table.is_located_like(written)) and self._is_wanted():
            self._layout.write_file(self._directory / FILE_NAME, encode_table(table))
        return table

    def _embed_missing(self, table: PassageTable | None) -> PassageTable:
        reader = self._files.open(self._directory)
        try:
            catalogue = reader.load_catalogue()
            if table is not None:
                table = self._embed_texts(table, catalogue, reader)
            if table is None or (not table.complete and self._is_wanted()):
                # No list, or one that does not match the texts: listed anew.
                fresh = self._store.locate(build_table(catalogue, reader, None))
                table = self._embed_texts(fresh, catalogue, reader)
        finally:
            reader.close()
        return table

    def _embed_texts(
        self, table: PassageTable, catalogue: Catalogue, reader: LibraryReader
    ) -> PassageTable:
        texts = load_missing_texts(table, catalogue, reader)
        done: list[tuple[bytes, Embedding]] = []
        flushed = time.monotonic()
        remaining = iter(texts.items())
        self._progress("Embedding", 0, len(texts))
        try:
            while self._is_wanted() and (batch := list(islice(remaining, _AT_ONCE))):
                found = self._embedder.embed_pieces([text for _, text in batch])
                done += zip((digest for digest, _ in batch), found, strict=True)
                self.embedded += len(batch)
                self._progress("Embedding", self.embedded, len(texts))
                if time.monotonic() - flushed > _FLUSH_SECONDS:
                    self._flush(done)
                    flushed = time.monotonic()
        finally:
            self._flush(done)
        return self._store.locate(table)

    def _flush(self, done: list[tuple[bytes, Embedding]]) -> None:
        if done:
            vectors = np.stack([embedding.vector for _, embedding in done])
            pieces = [embedding.pieces for _, embedding in done]
            self._store.add([digest for digest, _ in done], vectors, pieces)
            done.clear()
