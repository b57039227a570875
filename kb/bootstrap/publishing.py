"""Settings in, publishing and reading of generations out.

Apart from the rest, because ``kb index``, ``kb check`` and ``kb search`` need nothing else, and
importing everything would take longer than their work.
"""

from typing import TYPE_CHECKING

from kb.bootstrap.embedding import build_embedder, build_query_embedder
from kb.bootstrap.regression import build_guard
from kb.clock import Clock, SystemClock
from kb.config import Settings
from kb.content.sources import open_source
from kb.publishing.layout import IndexLayout
from kb.publishing.learned import NoWordings
from kb.search.engine import SearchEngine
from kb.search.engines.memory import MemoryEngine
from kb.search.engines.whoosh import WhooshEngine
from kb.search.query_vectors import QueryVectors
from kb.storage.learned_wordings import SqliteLearnedWordings
from kb.storage.library_file import SqliteLibraryFiles

if TYPE_CHECKING:
    from kb.publishing.generations import Generations
    from kb.publishing.publisher import Publisher
    from kb.publishing.vectors import VectorPublisher

_PATIENCE_SECONDS = 60.0
"""A large model is loaded in less, on a busy machine too."""


def build_engine(settings: Settings) -> SearchEngine:
    """The search engine that ``KB_SEARCH_ENGINE`` names."""
    return MemoryEngine() if settings.search_engine == "memory" else WhooshEngine()


def build_generations(
    settings: Settings, clock: Clock | None = None, *, patient: bool = False
) -> "Generations":
    """What is published, for reading.

    ``patient`` is for commands: a customer goes on without the sentence model when it is
    slow, who measures search waits until it is loaded.
    """
    # Here, for a publish needs nothing of all that answers a search.
    from kb.publishing.generations import Generations

    return Generations(
        IndexLayout(settings.index_dir),
        SqliteLibraryFiles(),
        build_engine(settings),
        settings.weak_confidence,
        clock or SystemClock(),
        build_query_vectors(settings, patient=patient),
    )


def build_query_vectors(settings: Settings, *, patient: bool = False) -> QueryVectors | None:
    """What embeds questions; None when ``KB_SEMANTIC`` is off."""
    if not settings.semantic:
        return None
    timeout = _PATIENCE_SECONDS if patient else settings.semantic_timeout_ms / 1000
    return QueryVectors(build_query_embedder(settings), timeout)


def build_vector_publisher(settings: Settings, layout: IndexLayout) -> "VectorPublisher | None":
    """What embeds articles; None when ``KB_SEMANTIC`` is off."""
    if not settings.semantic:
        return None
    from kb.publishing.vectors import VectorPublisher

    return VectorPublisher(layout, SqliteLibraryFiles(), build_embedder(settings))


def build_publisher(settings: Settings, clock: Clock | None = None) -> "Publisher":
    """Publishes the content that the settings name.

    Raises:
        SourceError: there is no such content.
    """
    # Here, for a worker never publishes: it starts sooner and takes 8 MB less.
    from kb.publishing.publisher import Publisher

    layout = IndexLayout(settings.index_dir)
    engine, clock = build_engine(settings), clock or SystemClock()
    vectors = build_vector_publisher(settings, layout)
    return Publisher(
        open_source(settings.content_dir, settings.content_ref),
        layout,
        SqliteLibraryFiles(),
        engine,
        clock,
        SqliteLearnedWordings(settings.database) if settings.learn else NoWordings(),
        vectors=vectors,
        guard=build_guard(settings, layout, engine, clock, vectors.embedder if vectors else None),
    )
