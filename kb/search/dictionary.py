"""The words of a language, so that a word that exists is not taken for a slip of the keyboard.

A customer who asks for a "toaster" where no article mentions one has found a gap, and
searching for "taster" instead would hide it.  The lists are pyspellchecker's.
"""

from array import array
from bisect import bisect_left
from functools import cache

from spellchecker import SpellChecker

from kb.text import fold


class Dictionary:
    """Knows whether a folded word belongs to a language."""

    def __init__(self, words: list[str]) -> None:
        # Hashes of 64 bits instead of the words: a megabyte where a set takes twenty.
        self._hashes = array("q", sorted({hash(fold(word)) for word in words}))

    @staticmethod
    @cache
    def for_language(language: str) -> "Dictionary":
        """The dictionary of a language; an empty one where there is no list."""
        try:
            checker = SpellChecker(language=language.partition("-")[0].lower())
        except ValueError:
            return Dictionary([])
        return Dictionary(list(checker.word_frequency.words()))

    def __contains__(self, word: object) -> bool:
        wanted = hash(word)
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and self._hashes[place] == wanted
