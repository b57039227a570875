"""bm25s as a yardstick: BM25 over one text an article, as a library gives it out of the box."""

from collections.abc import Mapping, Sequence

import bm25s
import snowballstemmer


class Bm25s:
    """Title and body as one text, English stop words, Snowball stems, the library's defaults."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._keys = list(texts)
        self._stemmer = snowballstemmer.stemmer("english")
        self._index = bm25s.BM25()
        self._index.index(self._tokens(list(texts.values())), show_progress=False)

    def search(self, text: str, limit: int = 10) -> list[str]:
        """Keys of the best articles that hold any word of the text."""
        tokens = self._tokens([text])
        found, scores = self._index.retrieve(tokens, k=limit, show_progress=False)
        best: Sequence[tuple[int, float]] = list(zip(found[0], scores[0], strict=True))
        return [self._keys[number] for number, score in best if score > 0]

    def _tokens(self, texts: list[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
