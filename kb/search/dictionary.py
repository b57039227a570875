"""The words of a language, so that a word that exists is not taken for a slip of the keyboard.

A customer who asks for a "toaster" where no article mentions one has found a gap, and
searching for "taster" instead would hide it.  The lists are pyspellchecker's.
"""

from collections.abc import Iterable
from functools import cache, cached_property

from spellchecker import SpellChecker

from kb.search.hash_set import HashSet
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
        return word in self._lists[0]

    def is_common(self, word: str) -> bool:
        """Whether a folded word is one that people use, not one that only word lists have."""
        return word in self._lists[1]

    def has_common(self, words: Iterable[str]) -> bool:
        """Whether any of the folded words is one that people use."""
        return self._lists[1].has_any(words)

    @cached_property
    def _lists(self) -> tuple[HashSet, HashSet]:
        # Read when the first unknown word is met: it takes a tenth of a second, which no
        # start of a worker and no switch to a new generation should wait for.
        try:
            counts = dict(SpellChecker(language=self._language).word_frequency.items())
        except ValueError:
            counts = {}
        return _hashed(counts), _hashed(word for word, n in counts.items() if n >= _COMMON)


def _hashed(words: Iterable[str]) -> HashSet:
    # A megabyte, where a set of the words takes twenty.
    return HashSet(hash(fold(word)) for word in words)
