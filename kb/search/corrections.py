"""Spelling correction from the words of the articles themselves.

Only words that occur nowhere and that the language does not have are corrected, and
only to words that occur.  Model names, codes and numbers are left alone: one character
makes them another product.
"""

import re
from collections.abc import Callable, Container, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.analysis import Analyzer, is_code
from kb.text import fold

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 4
"""Shorter words have so many neighbours that a correction is a guess."""
_LONG = 9
"""From this length on two slips still leave one likely word."""


class Corrector:
    """Finds the likeliest word for one that occurs in no article."""

    def __init__(self, vocabulary: Mapping[str, int], dictionary: Container[str]) -> None:
        self._counts = vocabulary
        self._dictionary = dictionary
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
        if folded in self._counts or folded in self._dictionary:
            return None
        if any(occurs(term) for term in analyzer.terms(word)):
            return None
        allowed = 1 if len(folded) < _LONG else 2
        nearby: list[str] = []
        for length in range(len(folded) - allowed, len(folded) + allowed + 1):
            nearby += self._by_length.get(length, ())
        # OSA counts swapped neighbours ("recieve") as one slip, as fingers do.
        found = process.extract(
            folded, nearby, scorer=OSA.distance, score_cutoff=allowed, limit=None
        )
        candidates = [
            self._rank(other, int(distance))
            for other, distance, _ in found
            if _begins_alike(folded, other) and any(occurs(t) for t in analyzer.terms(other))
        ]
        return min(candidates)[2] if candidates else None

    def _rank(self, other: str, distance: int) -> tuple[int, int, str]:
        return (distance, -self._counts[other], other)


def _begins_alike(word: str, other: str) -> bool:
    """People rarely miss the first letter, but they swap it with the second."""
    return word[0] == other[0] or word[:2] == other[1::-1]
