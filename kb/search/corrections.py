"""Spelling correction from the words of the articles themselves.

A word that occurs is not corrected, nor one that the language has, unless its neighbours
say that another is far likelier in this place.  Model names, codes, addresses, acronyms, quoted
words and those after a minus sign are left alone: one character makes them another thing,
or the customer has said that they are meant so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer
from kb.search.dictionary import Dictionary
from kb.search.engine import GiveWay, wait_for_nobody
from kb.search.slips import EASY, slip_cost
from kb.search.speller import SMALL, Speller
from kb.search.spots import Spot, find_spots
from kb.search.word_context import WordContext
from kb.text import fold

_ROUNDS = 4
"""A corrected word is context for its neighbours, so the text is read again."""
_MANY_UNKNOWN = 4
"""So many unknown words, and more of them than known ones, are another language."""
_PART = 3
"""Shortest part of two words typed without a space; function words may be shorter."""
_JOINED = 6
"""Shortest word that is put together or taken apart."""
_PAIR, _LIKELIER = 3, 10
"""Articles that must have the pair of words, and how many times as many articles must have
the other word, before a word that is in use is changed to fit its neighbours."""
_FEW_ARTICLES = SMALL // 10
"""Articles up to which the first question builds what it is corrected by."""
_ARTICLES_AT_ONCE = 40
"""A millisecond or two of reading titles, after which it lets requests go first."""
_LONGEST_PAUSE = 0.02
"""Seconds: beside requests without end the titles of 5,000 articles are read in three."""

Occurs = Callable[[str], bool]


class Corrector:
    """Finds what a question with slips was meant to be; safe to share between threads."""

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        dictionary: Dictionary,
        articles: Sequence[ArticleSummary] = (),
        language: str = "",
    ) -> None:
        """``articles`` give the context: what stands beside what in titles and questions.

        They must be public: a correction is shown to everyone.  ``language`` ("de") tells
        the keyboard.
        """
        self._speller = Speller(vocabulary, dictionary, language)
        self._articles = articles
        self._context: WordContext | None = None

    @property
    def is_warm(self) -> bool:
        """Whether slips are told by their neighbours, too: with few articles from the first on."""
        return self._context is not None or len(self._articles) <= _FEW_ARTICLES

    def warm(self, give_way: GiveWay = wait_for_nobody) -> None:
        """Build what words are looked up in; for a thread that nobody waits for."""
        self._speller.warm()
        if self._context is None:
            self._context = WordContext(_slowly(self._articles, give_way))

    def correct(self, text: str, analyzer: Analyzer, occurs: Occurs) -> str | None:
        """``text`` with its slips corrected; None when there is nothing to correct.

        ``occurs`` tells whether a term is in the index.
        """
        if self._context is None and len(self._articles) <= _FEW_ARTICLES:
            self.warm()
        current = text
        for _ in range(_ROUNDS):
            better = _Reading(current, analyzer, occurs, self._speller, self._context).corrected()
            if better == current:
                break
            current = better
            if " " not in current:
                break
        return None if current == text else current

    def nearest(self, word: str, analyzer: Analyzer, occurs: Occurs) -> str | None:
        """The word that is meant by a single folded one that occurs nowhere; else None."""
        reading = _Reading(word, analyzer, occurs, self._speller, None)
        if len(reading.spots) != 1 or not reading.is_unknown(reading.spots[0]):
            return None
        return self._speller.nearest(fold(word), reading.can_be_meant)


def _slowly(articles: Iterable[ArticleSummary], give_way: GiveWay) -> Iterator[ArticleSummary]:
    for number, article in enumerate(articles):
        if number % _ARTICLES_AT_ONCE == 0:
            give_way(_LONGEST_PAUSE)
        yield article


class _Reading:
    """One text, read once."""

    def __init__(
        self,
        text: str,
        analyzer: Analyzer,
        occurs: Occurs,
        speller: Speller,
        context: WordContext | None,
    ) -> None:
        self._text = text
        self._analyzer = analyzer
        self._occurs = occurs
        self._speller = speller
        self._context = context
        self.spots = find_spots(text)

    def corrected(self) -> str:
        """The text with every slip replaced that can be told."""
        unknown = [self.is_unknown(spot) for spot in self.spots]
        careful = sum(unknown) >= _MANY_UNKNOWN and 2 * sum(unknown) > len(unknown)
        pieces: list[str] = []
        done = number = 0
        while number < len(self.spots):
            spot, used = self.spots[number], 1
            better: str | None = None
            if any(unknown[number : number + 2]) and (better := self._joined(number)):
                used = 2
            elif unknown[number]:
                better = self._nearest(number, careful=careful)
            elif not spot.fixed:
                better = self._fitting(number)
            if better is not None:
                pieces += (self._text[done : spot.start], spot.styled(better))
                done = self.spots[number + used - 1].end
            number += used
        return "".join((*pieces, self._text[done:]))

    def is_unknown(self, spot: Spot) -> bool:
        """Whether the word of a spot is in no article and in no dictionary."""
        word = spot.folded
        return not (
            spot.fixed
            or len(word) < _PART
            or not self._speller.is_plain(word)
            or self._is_empty(word)
            or self._speller.is_word(word)
            or any(self._occurs(term) for term in self._analyzer.terms(spot.word))
        )

    def can_be_meant(self, word: str) -> bool:
        """Whether articles can be found by a word, or it is a function word."""
        return self._is_empty(word) or any(map(self._occurs, self._analyzer.terms(word)))

    def _is_empty(self, word: str) -> bool:
        return word in self._analyzer.stop_words

    def _nearest(self, number: int, *, careful: bool) -> str | None:
        spot = self.spots[number]
        before, after = self._neighbours(number)
        is_name = number > 0 and spot.word[:1].isupper() and not self._text.istitle()
        careful = careful or is_name or self._speller.is_derived(spot.folded)
        found = self._speller.nearest(
            spot.folded,
            self.can_be_meant,
            context=self._context,
            before=before,
            after=after,
            careful=careful,
        )
        return found or (None if is_name else self._split(spot.folded))

    def _neighbours(self, number: int) -> tuple[str, str]:
        def first(spots: Sequence[Spot]) -> str:
            return next((s.folded for s in spots if not self._is_empty(s.folded)), "")

        return first(self.spots[:number][::-1]), first(self.spots[number + 1 :])

    def _joined(self, number: int) -> str | None:
        """The word that this one and the next make without the space between them."""
        parts = self.spots[number : number + 2]
        if len(parts) < 2 or any(part.fixed for part in parts):
            return None
        joined = parts[0].folded + parts[1].folded
        apart = self._text[parts[0].end : parts[1].start]
        if apart != " " or len(joined) < _JOINED or not self._speller.is_used(joined):
            return None
        return joined if self.can_be_meant(joined) else None

    def _split(self, word: str) -> str | None:
        """The two words that were typed without a space between them.

        Only a pair that titles or questions have, or a function word and another: "playlist"
        is no "play list" where nothing is about lists of plays.
        """
        best: tuple[int, int, str] | None = None
        for place in range(2, len(word) - 1 if len(word) >= _JOINED else 0):
            first, second = word[:place], word[place:]
            if not (self._can_be_part(first) and self._can_be_part(second)):
                continue
            empty = self._is_empty(first) or self._is_empty(second)
            pair = self._context.count(first, second, "") if self._context else 0
            if pair or empty:
                count = min(self._speller.count(first), self._speller.count(second))
                found = (pair, count, f"{first} {second}")
                best = max(best, found) if best else found
        return best[2] if best else None

    def _can_be_part(self, word: str) -> bool:
        if self._is_empty(word):
            return True
        return len(word) >= _PART and self._speller.is_used(word) and self.can_be_meant(word)

    def _fitting(self, number: int) -> str | None:
        """The word that a known one must be a slip of, by the words around it."""
        spot = self.spots[number]
        if self._context is None or not self._speller.is_correctable(spot.folded):
            return None
        before, after = self._neighbours(number)
        if self._is_empty(spot.folded) or self._context.count(before, spot.folded, after):
            return None
        # Other words are not unknown because their stem occurs ("continer tabs"), or because
        # some list of words has them ("spare prats").
        is_common = self._speller.is_common(spot.folded)
        fewest, likelier = (_PAIR, _LIKELIER) if is_common else (1, 1)
        least = likelier * max(1, self._speller.count(spot.folded))
        own = self._analyzer.terms(spot.word)
        best: tuple[int, str] | None = None
        for other in {*self._context.after(before), *self._context.before(after)}:
            count = self._context.count(before, other, after)
            if (
                count >= fewest
                and self._speller.count(other) >= least
                and other[0] == spot.folded[0]
                and slip_cost(spot.folded, other, 1) <= EASY
                and self._analyzer.terms(other) != own
                and self.can_be_meant(other)
            ):
                best = max(best, (count, other)) if best else (count, other)
        return best[1] if best else None
