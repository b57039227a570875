"""The texts of articles as they are searched: what is read to rank, choose and quote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.content.library import Library
from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer
from kb.search.documents import AnalysedTexts, SearchSection, spaced

_KEPT = 1_024
"""Articles that are kept in memory, some 12 kB each: most searches find the same few."""


@dataclass(frozen=True, slots=True)
class SearchText:
    """One article. Terms are separated and surrounded by single spaces, as in ``SearchSection``."""

    article: ArticleSummary
    title: str
    """Terms of the title, function words included."""
    questions: tuple[str, ...]
    """Terms of each question, function words included."""
    head: str
    """Terms of title, questions, tags and of what customers asked who were answered by it."""
    sections: Sequence[SearchSection]
    shown: Sequence[SearchSection]
    """Those that may be what answers."""


class SearchTexts:
    """Loads the texts of one generation; safe to share between threads."""

    def __init__(
        self,
        library: Library,
        analysed: AnalysedTexts,
        wordings: Mapping[str, Sequence[str]],
    ) -> None:
        """``wordings`` are what customers asked who were answered by an article, by its slug."""
        self._summaries = library.summaries
        self._analysed = analysed
        self._wordings = wordings
        self.load = lru_cache(maxsize=_KEPT)(self._load)
        """The text of an article, by slug; None when there is none.

        Raises:
            GenerationUnavailable: the library cannot be read.
        """

    def _load(self, slug: str) -> SearchText | None:
        article = self._summaries.get(slug)
        if article is None:
            return None
        (title, questions, tags), sections = self._analysed.load_analysed_text(slug)
        return SearchText(
            article,
            title,
            questions,
            "".join((title, *questions, tags, self._find_wordings(article))),
            sections,
            [section for section in sections if not section.is_contents],
        )

    def _find_wordings(self, article: ArticleSummary) -> str:
        # They change with what customers ask, not with the article that the text was made from.
        wordings = self._wordings.get(article.slug, ())
        analyzer = Analyzer.for_language(article.language)
        return spaced(analyzer.terms(" \n ".join(wordings))) if wordings else ""
