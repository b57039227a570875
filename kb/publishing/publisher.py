"""Publishes: compiles the content and puts a new generation in place of the last.

The generation is built aside, opened and counted, synced to disk, and named in
``CURRENT`` by one rename.  Until then, and whenever anything fails before, the last
generation is served.
"""

import contextlib
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kb.clock import Clock
from kb.content.models import Problem
from kb.content.renderer import RENDERER_VERSION
from kb.content.source import ContentSource
from kb.errors import GenerationUnavailable, PublishError, SourceError
from kb.publishing.build import Build
from kb.publishing.layout import IndexLayout
from kb.publishing.learned import Wordings, choose_wordings, load_wordings
from kb.publishing.locks import only_one
from kb.publishing.models import Catalogue, Manifest, PublishReport
from kb.publishing.preview import ArticlePreview, OverlaidSource, preview_article
from kb.publishing.reading import now_text
from kb.publishing.revision import Progress, Revision, searchable
from kb.publishing.store import LearnedWordings, LibraryFiles, LibraryReader
from kb.publishing.vectors import EmbeddingReport, VectorPublisher
from kb.search.engine import SearchEngine

KEPT_GENERATIONS = 3
"""The current one, the one that workers may still be leaving, and one to look back at."""


def no_progress(step: str, done: int, total: int) -> None:
    """For callers that show none."""


@dataclass(frozen=True)
class Publisher:
    """Publishes one content source into one index folder."""

    source: ContentSource
    layout: IndexLayout
    library_files: LibraryFiles
    engine: SearchEngine
    clock: Clock
    learned: LearnedWordings
    patience_seconds: float = 120.0
    """How long a publish waits for another one to end, so that no push goes unpublished."""
    vectors: VectorPublisher | None = None
    """Keeps vectors up to date; None when nobody searches by meaning."""

    def publish(self, *, full: bool = False, progress: Progress = no_progress) -> PublishReport:
        """Bring the published generation up to date with the content.

        Raises:
            SourceError: the content as a whole cannot be read.
            PublishError: the index folder cannot be written, or another publish runs.
        """
        started = time.monotonic()
        with self._translated(), self._only_one():
            last = self._open_last()
            try:
                revision = self._revision(last, full=full, progress=progress)
                revision.read_source()
                if last and not full and self._matches(last.catalogue, revision.scan.revision):
                    return self._unchanged(last, started)
                if last and not full:
                    self._refuse_nothing(last.catalogue, revision)
                revision.prepare()
                return self._build(revision, last, started, full=full)
            finally:
                if last is not None:
                    last.reader.close()

    def embed(self, progress: Progress = no_progress) -> EmbeddingReport | None:
        """Compute the vectors that the current generation lacks; None when none are wanted.

        After ``publish``, when everything can be searched by words already.

        Raises:
            EmbedderUnavailable: the sentence model cannot be used.
            PublishError: the vectors cannot be written.
        """
        return self.vectors.complete(progress) if self.vectors is not None else None

    def has_all_vectors(self) -> bool:
        """Whether ``embed`` would have nothing to do (cheap: only the list is looked at)."""
        return self.vectors is None or self.vectors.is_complete()

    def check(self, progress: Progress = no_progress) -> list[Problem]:
        """All problems of the content as it is now; nothing is written."""
        last = self._open_last()
        try:
            revision = self._revision(last, full=False, progress=progress)
            revision.read_source()
            revision.prepare()
            for _ in revision.compile():
                pass
            return sorted(set(revision.problems))
        finally:
            if last is not None:
                last.reader.close()

    def preview(self, path: str, data: bytes) -> ArticlePreview:
        """The article at ``path`` with the text ``data``, as it would be; nothing is written."""
        last = self._open_last()
        try:
            revision = self._revision(last, full=False, progress=no_progress)
            revision.source = OverlaidSource(self.source, path, data)
            return preview_article(revision, path, data)
        finally:
            if last is not None:
                last.reader.close()

    def is_current(self) -> bool:
        """Whether the published generation matches the content (cheap: nothing is rendered)."""
        last = self._open_last()
        if last is None:
            return False
        try:
            scan = self.source.scan()
            return self._matches(last.catalogue, scan.revision)
        finally:
            last.reader.close()

    # -- the last generation ---------------------------------------------------

    def _open_last(self) -> "_Last | None":
        generation = self.layout.read_current()
        if generation is None:
            return None
        directory = self.layout.generation(generation)
        try:
            reader = self.library_files.open(directory)
            catalogue = reader.load_catalogue()
        except GenerationUnavailable:
            return None  # damaged or of another format: everything is rebuilt from the content
        if not self._engine_opens(directory):
            catalogue = replace(catalogue, manifest=replace(catalogue.manifest, engine=""))
        return _Last(generation, directory, reader, catalogue)

    def _engine_opens(self, directory: Path) -> bool:
        try:
            self.engine.open(directory / self.engine.name).close()
        except GenerationUnavailable:
            return False
        return True

    def _matches(self, catalogue: Catalogue, revision: str) -> bool:
        manifest = catalogue.manifest
        made_alike = (manifest.revision, manifest.renderer, manifest.engine) == (
            revision,
            RENDERER_VERSION,
            self.engine.name,
        )
        if not made_alike:
            return False
        articles = (article.summary for article in catalogue.articles.values())
        learned = load_wordings(self.learned, catalogue.wordings)
        return catalogue.wordings == choose_wordings(articles, learned)

    def _refuse_nothing(self, catalogue: Catalogue, revision: Revision) -> None:
        # A folder that is not mounted, or the wrong one, must not empty the help center.
        if catalogue.articles and not any(f.is_markdown for f in revision.scan.files.values()):
            raise SourceError(
                f"There are no articles in the content folder, {len(catalogue.articles)} are "
                "published: correct KB_CONTENT_DIR, or publish nothing with `kb index --full`."
            )

    def _unchanged(self, last: "_Last", started: float) -> PublishReport:
        catalogue = last.catalogue
        return PublishReport(
            generation=last.id,
            revision=catalogue.manifest.revision,
            articles=len(catalogue.articles),
            indexed=0,
            removed=0,
            problems=catalogue.problems,
            seconds=round(time.monotonic() - started, 3),
            changed=False,
            kept=tuple(path for path in catalogue.broken if path in catalogue.articles),
        )

    # -- building --------------------------------------------------------------

    def _revision(self, last: "_Last | None", *, full: bool, progress: Progress) -> Revision:
        previous = last.catalogue if last else None
        return Revision(self.source, previous, self.clock.now().date(), full, progress)

    def _build(
        self, revision: Revision, last: "_Last | None", started: float, *, full: bool
    ) -> PublishReport:
        generation = f"{self.clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        directory = self.layout.create_generation(generation)
        # A full publish starts from nothing, but still falls back on last good versions.
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
            shutil.rmtree(directory, ignore_errors=True)
            raise
        self.layout.sync(directory)
        self.layout.write_current(generation)
        self.layout.remove_old(KEPT_GENERATIONS)
        return PublishReport(
            generation=generation,
            revision=revision.scan.revision,
            articles=len(catalogue.articles),
            indexed=build.indexed,
            removed=build.removed,
            problems=catalogue.problems,
            seconds=round(time.monotonic() - started, 3),
            kept=tuple(revision.kept),
        )

    def _write(self, build: Build, directory: Path, base: "_Last | None") -> Catalogue:
        """Index and library in ``directory``, on top of ``base`` if there is one."""
        index = directory / self.engine.name
        if base and base.catalogue.manifest.engine == self.engine.name:
            old_index = base.directory / self.engine.name
            documents = build.documents(everything=False)
            self.engine.build(index, documents, base=old_index, removed=build.removed_keys())
        else:
            self.engine.build(index, build.documents(everything=True))
        catalogue = self._catalogue(build.revision, build.wordings)
        build.writer.finish(catalogue)
        self._store_files(catalogue)
        self._verify(directory, catalogue)
        return catalogue

    def _catalogue(self, revision: Revision, wordings: Wordings) -> Catalogue:
        slugs = {article.summary.slug for article in revision.stored.values()}
        manifest = Manifest(
            revision=revision.scan.revision,
            commit=revision.scan.commit,
            published_at=now_text(self.clock.now()),
            renderer=RENDERER_VERSION,
            engine=self.engine.name,
        )
        return Catalogue(
            manifest=manifest,
            articles=revision.stored,
            broken=revision.broken,
            collections=tuple(revision.collections),
            files=revision.files,
            fingerprints={path: revision.scan.files[path].fingerprint for path in revision.files},
            documents=revision.settings.texts,
            problems=tuple(sorted(set(revision.problems))),
            wordings={slug: texts for slug, texts in wordings.items() if slug in slugs},
        )

    def _store_files(self, catalogue: Catalogue) -> None:
        missing = {
            path: file
            for path, file in catalogue.files.items()
            if not self.layout.content_file(file.digest).exists()
        }
        for path, data in self.source.read(missing):
            if data is None:
                raise PublishError(f"{path} vanished while it was published: publish again.")
            self.layout.write_content_file(missing[path].digest, data)

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

    def _only_one(self) -> contextlib.AbstractContextManager[None]:
        deadline = time.monotonic() + self.patience_seconds

        def wait() -> None:
            if time.monotonic() > deadline:
                raise PublishError("Another publish is still running: try again when it has ended.")

        return only_one(self.layout.root / "publish.lock", wait)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PublishError(
                f"The index folder {self.layout.root} cannot be written ({error.strerror or error}): "
                "check KB_INDEX_DIR, its permissions and the free disk space."
            ) from error


@dataclass(frozen=True)
class _Last:
    id: str
    directory: Path
    reader: LibraryReader
    catalogue: Catalogue
