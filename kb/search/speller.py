"""Which word of the articles is meant by one that is not among them.

A noisy channel: the likeliest word is the one whose slip is easily made, that many articles
use, and that stands beside its neighbours elsewhere.  How much may be wrong grows with the
length of the word, since short words have too many neighbours to guess among.
"""

import math
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from operator import itemgetter

from kb.search.dictionary import Dictionary
from kb.search.slips import EASY, IMPOSSIBLE, easily_meant, slip_cost
from kb.search.spelling_index import SHORTEST_FOR_TWO, SpellingIndex, compare
from kb.search.word_context import WordContext

SHORTEST = 4
"""Shorter words have so many neighbours that a correction is a guess."""
_DEAREST = {4: 1.0, 5: 1.8, 6: 2.4, 7: 2.4, 8: 2.4}
"""Highest cost of slips by length of the typed word; 3.2 for longer ones."""
_DEAREST_OF_LONG = 3.2
_DEAREST_OF_TWO = 1.8
"""Two slips in a word of six letters leave little of it."""
_DEAREST_AT_START = 2.4
"""When the first letter is another."""
_PER_FREQUENCY = 0.35
"""What e times as many articles count against the cost of a slip."""
_PER_PAIR = 0.5
_FOR_ANY_PAIR = 1.0
_RARE = 1.0
"""Added for a word of one article that no dictionary has: likely a slip itself."""
_LARGE = 50_000
"""From so many words on, those of one article that no dictionary has are not offered."""
SMALL = 6_000
"""Up to so many words the index is built in 10 ms, by the first search that needs it."""
_UNSPACED = "\u0e00"
"""From Thai on, scripts are written without spaces or by syllables: no words to correct."""

_BEGINNINGS = ("un", "re", "de", "dis", "non", "pre", "over", "multi", "auto")
_ENDINGS = ("able", "ness", "less", "wise")
_STEM = 4
"""No dictionary has all of "undock", "unticked" and "bootable"."""
_PART = 3
"""Letters of the parts of "logout" and "playlist"."""

Occurs = Callable[[str], bool]
"""Whether a folded word can be found in the index."""


class Speller:
    """Knows the words of the articles of one generation; safe to share between threads."""

    def __init__(
        self, vocabulary: Mapping[str, int], dictionary: Dictionary, language: str
    ) -> None:
        self._counts = vocabulary
        self._dictionary = dictionary
        self._language = language
        self._index: SpellingIndex | None = None
        self._cached = lru_cache(maxsize=4096)(self._candidates)

    def warm(self) -> None:
        """Build the index now; until then words are compared one by one, which is slower."""
        if self._index is None:
            self._index = SpellingIndex(self._offered)

    def is_plain(self, word: str) -> bool:
        """Whether a folded word is made of letters, of a script that has words."""
        return bool(word) and word.isalpha() and max(word) < _UNSPACED

    def is_correctable(self, word: str) -> bool:
        """Whether a folded word is such a one and not too short."""
        return len(word) >= SHORTEST and self.is_plain(word)

    def is_common(self, word: str) -> bool:
        """Whether it is a word that people use, in the articles or elsewhere."""
        return word in self._counts or self._dictionary.is_common(word)

    def is_word(self, word: str) -> bool:
        """Whether an article or the language has this folded word."""
        return word in self._counts or word in self._dictionary

    def is_derived(self, word: str) -> bool:
        """Whether known words make it up: one with a beginning or an ending, or two."""
        stems = [word.removeprefix(part) for part in _BEGINNINGS if word.startswith(part)]
        stems += [word.removesuffix(part) for part in _ENDINGS if word.endswith(part)]
        if any(len(stem) >= _STEM and self.is_word(stem) for stem in stems):
            return True
        places = range(_PART, len(word) - _PART + 1)
        return any(self.is_used(word[:n]) and self.is_used(word[n:]) for n in places)

    def is_used(self, word: str) -> bool:
        """Whether it is more than a slip in some article."""
        count = self.count(word)
        return count > 1 or (count == 1 and word in self._dictionary)

    def count(self, word: str) -> int:
        """In how many articles a folded word occurs."""
        return self._counts.get(word, 0)

    def nearest(
        self,
        word: str,
        occurs: Occurs,
        *,
        context: WordContext | None = None,
        before: str = "",
        after: str = "",
        careful: bool = False,
    ) -> str | None:
        """The likeliest word for a folded one that occurs nowhere; None if none is likely.

        ``before`` and ``after`` are its neighbours.  ``careful`` allows only one slip of
        the everyday kind.
        """
        likely = []
        for other, cost, score in self._cached(word):
            if careful and cost > EASY:
                continue
            found = context.count(before, other, after) if context else 0
            gain = _FOR_ANY_PAIR + _PER_PAIR * math.log(found) if found else 0.0
            likely.append((score - gain, other))
        return next((other for _, other in sorted(likely) if occurs(other)), None)

    @cached_property
    def _offered(self) -> list[str]:
        is_large = len(self._counts) > _LARGE
        return [
            word
            for word, count in self._counts.items()
            if self.is_correctable(word)
            and not (is_large and count < 2 and word not in self._dictionary)
        ]

    def _candidates(self, word: str) -> tuple[tuple[str, float, float], ...]:
        """Words that may be meant, with the cost of the slip and the score, lowest first."""
        if len(word) < SHORTEST:
            return ()
        found: list[tuple[str, float, float]] = []
        lowest = IMPOSSIBLE
        for other, distance in sorted(self._near(word), key=itemgetter(1)):
            if distance > 1 and lowest <= EASY:
                break  # one everyday slip is always likelier than two
            cost = slip_cost(word, other, distance, self._language)
            if cost <= _dearest(word, other, distance):
                lowest = min(lowest, cost)
                found.append((other, cost, self._score(other, cost)))
        if EASY < lowest < IMPOSSIBLE and self._is_slip_of_a_word(word):
            return ()
        return tuple(sorted(found, key=itemgetter(2, 0)))

    def _near(self, word: str) -> list[tuple[str, int]]:
        slips = 2 if len(word) >= SHORTEST_FOR_TWO else 1
        if self._index is None and len(self._counts) <= SMALL:
            self.warm()
        index = self._index
        return index.near(word, slips) if index else compare(word, self._offered, slips)

    def _is_slip_of_a_word(self, word: str) -> bool:
        """Whether a word that no article has is likelier meant than any that articles have.

        "retreiving" is "retrieving", not "receiving", even where nothing is about retrieving.
        """
        common = self._dictionary.find_common(easily_meant(word, self._language))
        return any(other not in self._counts for other in common)

    def _score(self, other: str, cost: float) -> float:
        count = self._counts[other]
        rare = _RARE if count < 2 and other not in self._dictionary else 0.0
        return cost + rare - _PER_FREQUENCY * math.log(count)


def _dearest(word: str, other: str, distance: int) -> float:
    """Highest cost at which one word may be taken for another."""
    dearest = _DEAREST.get(len(word), _DEAREST_OF_LONG)
    if other[0] != word[0]:
        dearest = min(dearest, _DEAREST_AT_START)
    if distance > 1 and len(word) == SHORTEST_FOR_TWO:
        dearest = min(dearest, _DEAREST_OF_TWO)
    return dearest
