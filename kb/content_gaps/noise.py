"""Tells what nobody can have meant: letters at random, one key held down.

A real question that is taken for noise is lost, and noise that is taken for a question is
one row at the end of a list.  So a wording is noise only when no word of it is known, none
is a code or number, none is in another script, and their letters follow each other as in
no word of the articles.  That spares foreign words: of frequent ones in eight
languages about one in a hundred looks like noise by itself, and hardly any question of
several words does.  Of words of random letters some three in four are caught.
"""

import re
from collections.abc import Iterable, Sequence

from kb.content_gaps.grouping import without_markers
from kb.content_gaps.models import Words
from kb.search.dictionary import Dictionary
from kb.text import fold

_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[a-z]+")
_LEAST_LETTERS = 5
"""What is shorter may be the short form of anything."""
_HELD_KEY = re.compile(r"(.)\1{4}|(..)\2{3}")
_ENOUGH_WORDS = 500
"""Different words that teach how letters follow each other; fewer teach nothing."""
_STRANGE = 0.34
"""Share of the pairs of letters that occur in (nearly) no known word."""
_LEAST_STRANGE = 3
_RARE = 1 / 8_000
"""Of all pairs of letters in known words: a pair that is rarer is strange."""


class NoiseFilter:
    """Judges wordings by the words of the articles and of their language."""

    def __init__(self, words: Words) -> None:
        self._known = words.known
        self._dictionary = Dictionary.for_language(words.language, words.dictionaries)
        self._pairs = _count_pairs(words.known)

    def is_noise(self, text: str) -> bool:
        """Whether no customer can have meant anything by the text."""
        words = _WORD.findall(fold(without_markers(text)))
        if not words or any(self._may_mean_something(word) for word in words):
            return False
        return any(map(_HELD_KEY.search, words)) or self._are_random(words)

    def _may_mean_something(self, word: str) -> bool:
        return word in self._known or word in self._dictionary or not _LATIN.fullmatch(word)

    def _are_random(self, words: Sequence[str]) -> bool:
        if not self._pairs or sum(map(len, words)) < _LEAST_LETTERS:
            return False
        pairs = [word[at : at + 2] for word in words for at in range(len(word) - 1)]
        strange = sum(pair not in self._pairs for pair in pairs)
        return strange >= max(_LEAST_STRANGE, _STRANGE * len(pairs))


def _count_pairs(words: Iterable[str]) -> frozenset[str]:
    """Pairs of letters that are not rare in these words."""
    counts: dict[str, int] = {}
    known = [word for word in words if _LATIN.fullmatch(word)]
    if len(known) < _ENOUGH_WORDS:
        return frozenset()
    for word in known:
        for at in range(len(word) - 1):
            pair = word[at : at + 2]
            counts[pair] = counts.get(pair, 0) + 1
    least = max(2.0, _RARE * sum(counts.values()))
    return frozenset(pair for pair, count in counts.items() if count >= least)
