"""Questions that editors wrote down word for word: they always lead to their article.

Ranking weighs words and can prefer another article; a question that an editor has
tied to an answer must find it first, whatever else the articles contain.
"""

from array import array
from collections.abc import Iterable

import numpy as np

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer


class WrittenQuestions:
    """Articles by the words of their title and questions, in the same order.

    Kept are sorted hashes of 64 bits with the place of the article, twelve bytes a text, where
    the words themselves take ten times that (as in ``hash_set``).
    """

    def __init__(self, articles: Iterable[ArticleSummary]) -> None:
        self._slugs: list[str] = []
        hashes, places = array("q"), array("i")
        for place, article in enumerate(articles):
            self._slugs.append(article.slug)
            question_key = Analyzer.for_language(article.language).question_key
            keys = {question_key(text) for text in (article.title, *article.questions)}
            hashes.extend(hash(key) for key in keys if key)
            places.extend([place] * (len(hashes) - len(places)))
        found = np.array(hashes, dtype=np.int64)
        order = np.argsort(found, kind="stable")  # articles with the same text in their order
        self._hashes = found[order]
        self._places = np.array(places, dtype=np.int32)[order]

    def find(self, key: str) -> tuple[str, ...]:
        """Slugs of the articles that a question with this ``Analyzer.question_key`` is in."""
        if not key:
            return ()
        wanted = hash(key)
        first, end = (self._hashes.searchsorted(wanted, side) for side in ("left", "right"))
        return tuple(self._slugs[place] for place in self._places[first:end].tolist())
