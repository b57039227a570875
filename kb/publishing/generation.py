"""One generation as it is served, and how it is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kb.clock import Clock
from kb.contacts.directory import parse_directory
from kb.contacts.models import Directory
from kb.content.library import Library
from kb.content.models import Audience, Problem
from kb.content.site_settings import parse_site
from kb.content.yaml_document import YamlDocument
from kb.errors import GenerationUnavailable
from kb.publishing.layout import IndexLayout
from kb.publishing.models import Published
from kb.publishing.reading import parse_settings_text
from kb.publishing.store import LibraryFiles, LibraryReader
from kb.search.analysis import Analyzer
from kb.search.best_bets import BestBets, parse_best_bets
from kb.search.dictionary import Dictionary
from kb.search.engine import EngineReader, GiveWay, SearchEngine, wait_for_nobody
from kb.search.query_vectors import QueryVectors
from kb.search.semantic import SemanticSearch
from kb.search.service import SearchService
from kb.search.synonyms import parse_synonyms
from kb.search.written_questions import WrittenQuestions


@dataclass(frozen=True)
class Generation:
    """One complete, opened index and everything that was published with it."""

    id: str
    library: Library
    search: SearchService
    directory: Directory
    problems: tuple[Problem, ...]
    """What was wrong with the content when it was published."""
    _reader: LibraryReader

    def warm(self, give_way: GiveWay = wait_for_nobody) -> bool:
        """Load what only some searches need; cheap when there is nothing to do.

        False when there is more to do.
        """
        return self.search.warm(give_way)

    def close(self) -> None:
        """Release files; only when no request uses it any more."""
        self.search.close()
        self._reader.close()


class GenerationOpener:
    """Opens published generations."""

    def __init__(
        self,
        layout: IndexLayout,
        library_files: LibraryFiles,
        engine: SearchEngine,
        weak_confidence: float,
        clock: Clock,
        questions: QueryVectors | None,
    ) -> None:
        self._layout = layout
        self._library_files = library_files
        self._engine = engine
        self._weak_confidence = weak_confidence
        self._clock = clock
        self._questions = questions

    def open(self, generation: str) -> Generation:
        """Open everything.

        Raises:
            GenerationUnavailable: it is damaged, or of another format or engine.
        """
        directory = self._layout.generation(generation)
        reader = self._library_files.open(directory)
        published = reader.load_published()
        site, _ = parse_site(find_document(published.documents, "_site"))
        contacts, _ = parse_directory(
            find_document(published.documents, "_contacts"),
            timezone=site.timezone,
            country=site.country,
        )
        synonyms, _ = parse_synonyms(
            find_document(published.documents, "_synonyms"), Analyzer.for_language(site.language)
        )
        library = Library(
            revision=published.manifest.revision,
            published_at=datetime.fromisoformat(published.manifest.published_at),
            site=site,
            summaries=published.summaries,
            collections={c.slug: c for c in published.collections},
            files={file.url: file for file in published.files},
            texts=reader,
        )
        library.warm()
        search = SearchService(
            library,
            self._open_index(directory, published),
            reader,
            reader.load_vocabulary(),
            synonyms,
            self._weak_confidence,
            dictionary=Dictionary.for_language(site.language, self._layout.dictionaries),
            written=WrittenQuestions(
                (article.slug, published.questions[article.slug])
                for article in library.list_articles(Audience.STAFF)
            ),
            best_bets=_best_bets(published, library),
            wordings=published.wordings,
            semantic=self._open_semantic(directory),
            clock=self._clock,
        )
        return Generation(generation, library, search, contacts, published.problems, reader)

    def _open_index(self, directory: Path, published: Published) -> EngineReader:
        if published.manifest.engine != self._engine.name:
            raise GenerationUnavailable(
                f"The index was built for the engine {published.manifest.engine!r}, "
                f"KB_SEARCH_ENGINE is {self._engine.name!r}: run `kb index`."
            )
        return self._engine.open(directory / self._engine.name)

    def _open_semantic(self, directory: Path) -> SemanticSearch | None:
        if self._questions is None:
            return None
        return SemanticSearch(directory, self._layout.vectors, self._questions)


def _best_bets(published: Published, library: Library) -> BestBets:
    analyzer = Analyzer.for_language(library.site.language)
    document = find_document(published.documents, "_best_bets")
    published_on = library.published_at.date()
    return parse_best_bets(document, analyzer, library.summaries.values(), published_on)[0]


def find_document(documents: Mapping[str, str], stem: str) -> YamlDocument:
    """A settings file of the content as it was published; empty when there was none."""
    for ending in (".yml", ".yaml"):
        if f"{stem}{ending}" in documents:
            return parse_settings_text(f"{stem}{ending}", documents[f"{stem}{ending}"])
    return YamlDocument(f"{stem}.yml", {})
