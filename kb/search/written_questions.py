"""Questions that editors wrote down word for word: they always lead to their article.

Ranking weighs words and can prefer another article; a question that an editor has
tied to an answer must find it first, whatever else the articles contain.
"""

from array import array
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer

_BYTES = 8


def pack_questions(article: ArticleSummary) -> bytes:
    """An article's title and questions as they are looked up, eight bytes for each.

    Made at publish: to analyse the titles of 5,000 articles takes half of opening them.
    """
    question_key = Analyzer.for_language(article.language).question_key
    keys = dict.fromkeys(map(question_key, (article.title, *article.questions)))
    return b"".join(_hash(key) for key in keys if key)


class WrittenQuestions:
    """Articles by the words of their title and questions, in the same order.

    Kept are sorted hashes of 64 bits with the place of the article, twelve bytes a text, where
    the words themselves take ten times that.  Two texts that share a hash do not happen.
    """

    def __init__(self, articles: Iterable[tuple[str, bytes]]) -> None:
        """``articles`` are slugs with what ``pack_questions`` made of each."""
        self._slugs: list[str] = []
        hashes, places = bytearray(), array("i")
        for place, (slug, packed) in enumerate(articles):
            self._slugs.append(slug)
            hashes += packed
            places.extend([place] * (len(packed) // _BYTES))
        found = np.frombuffer(hashes, dtype="<i8")
        order = np.argsort(found, kind="stable")  # articles with the same text in their order
        self._hashes = found[order]
        self._places = np.array(places, dtype=np.int32)[order]

    def find(self, key: str) -> tuple[str, ...]:
        """Slugs of the articles that a question with this ``Analyzer.question_key`` is in."""
        if not key:
            return ()
        wanted = np.frombuffer(_hash(key), dtype="<i8")[0]
        first, end = (self._hashes.searchsorted(wanted, side) for side in ("left", "right"))
        return tuple(self._slugs[place] for place in self._places[first:end].tolist())


def _hash(key: str) -> bytes:
    # Not Python's: that differs from process to process. A query may hold lone surrogates.
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
