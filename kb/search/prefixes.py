"""Words that begin with what was typed, for the stage of search that completes words.

"refurb" occurs nowhere, "refurbished" does; "wh1000" is the beginning of a model name.
"""

import heapq
from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property, lru_cache

from kb.search.analysis import Analyzer
from kb.search.codes import is_mixed
from kb.text import fold

MOST = 8
"""Completions of one word: more would no longer say what was meant."""
_SHORTEST = 3
_SHORTEST_CODE = 2
"""Of letters and digits together; "e4" already names a few error codes."""
_LAST = "\U0010ffff"


class PrefixExpander:
    """Completes words from the words of the articles; safe to share between threads."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """``vocabulary`` holds folded words with the number of articles they occur in."""
        self._vocabulary = vocabulary
        self._cached = lru_cache(maxsize=1024)(self._complete)

    def warm(self) -> None:
        """Sort the words now, so that no search has to wait for it."""
        len(self._words)

    def words(self, typed: str) -> tuple[str, ...]:
        """At most ``MOST`` words that begin with ``typed``, those in most articles first."""
        folded = fold(typed).replace("-", "")
        shortest = _SHORTEST_CODE if is_mixed(folded) else _SHORTEST
        return self._cached(folded) if len(folded) >= shortest else ()

    def terms(self, typed: str, analyzer: Analyzer) -> tuple[str, ...]:
        """The terms of ``words``, each once."""
        found = (term for word in self.words(typed) for term in analyzer.terms(word))
        return tuple(dict.fromkeys(found))[:MOST]

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self._vocabulary)

    def _complete(self, prefix: str) -> tuple[str, ...]:
        low = bisect_left(self._words, prefix)
        high = bisect_left(self._words, prefix + _LAST, low)
        best = heapq.nsmallest(
            MOST, ((-self._vocabulary[word], word) for word in self._words[low:high])
        )
        return tuple(word for _, word in best)
