"""Settings in, what asks regression queries out: of the content, of a publish, of a change."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.bootstrap.embedding import build_query_embedder
from kb.clock import Clock, SystemClock
from kb.config import Settings
from kb.publishing.guard import RegressionGuard
from kb.publishing.layout import IndexLayout
from kb.relevance.store import RegressionRunStore
from kb.search.embedder import Embedder
from kb.search.engine import SearchEngine
from kb.search.query_vectors import QueryVectors
from kb.storage.library_file import SqliteLibraryFiles

if TYPE_CHECKING:
    from kb.publishing.checking import ContentCheck
    from kb.publishing.generation import Generation
    from kb.publishing.publisher import Publisher
    from kb.publishing.trial_runner import LocalTrialRunner

_PATIENCE_SECONDS = 60.0
"""What is measured waits for the model to be loaded; customers would go on without."""

OpenAt = Callable[[IndexLayout, str], "Generation"]


def build_guard(
    settings: Settings,
    layout: IndexLayout,
    engine: SearchEngine,
    clock: Clock,
    model: Embedder | None,
) -> RegressionGuard | None:
    """What a publish asks; None when ``KB_REGRESSION`` is off."""
    if settings.regression == "off":
        return None
    return RegressionGuard(
        _opening(_open_at(settings, engine, clock, model), layout),
        lambda: open_run_store(settings),
        clock,
        settings.regression_rank,
        refuses=settings.regression == "refuse",
        has_model=model is not None and bool(model.model),
    )


def build_content_check(
    settings: Settings, publisher: "Publisher", clock: Clock | None = None
) -> "ContentCheck":
    """What ``kb check`` runs on the content of a publisher."""
    from kb.publishing.checking import ContentCheck
    from kb.publishing.trial import TrialBuilder

    open_at = _open_at(settings, publisher.engine, clock or SystemClock(), _model_of(publisher))
    return ContentCheck(
        TrialBuilder(publisher, open_at),
        lambda: _opening(open_at, publisher.layout)(publisher.layout.read_current() or "none"),
        settings.regression_rank,
    )


def build_trial_runner(settings: Settings, clock: Clock | None = None) -> "LocalTrialRunner":
    """Tells in this process what a change would do."""
    from kb.bootstrap.publishing import build_publisher
    from kb.publishing.trial import TrialBuilder
    from kb.publishing.trial_runner import LocalTrialRunner

    clock = clock or SystemClock()
    publisher = build_publisher(settings, clock)
    if settings.embedder_socket is not None and publisher.vectors is not None:
        # A few new passages and questions: the server's model is loaded already.
        shared = build_query_embedder(settings)
        publisher = replace(publisher, vectors=replace(publisher.vectors, embedder=shared))
    open_at = _open_at(settings, publisher.engine, clock, _model_of(publisher))
    return LocalTrialRunner(
        TrialBuilder(publisher, open_at),
        lambda: _opening(open_at, publisher.layout)(publisher.layout.read_current() or "none"),
        settings.regression_rank,
    )


def open_run_store(settings: Settings) -> RegressionRunStore:
    """Where runs are kept."""
    # Here, for sqlite-utils takes longer to import than most publishes to run.
    from kb.storage.migrations import migrations
    from kb.storage.regression_runs import SqliteRegressionRunStore
    from kb.storage.sqlite import SqliteFile

    return SqliteRegressionRunStore(SqliteFile(settings.database, migrations=migrations))


def _model_of(publisher: "Publisher") -> Embedder | None:
    return publisher.vectors.embedder if publisher.vectors is not None else None


def _open_at(
    settings: Settings, engine: SearchEngine, clock: Clock, model: Embedder | None
) -> OpenAt:
    # One for all that is opened: vectors of questions are computed once.
    questions = QueryVectors(model, _PATIENCE_SECONDS) if model is not None else None

    def open_at(layout: IndexLayout, generation: str) -> "Generation":
        from kb.publishing.generation import GenerationOpener

        opener = GenerationOpener(
            layout, SqliteLibraryFiles(), engine, settings.weak_confidence, clock, questions
        )
        return opener.open(generation)

    return open_at


def _opening(
    open_at: OpenAt, layout: IndexLayout
) -> Callable[[str], contextlib.AbstractContextManager["Generation"]]:
    @contextlib.contextmanager
    def opened(generation: str) -> Iterator["Generation"]:
        found = open_at(layout, generation)
        try:
            yield found
        finally:
            found.close()

    return opened
