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

from kb.clock import Clock
from kb.content.models import Problem
from kb.content.overlay import OverlaySource
from kb.content.renderer import RENDERER_VERSION
from kb.content.source import ContentSource
from kb.errors import EmbedderUnavailable, PublishError, SourceError
from kb.publishing.building import Built, GenerationBuilder
from kb.publishing.guard import PublishGuard
from kb.publishing.image_copies import ImageCopies
from kb.publishing.last import LastGeneration, open_last
from kb.publishing.layout import IndexLayout
from kb.publishing.learned import choose_wordings, load_wordings
from kb.publishing.locks import only_one
from kb.publishing.models import Catalogue, PublishReport
from kb.publishing.preview import ArticlePreview, preview_article
from kb.publishing.revision import Progress, Revision
from kb.publishing.store import LearnedWordings, LibraryFiles
from kb.publishing.vectors import EmbeddingReport, VectorPublisher
from kb.search.dictionary import Dictionary
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
    guard: PublishGuard | None = None
    """Asks the regression queries; None when nobody wants to know."""

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
                revision = self.start_revision(last, progress, full=full)
                revision.read_source()
                if last and not full and self._matches(last.catalogue, revision.scan.revision):
                    return self._unchanged(last, started)
                if last and not full:
                    self._refuse_nothing(last.catalogue, revision)
                revision.prepare()
                return self._build(revision, last, started, progress, full=full)
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

    def check_regression(self) -> tuple[Problem, ...]:
        """Ask the regression queries of what is published, unless that was done already.

        After ``embed``, when customers are answered by meaning too. What fails is a warning,
        since it is published.
        """
        generation = self.layout.read_current()
        if self.guard is None or generation is None:
            return ()
        return self.guard.check(generation)

    def may_have_to_check(self) -> bool:
        """Whether ``check_regression`` has anything to ask (cheap; the database is not opened)."""
        last = self._open_last() if self.guard is not None else None
        if last is None:
            return False
        last.close()
        return last.regression_queries > 0

    def preview(self, path: str, data: bytes) -> ArticlePreview:
        """The article at ``path`` with the text ``data``, as it would be; nothing is written."""
        last = self._open_last()
        try:
            source = OverlaySource(self.source, {path: data})
            revision = replace(self, source=source).start_revision(last, no_progress)
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

    def _open_last(self) -> LastGeneration | None:
        return open_last(self.layout, self.library_files, self.engine)

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

    def _unchanged(self, last: LastGeneration, started: float) -> PublishReport:
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
            regression_queries=last.regression_queries,
        )

    # -- building --------------------------------------------------------------

    def start_revision(
        self, last: LastGeneration | None, progress: Progress, *, full: bool = False
    ) -> Revision:
        """The content as it is now, about to be compiled on top of ``last``."""
        previous = last.catalogue if last else None
        return Revision(self.source, previous, self.clock.now().date(), full, progress)

    def _build(
        self,
        revision: Revision,
        last: LastGeneration | None,
        started: float,
        progress: Progress,
        *,
        full: bool,
    ) -> PublishReport:
        generation = f"{self.clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        directory = self.layout.create_generation(generation)
        try:
            built = self._builder.build(directory, revision, last, full=full)
            self._store_files(built.catalogue)
            Dictionary.for_language(revision.site.language, self.layout.dictionaries).keep()
            self.layout.sync(directory)
            if last and (refusal := self._find_refusal(generation, last, built, progress)):
                shutil.rmtree(directory, ignore_errors=True)
                return self._refused(last, refusal, started)
        except BaseException:
            shutil.rmtree(directory, ignore_errors=True)
            raise
        self.layout.write_current(generation)
        self.layout.remove_old(KEPT_GENERATIONS)
        return PublishReport(
            generation=generation,
            revision=revision.scan.revision,
            articles=len(built.catalogue.articles),
            indexed=built.indexed,
            removed=built.removed,
            problems=built.catalogue.problems,
            seconds=round(time.monotonic() - started, 3),
            kept=tuple(revision.kept),
            regression_queries=built.regression_queries,
        )

    @property
    def _builder(self) -> GenerationBuilder:
        return GenerationBuilder(
            self.library_files,
            self.engine,
            self.clock,
            self.learned,
            self.vectors,
            ImageCopies(self.source, self.layout),
        )

    def _find_refusal(
        self, generation: str, last: LastGeneration, built: Built, progress: Progress
    ) -> tuple[Problem, ...]:
        """The regression queries because of which a generation is not switched to."""
        if self.guard is None or not self.guard.refuses or not built.regression_queries:
            return ()
        if self.vectors is not None:
            # Judged as customers would be answered: by meaning too, of the new texts as well.
            with contextlib.suppress(EmbedderUnavailable):
                self.vectors.complete_one(generation, progress)
        return self.guard.judge(generation, last.id)

    def _refused(
        self, last: LastGeneration, refusal: tuple[Problem, ...], started: float
    ) -> PublishReport:
        report = self._unchanged(last, started)
        return replace(report, problems=(*refusal, *report.problems), refused=True)

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
