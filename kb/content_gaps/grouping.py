"""Which failed searches ask the same thing, by their words alone.

Two wordings belong together when the same words remain after folding case and accents,
leaving out function words and stemming, in whatever order.  A misspelt word counts as
the word it was meant to be.  Words that the articles use are never taken for slips, and
codes and numbers never at all: it is better to split a topic than to mix two.

Pure and deterministic.  A wording's key depends on the topics there are, never the
other way round, so that topics stay what they are while searches arrive.
"""

import re
import string
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.content_gaps.models import Wording, Words
from kb.search.analysis import Analyzer
from kb.search.codes import has_digit
from kb.text import fold

_MARKER = re.compile(r"\[(?:email|url|iban|card|phone|number)\]")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_SHORTEST = 4
_LONG = 8
"""From this length on a word may hold two slips."""
_MAX_TERMS = 16


class Grouper:
    """Gives wordings their keys, one after the other; equal keys are one topic."""

    def __init__(self, words: Words, keys: Iterable[str] = ()) -> None:
        self._analyzer = Analyzer.for_language(words.language)
        self._known = words.known
        self._terms: set[str] = set()
        self._by_shape: dict[tuple[str, int], list[str]] = {}
        self._found: dict[str, str] = {}
        for key in keys:
            for term in key.split():
                self._learn(term)

    def group(self, wordings: Sequence[Wording]) -> dict[int, str]:
        """The key of every wording by its id; the frequent ones decide how a word is spelt."""
        frequent_first = sorted(wordings, key=lambda w: (-w.searches, w.text, w.id))
        return {wording.id: self.find_key(wording.text) for wording in frequent_first}

    def find_key(self, text: str) -> str:
        """The words that a text is about, sorted; empty when it has none."""
        plain = without_markers(text)
        words = list(self._words(plain, keep_stop_words=False))
        if not words:
            words = list(self._words(plain, keep_stop_words=True))
        terms = sorted({self._remember_term(word) for word in words})[:_MAX_TERMS]
        for term in terms:
            self._learn(term)
        return " ".join(terms)

    def _words(self, text: str, *, keep_stop_words: bool) -> Iterator[str]:
        for token in self._analyzer.tokens(text):
            word = _POSSESSIVE.sub("", fold(text[token.start : token.end]))
            word = "".join(character for character in word if character.isalnum())
            if word and (keep_stop_words or word not in self._analyzer.stop_words):
                yield word

    def _remember_term(self, word: str) -> str:
        # Words recur, and looking for what a new one may be a slip of takes its time.
        if word not in self._found:
            self._found[word] = self._find_term(word)
        return self._found[word]

    def _find_term(self, word: str) -> str:
        stem = self._analyzer.stem(word)
        if len(word) < _SHORTEST or has_digit(word) or word in self._known or stem in self._terms:
            return stem
        return self._find_known(word) or self._find_used(stem) or stem

    def _find_known(self, word: str) -> str | None:
        """The term of the articles' word that ``word`` is one slip away from."""
        meant = [near for near in _one_slip_away(word) if near in self._known]
        if not meant:
            return None
        return self._analyzer.stem(min(meant, key=lambda near: (-self._known[near], near)))

    def _find_used(self, stem: str) -> str | None:
        """A term of other topics that ``stem`` is a slip of."""
        if len(stem) < _SHORTEST:
            return None
        allowed = 2 if len(stem) >= _LONG else 1
        for slips in range(1, allowed + 1):
            for length in range(len(stem) - slips, len(stem) + slips + 1):
                near = process.extractOne(
                    stem,
                    self._by_shape.get((stem[0], length), ()),
                    scorer=OSA.distance,
                    score_cutoff=slips,
                )
                if near is not None:
                    return str(near[0])
        return None

    def _learn(self, term: str) -> None:
        if term not in self._terms:
            self._terms.add(term)
            if len(term) >= _SHORTEST and not has_digit(term):
                self._by_shape.setdefault((term[0], len(term)), []).append(term)


def without_markers(text: str) -> str:
    """The text without what stands for personal data, such as ``[email]``."""
    return _MARKER.sub(" ", text)


def _one_slip_away(word: str) -> Iterator[str]:
    """What one slip makes of a word; the first letter is the one people get right."""
    letters = sorted(set(string.ascii_lowercase) | set(word))
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        for letter in letters:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
