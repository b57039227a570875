"""The words of a language, so that a word that exists is not taken for a slip of the keyboard.

A customer who asks for a "toaster" where no article mentions one has found a gap, and
searching for "taster" instead would hide it.  The lists are pyspellchecker's.
"""

from array import array
from bisect import bisect_left
from functools import cache, cached_property

from spellchecker import SpellChecker

from kb.text import fold


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
        len(self._hashes)

    def __contains__(self, word: object) -> bool:
        wanted = hash(word)
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and self._hashes[place] == wanted

    @cached_property
    def _hashes(self) -> "array[int]":
        # Read when the first unknown word is met: it takes a third of a second, which no
        # start of a worker and no switch to a new generation should wait for.
        try:
            words = list(SpellChecker(language=self._language).word_frequency.words())
        except ValueError:
            words = []
        # Hashes of 64 bits instead of the words: a megabyte where a set takes twenty.
        return array("q", sorted({hash(fold(word)) for word in words}))
