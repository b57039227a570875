"""Questions that editors wrote down word for word: they always lead to their article.

Ranking weighs words and can prefer another article; a question that an editor has
tied to an answer must find it first, whatever else the articles contain.
"""

from collections.abc import Iterable

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer


class WrittenQuestions:
    """Articles by the words of their title and questions, in the same order."""

    def __init__(self, articles: Iterable[ArticleSummary]) -> None:
        self._slugs: dict[str, list[str]] = {}
        for article in articles:
            for text in (article.title, *article.questions):
                key = Analyzer.for_language(article.language).question_key(text)
                known = self._slugs.setdefault(key, [])
                if key and article.slug not in known:
                    known.append(article.slug)

    def find(self, key: str) -> tuple[str, ...]:
        """Slugs of the articles that a question with this ``Analyzer.question_key`` is in."""
        return tuple(self._slugs.get(key, ())) if key else ()
