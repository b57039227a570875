"""Looks for the words of one question in one text after the other.

Of a hundred words in a text some five are of the question.  Which ones those are is decided
once for all texts of a search, and only what stands around them is read word by word.
"""

from collections.abc import Iterator, Set

from kb.search.analysis import TOKEN, Analyzer, Token


class WordFinder:
    """Finds what is found under one of the ``wanted`` terms; for one search."""

    def __init__(self, analyzer: Analyzer, wanted: Set[str]) -> None:
        self._analyzer = analyzer
        self._wanted = wanted
        self._is_of_two = any(map(analyzer.may_be_of_two, wanted))
        self._judged: set[str] = set()
        self._telling: set[str] = set()

    def find(self, text: str) -> list[Token]:
        """The words in ``text``, which must be in NFC, with their places."""
        words = set(TOKEN.findall(text))
        self._judge(words - self._judged)
        here = words & self._telling
        if not here:
            return []
        if self._is_of_two:
            return self._analyzer.find(text, self._wanted)
        return [
            Token(match.start(), match.end(), self._analyzer.word(match[0]).terms)
            for start, end in _stretches(text, here)
            for match in TOKEN.finditer(text, start, end)
            if match[0] in here
        ]

    def _judge(self, words: set[str]) -> None:
        self._judged |= words
        for raw in words:
            word = self._analyzer.word(raw)
            if not self._wanted.isdisjoint(word.terms) or (self._is_of_two and word.joins):
                self._telling.add(raw)


def _stretches(text: str, words: Set[str]) -> Iterator[tuple[int, int]]:
    """What stands between spaces around each occurrence of the words, in order.

    No word goes beyond it, so that it is read as it would be within the whole text.
    """
    places: set[int] = set()
    for word in words:
        place = text.find(word)
        while place >= 0:
            places.add(place)
            place = text.find(word, place + len(word))
    end = 0
    for place in sorted(places):
        if place >= end:
            start = max(end, text.rfind(" ", end, place) + 1)
            end = text.find(" ", place)
            end = len(text) if end < 0 else end
            yield start, end
