"""The words of a language, so that a word that exists is not taken for a slip of the keyboard.

A customer who asks for a "toaster" where no article mentions one has found a gap, and
searching for "taster" instead would hide it.  The lists are pyspellchecker's.
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from operator import methodcaller
from pathlib import Path
from zlib import crc32

import numpy as np

from kb.search.hash_set import Hashes, HashSet
from kb.text import fold

_FORMAT = 1
"""Raise when other hashes are made of the same words."""
_COMMON = 300
"""Least frequency in pyspellchecker's lists of a fifth of all their words; three in five only
have the lowest there is, among them "prats" and "oder"."""

_encode = methodcaller("encode", "utf-8", "surrogatepass")


class Dictionary:
    """Knows whether a folded word belongs to a language.

    Hashes of the words are kept in a file: to read pyspellchecker's list takes half a second
    of an old processor and 37 MB for a while, which no search should wait for.
    """

    def __init__(self, language: str, folder: Path | None = None) -> None:
        """``folder``, which need not be there, is where hashes are kept; None for nowhere."""
        self._language = language.partition("-")[0].lower()
        self._folder = folder

    @staticmethod
    @cache
    def for_language(language: str, folder: Path | None = None) -> "Dictionary":
        """The dictionary of a language; an empty one where there is no list."""
        return Dictionary(language, folder)

    def load(self) -> None:
        """Read the words now, so that no search has to wait for them."""
        len(self._lists)

    def __contains__(self, word: object) -> bool:
        return word in self._lists[0]

    def is_common(self, word: str) -> bool:
        """Whether a folded word is one that people use, not one that only word lists have."""
        return word in self._lists[1]

    def find_common(self, words: Sequence[str]) -> list[str]:
        """Those of many folded words that people use."""
        hashes = np.fromiter(map(crc32, map(_encode, words)), np.int64, len(words))
        return [words[place] for place in self._lists[1].find(hashes).nonzero()[0].tolist()]

    def keep(self) -> None:
        """See that the words are kept; for whoever publishes, so that no search has to do it."""
        if self._path is not None and not self._path.exists():
            self.load()

    @cached_property
    def _lists(self) -> tuple[HashSet, HashSet]:
        marked = self._load_kept()
        if marked is None:
            marked = _read_list(self._language)
            self._save(marked)
        return HashSet(marked >> 1, _hash), HashSet(marked[marked & 1 == 1] >> 1, _hash)

    def _load_kept(self) -> Hashes | None:
        """What was kept; None when it is missing or damaged."""
        if self._path is not None:
            with suppress(OSError, ValueError, EOFError):
                kept: Hashes = np.load(self._path, allow_pickle=False)
                if kept.dtype == np.int64 and kept.ndim == 1:
                    return kept
        return None

    def _save(self, marked: Hashes) -> None:
        # A full disk, or a folder that is read only, costs time and no search.
        with suppress(OSError):
            if self._path is not None and len(marked):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                unfinished = self._path.with_suffix(f".{os.getpid()}")
                with unfinished.open("wb") as file:
                    np.save(file, marked)
                unfinished.replace(self._path)

    @cached_property
    def _path(self) -> Path | None:
        if self._folder is None:
            return None
        try:
            of_list = version("pyspellchecker")
        except PackageNotFoundError:
            return None
        return self._folder / f"{self._language}-{of_list}-{_FORMAT}.npy"


def _read_list(language: str) -> Hashes:
    """Hashes of all words of a language, sorted, with a last bit that is 1 for common ones."""
    from spellchecker import SpellChecker

    counts: Mapping[str, int] = {}
    with suppress(ValueError):
        counts = dict(SpellChecker(language=language).word_frequency.items())
    marked = (_hash(fold(word)) << 1 | (n >= _COMMON) for word, n in counts.items())
    return np.sort(np.fromiter(marked, np.int64))


def _hash(word: object) -> int:
    # Not Python's: that differs from process to process. One in thirty thousand words that do
    # not exist has the hash of one that does, and is not corrected.
    return crc32(_encode(word))
