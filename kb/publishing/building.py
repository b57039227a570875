"""Builds one generation in a folder of its own: library file, index and list of passages.

Used by a publish and by whoever tries a change: nothing outside the folder is touched.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from kb.clock import Clock
from kb.content.renderer import RENDERER_VERSION
from kb.errors import PublishError
from kb.publishing.build import Build
from kb.publishing.image_copies import ImageCopies
from kb.publishing.last import LastGeneration
from kb.publishing.learned import Wordings, choose_wordings, load_wordings
from kb.publishing.models import Catalogue, Manifest
from kb.publishing.reading import now_text
from kb.publishing.revision import Revision, searchable
from kb.publishing.store import LearnedWordings, LibraryFiles
from kb.publishing.vectors import VectorPublisher
from kb.search.engine import SearchEngine


@dataclass(frozen=True, slots=True)
class Built:
    """What was built, and how much of it anew."""

    catalogue: Catalogue
    indexed: int
    removed: int

    @property
    def regression_queries(self) -> int:
        """How many regression queries there are to ask."""
        return self.catalogue.count_regression_queries()


@dataclass(frozen=True)
class GenerationBuilder:
    """Builds generations from prepared revisions."""

    library_files: LibraryFiles
    engine: SearchEngine
    clock: Clock
    learned: LearnedWordings
    vectors: VectorPublisher | None
    copies: ImageCopies | None = None
    """None for what nobody will look at: pictures are then shown as they are."""

    def build(
        self, directory: Path, revision: Revision, last: LastGeneration | None, *, full: bool
    ) -> Built:
        """Build in ``directory``, an empty folder, on top of ``last`` unless ``full``.

        Raises:
            PublishError: the index does not hold what it should.
        """
        # A full build starts from nothing, but still falls back on last good versions.
        base = None if full else last
        writer = self.library_files.create(directory, base.directory if base else None)
        learned = load_wordings(self.learned, last.catalogue.wordings if last else {})
        build = Build(
            revision,
            writer,
            last.reader if last else None,
            base.catalogue if base else None,
            choose_wordings(revision.arrangement.articles.values(), learned),
        )
        try:
            catalogue = self._write(build, directory, base)
            if self.vectors is not None:
                before = (last.directory, last.catalogue) if last else None
                self.vectors.prepare(directory, catalogue, before)
        except BaseException:
            with contextlib.suppress(Exception):
                writer.abandon()
            raise
        return Built(catalogue, build.indexed, build.removed)

    def _write(self, build: Build, directory: Path, base: LastGeneration | None) -> Catalogue:
        """Index and library in ``directory``, on top of ``base`` if there is one."""
        index = directory / self.engine.name
        if base and base.catalogue.manifest.engine == self.engine.name:
            old_index = base.directory / self.engine.name
            documents = build.documents(everything=False)
            self.engine.build(index, documents, base=old_index, removed=build.removed_keys())
        else:
            self.engine.build(index, build.documents(everything=True))
        catalogue = self._catalogue(build.revision, build.wordings, base)
        build.writer.finish(catalogue)
        self._verify(directory, catalogue)
        return catalogue

    def _catalogue(
        self, revision: Revision, wordings: Wordings, base: LastGeneration | None
    ) -> Catalogue:
        slugs = {article.summary.slug for article in revision.stored.values()}
        manifest = Manifest(
            revision=revision.scan.revision,
            commit=revision.scan.commit,
            published_at=now_text(self.clock.now()),
            renderer=RENDERER_VERSION,
            engine=self.engine.name,
        )
        files = revision.files
        if self.copies is not None:
            files = self.copies.add(files, base.catalogue if base else None)
        return Catalogue(
            manifest=manifest,
            articles=revision.stored,
            broken=revision.broken,
            collections=tuple(revision.collections),
            files=files,
            fingerprints={path: revision.scan.files[path].fingerprint for path in revision.files},
            documents=revision.settings.texts,
            problems=tuple(sorted(set(revision.problems))),
            wordings={slug: texts for slug, texts in wordings.items() if slug in slugs},
        )

    def _verify(self, directory: Path, catalogue: Catalogue) -> None:
        expected = sum(1 for a in catalogue.articles.values() if searchable(a.summary))
        reader = self.engine.open(directory / self.engine.name)
        try:
            if reader.count() != expected:
                raise PublishError(
                    f"The new index holds {reader.count()} articles instead of {expected}: "
                    "run `kb index --full`."
                )
        finally:
            reader.close()
