"""Tries the content, as it lies or with changes, in a folder of its own: what would be found.

Built on top of the published generation, so that only what differs is rendered, indexed and
embedded.  The published one is read and never touched: vectors that are known are linked,
new ones are kept in the folder and go with it.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kb.content.models import Problem
from kb.content.overlay import OverlaySource
from kb.errors import EmbedderUnavailable
from kb.publishing.building import GenerationBuilder
from kb.publishing.generation import Generation
from kb.publishing.last import LastGeneration, open_last
from kb.publishing.layout import IndexLayout
from kb.publishing.publisher import Publisher, no_progress
from kb.publishing.revision import Progress, Revision
from kb.publishing.vectors import VectorPublisher
from kb.search.vector_store import SUFFIXES

OpenAt = Callable[[IndexLayout, str], Generation]
"""Opens a generation of an index folder."""

_ID = "trial"


@dataclass(frozen=True)
class Trial:
    """The content of one moment, read and arranged, of which a generation can be built."""

    revision: Revision
    _last: LastGeneration | None
    _publisher: Publisher
    _open_at: OpenAt
    _progress: Progress

    @property
    def has_queries(self) -> bool:
        """Whether its articles have any regression queries."""
        articles = self.revision.arrangement.articles.values()
        return any(article.regression_queries for article in articles)

    @property
    def is_published(self) -> bool:
        """Whether the published generation was made of the same files, changes aside."""
        if self._last is None:
            return False
        source, revision = self.revision.source, self.revision.scan.revision
        saved = source.saved_revision if isinstance(source, OverlaySource) else revision
        return self._last.catalogue.manifest.revision == saved

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the content; complete after ``compile`` or ``open``."""
        return sorted(set(self.revision.problems))

    def compile(self) -> None:
        """Find all problems without building anything."""
        for _ in self.revision.compile():
            pass

    @contextlib.contextmanager
    def open(self) -> Iterator[Generation]:
        """Build the generation and open it; it is gone when the context ends.

        Raises:
            PublishError: it cannot be built.
        """
        with tempfile.TemporaryDirectory(prefix="helpshelf-trial-") as folder:
            layout = IndexLayout(Path(folder))
            directory = layout.create_generation(_ID)
            vectors = self._vectors(layout)
            publisher = self._publisher
            builder = GenerationBuilder(
                publisher.library_files,
                publisher.engine,
                publisher.clock,
                publisher.learned,
                vectors,
            )
            builder.build(directory, self.revision, self._last, full=self._last is None)
            if vectors is not None:
                # Without the model it is searched by words, as customers would search.
                with contextlib.suppress(EmbedderUnavailable):
                    vectors.complete_one(_ID, self._progress)
            generation = self._open_at(layout, _ID)
            try:
                yield generation
            finally:
                generation.close()

    def _vectors(self, layout: IndexLayout) -> VectorPublisher | None:
        known = self._publisher.vectors
        if known is None or not known.embedder.model:
            return None
        published = known.layout.vectors / known.embedder.model
        folder = layout.vectors / known.embedder.model
        folder.mkdir(parents=True)
        for file in published.glob("*") if published.is_dir() else ():
            if file.suffix in SUFFIXES:
                (folder / file.name).symlink_to(file.absolute())
        return VectorPublisher(layout, known.library_files, known.embedder)


@dataclass(frozen=True)
class TrialBuilder:
    """Tries what a publish would make of the content."""

    publisher: Publisher
    open_at: OpenAt

    @contextlib.contextmanager
    def prepare(
        self,
        overlay: Mapping[str, str | None] | None = None,
        progress: Progress = no_progress,
    ) -> Iterator[Trial]:
        """Read and arrange the content with some files changed.

        ``overlay`` has the new text of each changed file by its path below the content
        folder, None for one that is removed.

        Raises:
            SourceError: the content as a whole cannot be read.
            InvalidInput: a path does not lie below the content folder.
        """
        publisher = self.publisher
        source = OverlaySource(publisher.source, overlay) if overlay else publisher.source
        last = open_last(publisher.layout, publisher.library_files, publisher.engine)
        try:
            revision = replace(publisher, source=source).start_revision(last, progress)
            revision.read_source()
            revision.prepare()
            yield Trial(revision, last, publisher, self.open_at, progress)
        finally:
            if last is not None:
                last.close()

    @contextlib.contextmanager
    def build(
        self, overlay: Mapping[str, str | None] | None = None, progress: Progress = no_progress
    ) -> Iterator[Generation]:
        """A generation of the content with some files changed; gone when the context ends.

        Raises:
            SourceError: the content as a whole cannot be read.
            InvalidInput: a path does not lie below the content folder.
            PublishError: it cannot be built.
        """
        with self.prepare(overlay, progress) as trial, trial.open() as generation:
            yield generation
