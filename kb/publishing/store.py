"""What publishing needs from storage: one file that holds a generation's articles."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from kb.content.library import ArticleTexts
from kb.publishing.models import ArticleText, Catalogue, Published, StoredArticle
from kb.search.documents import AnalysedTexts


class LearnedWordings(Protocol):
    """What customers' own words led to, as counted by then."""

    def load(self) -> Mapping[str, tuple[str, ...]]:
        """Wordings by the slug of the article, the most frequent first.

        Raises:
            DatabaseError: they cannot be read.
        """
        ...


class LibraryReader(ArticleTexts, AnalysedTexts, Protocol):
    """An opened, complete library file; safe to use from several threads."""

    def load_catalogue(self) -> Catalogue:
        """Everything but the texts."""
        ...

    def load_published(self) -> Published:
        """What serving needs of the catalogue; a fraction of its time and memory."""
        ...

    def load_vocabulary(self) -> Mapping[str, int]:
        """Every folded word with the number of articles it occurs in."""
        ...

    def load_text(self, path: str) -> ArticleText:
        """The text of the article made from this file."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class LibraryWriter(Protocol):
    """A library file being made, from scratch or from a copy of the last one."""

    def save_article(
        self, article: StoredArticle, questions: bytes, text: ArticleText | None
    ) -> None:
        """Insert or replace an article; without ``text`` the one it has stays.

        ``questions`` are what ``pack_questions`` made of it.
        """
        ...

    def remove_article(self, path: str) -> None:
        """Take an article out."""
        ...

    def count_words(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Adjust the vocabulary by the distinct words of one article."""
        ...

    def finish(self, catalogue: Catalogue) -> None:
        """Write everything but the articles, check, sync to disk and close."""
        ...

    def abandon(self) -> None:
        """Close without finishing."""
        ...


class LibraryFiles(Protocol):
    """Opens and makes library files."""

    def open(self, directory: Path) -> LibraryReader:
        """Open one. Raises GenerationUnavailable when missing, damaged or of another format."""
        ...

    def create(self, directory: Path, base: Path | None) -> LibraryWriter:
        """Start a new one in ``directory``, as a copy of ``base``'s if given."""
        ...
