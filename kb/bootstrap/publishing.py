"""Settings in, publishing and reading of generations out.

Apart from the rest, because ``kb index``, ``kb check`` and ``kb search`` need nothing else, and
importing everything would take longer than their work.
"""

from kb.clock import Clock, SystemClock
from kb.config import Settings
from kb.content.sources import open_source
from kb.publishing.generations import Generations
from kb.publishing.layout import IndexLayout
from kb.publishing.learned import NoWordings
from kb.publishing.publisher import Publisher
from kb.search.engine import SearchEngine
from kb.search.engines.memory import MemoryEngine
from kb.search.engines.whoosh import WhooshEngine
from kb.storage.learned_wordings import SqliteLearnedWordings
from kb.storage.library_file import SqliteLibraryFiles


def build_engine(settings: Settings) -> SearchEngine:
    """The search engine that ``KB_SEARCH_ENGINE`` names."""
    return MemoryEngine() if settings.search_engine == "memory" else WhooshEngine()


def build_generations(settings: Settings) -> Generations:
    """What is published, for reading."""
    return Generations(
        IndexLayout(settings.index_dir),
        SqliteLibraryFiles(),
        build_engine(settings),
        settings.weak_confidence,
    )


def build_publisher(settings: Settings, clock: Clock | None = None) -> Publisher:
    """Publishes the content that the settings name.

    Raises:
        SourceError: there is no such content.
    """
    return Publisher(
        open_source(settings.content_dir, settings.content_ref),
        IndexLayout(settings.index_dir),
        SqliteLibraryFiles(),
        build_engine(settings),
        clock or SystemClock(),
        SqliteLearnedWordings(settings.database) if settings.learn else NoWordings(),
    )
