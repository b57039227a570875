"""How often words stand next to each other in titles and questions: the context of corrections.

"factory rest" is read as "factory reset" because articles are called that.  Function
words are passed over, so that "reset of the phone" and "reset phone" agree.  Only the
commonest pairs are kept, so the table stays small.  Whether two words are one that is
written apart is another question, about all pairs and no counts: ``compounds.WordPairs``.
"""

from array import array
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer

_FEW_ARTICLES = 2_000
"""Above so many articles, a pair that one alone has says nothing about others."""
MOST = 30_000
"""Pairs kept, the commonest: about 5 MB."""
_MOST_TEXTS = 60_000
"""Titles and questions read; a help center that has more repeats itself."""


class WordContext:
    """In how many articles' titles and questions a word stands right before another."""

    def __init__(self, articles: Iterable[ArticleSummary]) -> None:
        """Count the pairs of all ``articles``, each article once a pair."""
        numbers: dict[str, int] = {}
        found = array("Q")
        texts = count = 0
        for article in articles:
            count += 1
            analyzer = Analyzer.for_language(article.language)
            mine: set[int] = set()
            for text in (article.title, *article.questions):
                texts += 1
                words = [
                    numbers.setdefault(word, len(numbers))
                    for word in analyzer.words(text)
                    if word not in analyzer.stop_words
                ]
                mine.update(a << 32 | b for a, b in pairwise(words))
            found.extend(mine)
            if texts >= _MOST_TEXTS:
                break
        self._following: dict[str, dict[str, int]] = {}
        self._preceding: dict[str, dict[str, int]] = {}
        self._fill(list(numbers), found, fewest=1 if count <= _FEW_ARTICLES else 2)

    def after(self, word: str) -> Mapping[str, int]:
        """What stands right behind a folded word, with numbers of articles."""
        return self._following.get(word, {})

    def before(self, word: str) -> Mapping[str, int]:
        """What stands right before a folded word, with numbers of articles."""
        return self._preceding.get(word, {})

    def count(self, before: str, word: str, after: str) -> int:
        """How often ``word`` stands behind ``before`` or in front of ``after``; "" is nothing."""
        return self.after(before).get(word, 0) + self.before(after).get(word, 0)

    def _fill(self, words: list[str], found: "array[int]", fewest: int) -> None:
        pairs, counts = np.unique(np.array(found, dtype=np.uint64), return_counts=True)
        common = np.flatnonzero(counts >= fewest)
        if len(common) > MOST:
            common = common[np.argsort(-counts[common], kind="stable")[:MOST]]
        for pair, count in zip(pairs[common].tolist(), counts[common].tolist(), strict=True):
            first, second = words[pair >> 32], words[pair & 0xFFFFFFFF]
            self._following.setdefault(first, {})[second] = count
            self._preceding.setdefault(second, {})[first] = count
