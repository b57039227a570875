"""Spelling correction from the words of the articles themselves.

Only words that occur nowhere are corrected, and only to words that do.  Model names,
codes and numbers are left alone: one character makes them another product.
"""

import re
from collections.abc import Callable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.analysis import Analyzer, is_code
from kb.text import fold

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 4
"""Shorter words have so many neighbours that a correction is a guess."""


class Corrector:
    """Finds the likeliest word for one that occurs in no article."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._counts = vocabulary
        self._by_length: dict[int, list[str]] = {}
        for word in vocabulary:
            if len(word) >= _SHORTEST - 1 and not is_code(word):
                self._by_length.setdefault(len(word), []).append(word)

    def correct(self, text: str, analyzer: Analyzer, occurs: Callable[[str], bool]) -> str | None:
        """``text`` with its unknown words corrected; None when there is nothing to correct.

        ``occurs`` tells whether a term is in the index.
        """
        changed = False

        def replace(match: re.Match[str]) -> str:
            nonlocal changed
            word = match[0]
            better = self._find(word, analyzer, occurs)
            if better is None:
                return word
            changed = True
            return better.capitalize() if word[0].isupper() else better

        corrected = _WORD.sub(replace, text)
        return corrected if changed else None

    def _find(self, word: str, analyzer: Analyzer, occurs: Callable[[str], bool]) -> str | None:
        folded = fold(word)
        if len(folded) < _SHORTEST or is_code(folded) or folded in analyzer.stop_words:
            return None
        if folded in self._counts or any(occurs(term) for term in analyzer.terms(word)):
            return None
        allowed = 1 if len(folded) < 8 else 2
        nearby: list[str] = []
        for length in range(len(folded) - allowed, len(folded) + allowed + 1):
            nearby += self._by_length.get(length, ())
        # OSA counts swapped neighbours ("recieve") as one slip, as fingers do.
        found = process.extract(
            folded, nearby, scorer=OSA.distance, score_cutoff=allowed, limit=None
        )
        candidates = [
            (self._rank(folded, other, int(distance)), other) for other, distance, _ in found
        ]
        candidates = [c for c in candidates if any(occurs(t) for t in analyzer.terms(c[1]))]
        return min(candidates)[1] if candidates else None

    def _rank(self, word: str, other: str, distance: int) -> tuple[float, str]:
        # People rarely miss the first letter; beyond that the commoner word is likelier.
        miss = distance + (0.5 if word[0] != other[0] else 0.0)
        return (
            miss - 0.1 * min(self._counts[other], 9) / 9 - (0.2 if distance == 1 else 0.0),
            other,
        )
