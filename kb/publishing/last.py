"""The generation that is published now, as the base of the next one."""

from dataclasses import dataclass, replace
from pathlib import Path

from kb.errors import GenerationUnavailable
from kb.publishing.layout import IndexLayout
from kb.publishing.models import Catalogue
from kb.publishing.store import LibraryFiles, LibraryReader
from kb.search.engine import SearchEngine


@dataclass(frozen=True)
class LastGeneration:
    """The current generation, opened for who builds on top of it."""

    id: str
    directory: Path
    reader: LibraryReader
    catalogue: Catalogue

    @property
    def regression_queries(self) -> int:
        """How many regression queries there are to ask."""
        return self.catalogue.count_regression_queries()

    def close(self) -> None:
        """Release its files."""
        self.reader.close()


def open_last(
    layout: IndexLayout, library_files: LibraryFiles, engine: SearchEngine
) -> LastGeneration | None:
    """The current generation; None when there is none that can be built upon."""
    generation = layout.read_current()
    if generation is None:
        return None
    directory = layout.generation(generation)
    try:
        reader = library_files.open(directory)
        catalogue = reader.load_catalogue()
    except GenerationUnavailable:
        return None  # damaged or of another format: everything is rebuilt from the content
    if not _opens(engine, directory):
        catalogue = replace(catalogue, manifest=replace(catalogue.manifest, engine=""))
    return LastGeneration(generation, directory, reader, catalogue)


def _opens(engine: SearchEngine, directory: Path) -> bool:
    try:
        engine.open(directory / engine.name).close()
    except GenerationUnavailable:
        return False
    return True
