"""Questions that editors wrote down word for word: they always lead to their article.

Ranking weighs words and can prefer another article; a question that an editor has
tied to an answer must find it first, whatever else the articles contain.
"""

from collections.abc import Iterable

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer
from kb.search.engine import EngineHit, EngineResult


class Wordings:
    """Articles by the words of their title and questions, in the same order."""

    def __init__(self, articles: Iterable[ArticleSummary]) -> None:
        self._slugs: dict[str, list[str]] = {}
        for article in articles:
            for text in (article.title, *article.questions):
                key = Analyzer.for_language(article.language).question_key(text)
                known = self._slugs.setdefault(key, [])
                if key and article.slug not in known:
                    known.append(article.slug)

    def find(self, text: str, analyzer: Analyzer) -> tuple[str, ...]:
        """Slugs of the articles that this very question is written down in."""
        key = analyzer.question_key(text)
        return tuple(self._slugs.get(key, ())) if key else ()


def put_first(result: EngineResult, slugs: Iterable[str], limit: int) -> EngineResult:
    """``result`` with these articles at its head, scored just above the best of the others."""
    first = tuple(slugs)
    if not first:
        return result
    scores = {hit.key: hit.score for hit in result.hits}
    best = result.hits[0].score if result.hits else 0.0
    head = [EngineHit(slug, max(best, scores.get(slug, 0.0)) + 1.0) for slug in first]
    rest = [hit for hit in result.hits if hit.key not in first]
    unseen = sum(1 for slug in first if slug not in scores and result.total <= len(scores))
    return EngineResult(result.total + unseen, tuple((*head, *rest)[:limit]))
