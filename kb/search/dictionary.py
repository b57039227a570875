"""The words of a language, so that a word that exists is not taken for a slip of the keyboard.

A customer who asks for a "toaster" where no article mentions one has found a gap, and
searching for "taster" instead would hide it.  The lists are pyspellchecker's.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from spellchecker import SpellChecker

from kb.text import fold

_COMMON = 300
"""Least frequency in pyspellchecker's lists of a fifth of all their words; three in five only
have the lowest there is, among them "prats" and "oder"."""


class Dictionary:
    """Knows whether a folded word belongs to a language."""

    def __init__(self, language: str) -> None:
        self._language = language.partition("-")[0].lower()

    @staticmethod
    @cache
    def for_language(language: str) -> "Dictionary":
        """The dictionary of a language; an empty one where there is no list."""
        return Dictionary(language)

    def load(self) -> None:
        """Read the words now, so that no search has to wait for them."""
        len(self._lists)

    def __contains__(self, word: object) -> bool:
        return _holds(self._lists[0], word)

    def is_common(self, word: str) -> bool:
        """Whether a folded word is one that people use, not one that only word lists have."""
        return _holds(self._lists[1], word)

    def has_common(self, words: Iterable[str]) -> bool:
        """Whether any of the folded words is one that people use."""
        known = self._common
        if not len(known):
            return False
        wanted = np.fromiter(map(hash, words), dtype=np.int64)
        places = known.searchsorted(wanted)
        return bool((known.take(places, mode="clip") == wanted).any())

    @cached_property
    def _common(self) -> NDArray[np.int64]:
        return np.frombuffer(self._lists[1], dtype=np.int64)

    @cached_property
    def _lists(self) -> tuple["array[int]", "array[int]"]:
        # Read when the first unknown word is met: it takes a tenth of a second, which no
        # start of a worker and no switch to a new generation should wait for.
        try:
            counts = dict(SpellChecker(language=self._language).word_frequency.items())
        except ValueError:
            counts = {}
        return _hashed(counts), _hashed(word for word, n in counts.items() if n >= _COMMON)


def _hashed(words: Iterable[str]) -> "array[int]":
    # Hashes of 64 bits instead of the words: a megabyte where a set takes twenty.
    hashes = np.unique(np.fromiter((hash(fold(word)) for word in words), dtype=np.int64))
    return array("q", hashes.tobytes())


def _holds(hashes: "array[int]", word: object) -> bool:
    wanted = hash(word)
    place = bisect_left(hashes, wanted)
    return place < len(hashes) and hashes[place] == wanted
