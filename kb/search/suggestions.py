"""Articles offered while the customer is still typing: every word is a beginning.

The texts that can be offered, titles and questions, are numbered from the best to the last,
and the numbers filed by word in one array, words in order.  Whatever begins with some letters
then is one slice of that array, and the lowest numbers in it are the suggestions.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.content.models import ArticleSummary, Audience, State
from kb.search.analysis import Analyzer
from kb.search.codes import has_digit
from kb.search.models import Suggestion
from kb.text import clean_query_text, fold

_LAST = "\U0010ffff"
_LOOKED_AT = 64
"""Texts among the best that are compared with all that was typed, letter by letter."""
_LONGEST = 1_000
"""Characters up to which shorter texts come first."""
_PIECES = 10_000
"""Pieces of text whose words are remembered while texts are read, some 3 MB."""
_SHORTEST_SLIP = 5
"""Letters of an unfinished word from which on a slip is looked for in it."""

Numbers = NDArray[np.integer[Any]]
Nearest = Callable[[str], str | None]
"""The word that is meant by one with a slip; None when there is none."""


class SuggestionIndex:
    """Suggestions over the articles of one generation; safe to share between threads."""

    def __init__(
        self,
        articles: Iterable[ArticleSummary],
        analyzer: Analyzer,
        nearest: Nearest | None = None,
    ) -> None:
        """Index titles and questions; ``analyzer`` is that of the language customers type in."""
        self._analyzer = analyzer
        self._nearest = nearest
        self._articles = list(articles)
        texts = _Texts(self._articles)
        best_first = np.argsort(texts.ranks, kind="stable")
        # Arrays of Python's, of which single numbers are taken in a third of the time.
        self._article_of = array("i", texts.articles[best_first].tolist())
        self._text_of = array("i", texts.numbers[best_first].tolist())
        self._internal_from = int(np.searchsorted(texts.ranks[best_first], _INTERNAL))
        self._words, self._postings, self._starts, self._first = texts.filed(best_first)
        self._cached = lru_cache(maxsize=2048)(self._suggest)

    def suggest(self, text: str, limit: int, audience: Audience) -> tuple[Suggestion, ...]:
        """The best articles for what has been typed so far."""
        return self._cached(fold(clean_query_text(text)), limit, audience)

    def _suggest(self, typed: str, limit: int, audience: Audience) -> tuple[Suggestion, ...]:
        raw = self._analyzer.words(typed)
        words = _typed_words(typed, raw, self._analyzer)
        if not words:
            return ()
        first = self._with_prefix((raw or typed.split())[0])
        ranges = [self._range(word, whole=False) for word in words[-1:]]
        ranges += [self._range(word, whole=True) for word in words[:-1]]
        matching = self._matching(ranges)
        public = int(np.searchsorted(matching, self._internal_from))
        parts = [matching[:public]]
        if audience is Audience.STAFF:
            parts.append(matching[public:])
        found: dict[int, Suggestion] = {}
        for number in (n for part in parts for n in self._ordered(part, first, typed)):
            place = self._article_of[number]
            if place not in found:
                article = self._articles[place]
                found[place] = Suggestion(article.title, article.url, article.slug)
                if len(found) >= limit:
                    break
        return tuple(found.values())

    def _range(self, prefix: str, *, whole: bool) -> tuple[int, int]:
        """Which words begin with ``prefix``; those of the word that it is a slip of, if none."""
        low, high = self._with_prefix(prefix)
        if low == high and self._nearest and (whole or len(prefix) >= _SHORTEST_SLIP):
            meant = self._nearest(prefix)
            if meant is not None:
                return self._with_prefix(meant)
        return low, high

    def _with_prefix(self, prefix: str) -> tuple[int, int]:
        low = bisect_left(self._words, prefix)
        return low, bisect_left(self._words, prefix + _LAST, low)

    def _matching(self, ranges: list[tuple[int, int]]) -> Numbers:
        """The texts that have a word of every range, best first."""
        slices = [self._postings[self._starts[low] : self._starts[high]] for low, high in ranges]
        has_all = self._marked(slices[0])
        for numbers in slices[1:]:
            has_all &= self._marked(numbers)
        return has_all.nonzero()[0]

    def _marked(self, numbers: Numbers) -> NDArray[np.bool_]:
        marked = np.zeros(len(self._article_of), dtype=np.bool_)
        marked[numbers] = True
        return marked

    def _ordered(
        self, matching: Numbers, first_words: tuple[int, int], typed: str
    ) -> Iterator[int]:
        """First those that begin with all that was typed, then with its first word, then others."""
        first = self._first[matching]
        begins = (first >= first_words[0]) & (first < first_words[1])
        others: list[int] = []
        for number in matching[begins][:_LOOKED_AT].tolist():
            if self._begins_with(number, typed):
                yield number
            else:
                others.append(number)
        yield from others
        for numbers in (matching[begins][_LOOKED_AT:], matching[~begins]):
            for start in range(0, len(numbers), _LOOKED_AT):
                yield from numbers[start : start + _LOOKED_AT].tolist()

    def _begins_with(self, number: int, typed: str) -> bool:
        article, place = self._articles[self._article_of[number]], self._text_of[number]
        text = article.questions[place - 1] if place else article.title
        head = text[: len(typed)]
        if not head.isascii():  # what it becomes may be longer or shorter
            head = fold(text)[: len(typed)]
        return fold(head) == typed


_INTERNAL = 4 * _LONGEST
_QUESTION = 2 * _LONGEST


class _Texts:
    """Titles and questions with their words, in the order of the articles."""

    def __init__(self, articles: Iterable[ArticleSummary]) -> None:
        self._ids: dict[str, int] = {}
        known: dict[str, _Known] = {}
        owners, numbers, ranks, words, lengths = (array("i") for _ in range(5))
        for place, article in enumerate(articles):
            if article.language not in known:
                known[article.language] = _Known(article.language, self._ids)
            words_of = known[article.language]
            rank = _INTERNAL if article.state is State.INTERNAL else 0
            for number, text in enumerate((article.title, *article.questions)):
                owners.append(place)
                numbers.append(number)
                ranks.append(rank + (_QUESTION if number else 0) + min(len(text), _LONGEST))
                before = len(words)
                for token in text.split():
                    words.extend(words_of[token])
                lengths.append(len(words) - before)
        self.articles, self.numbers, self.ranks = (
            np.array(values, dtype=np.int32) for values in (owners, numbers, ranks)
        )
        self._word_ids = np.array(words, dtype=np.int32)
        self._lengths = np.array(lengths, dtype=np.int32)

    def filed(
        self, best_first: Numbers
    ) -> tuple[list[str], NDArray[np.int32], "array[int]", NDArray[np.int32]]:
        """The words in order; numbers of texts by word; where each word's begin; first words."""
        words = sorted(self._ids)
        order = np.empty(len(words), dtype=np.int32)
        order[[self._ids[word] for word in words]] = np.arange(len(words))
        count = max(1, len(best_first))
        new_number = np.empty(len(best_first), dtype=np.int32)
        new_number[best_first] = np.arange(len(best_first))
        placed = order[self._word_ids]
        # In place, since these are the largest arrays of an opening.
        keys = placed.astype(np.int64)
        keys *= count
        keys += np.repeat(new_number, self._lengths)
        keys.sort()
        keys = keys[np.diff(keys, prepend=-1) > 0]  # twice as fast as np.unique
        starts = keys.searchsorted(np.arange(len(words) + 1) * count)
        first = np.full(len(best_first), -1, dtype=np.int32)
        begin = np.cumsum(self._lengths) - self._lengths
        has_words = self._lengths > 0
        first[new_number[has_words]] = placed[begin[has_words]]
        keys %= count
        return words, keys.astype(np.int32), array("i", starts.tolist()), first


class _Known(dict[str, tuple[int, ...]]):
    """The numbers of the words in a piece of text between spaces; most pieces come often."""

    def __init__(self, language: str, ids: dict[str, int]) -> None:
        super().__init__()
        self._analyzer = Analyzer.for_language(language)
        self._ids = ids

    def __missing__(self, piece: str) -> tuple[int, ...]:
        words = dict.fromkeys((*self._analyzer.words(piece), *_squashed(piece)))
        found = tuple(self._ids.setdefault(word, len(self._ids)) for word in words)
        if len(self) >= _PIECES:
            self.clear()
        self[piece] = found
        return found


def _typed_words(typed: str, raw: list[str], analyzer: Analyzer) -> list[str]:
    """The words that suggestions must have; the last one may be unfinished.

    ``raw`` are those of ``typed`` as they are written. Single letters are in no entry, so they
    must not narrow down what the others find.
    """
    words = raw
    if "-" in typed and has_digit(typed):
        words = [w for token in typed.split() for w in _squashed(token) or analyzer.words(token)]
    telling = [word for word in words[:-1] if word not in analyzer.stop_words] + words[-1:]
    return telling or typed.split()


def _squashed(text: str) -> list[str]:
    """Model names as one word, so that ``wh1000`` finds ``WH-1000XM4``."""
    return [fold(word).replace("-", "") for word in text.split() if "-" in word and has_digit(word)]
