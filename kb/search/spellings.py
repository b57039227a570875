"""The ways to write the words of one question, with what each of them counts.

The word itself counts 1, and all its pieces or the words that others write for it about
half: enough to be found, too little to outweigh another word of the question.  On 2,220
questions of a public help center no choice of these weights made a difference, so they
are what is plausible, not what is best.
"""

from collections.abc import Callable, Sequence

from kb.search.analysis import Analyzer
from kb.search.codes import is_identifier, is_mixed, name_and_number
from kb.search.compounds import WordPairs, split_compound
from kb.search.unspaced import is_unspaced
from kb.search.word_reader import Word

PIECE_WEIGHT = 0.3
"""One piece of a word: of ``e-mail``, of ``30 days``, of ``log in``."""
PIECES_WEIGHT = 0.6
"""All pieces of a word together at most."""
CODE_PIECES_WEIGHT = 0.3
"""All pieces of a code together: another model of the series may help, but comes after."""
UNKNOWN_CODE_WEIGHT = 0.6
"""The same when the code itself occurs nowhere."""
SPLIT_WEIGHT = 0.6
"""Both halves together of what others write as two words."""
JOINED_WEIGHT = 0.5
"""Two words of the question in one."""
_MAX_PIECES = 6
"""Pieces of one word that are looked for; the first ones tell most."""
_SHORTEST_SPLIT = 5


class Spellings:
    """Collects the terms of a question word by word."""

    def __init__(
        self,
        analyzer: Analyzer,
        document_frequency: Callable[[str], int] | None,
        pairs: WordPairs,
    ) -> None:
        self._analyzer = analyzer
        self._frequency = document_frequency
        self._pairs = pairs
        self.own: dict[str, str] = {}
        """The customer's words, from term to what was typed."""
        self.variants: dict[str, tuple[float, str]] = {}
        """Other terms, with weight and what was typed."""
        self.alternatives: dict[str, list[tuple[str, ...]]] = {}
        self.identifiers: dict[str, None] = {}
        self._swallowed: Word | None = None

    def add(self, word: Word, following: Word | None) -> None:
        """Add a word of the question; ``following`` is the one after it."""
        single = self._swallowed is word  # it is the second half of what a letter began
        self._swallowed = None
        if following is not None and self._join(word, following):
            return
        if single:
            self._vary(word.whole, PIECE_WEIGHT, word.typed)
        elif word.parts and not word.is_code and not self._may_occur(word.whole):
            for piece in self._choose_pieces(word):
                # In no article are they one word, so they are several.
                self.own.setdefault(piece, word.typed)
        else:
            self._add_whole(word)

    def wholes(self, text: str) -> tuple[str, ...]:
        """The terms of a phrase, each word once, as they stand in sections."""
        found: list[str] = []
        for word in self._analyzer.read(text):
            if not word.is_stop:
                whole = word.is_code or self._may_occur(word.whole) or not word.parts
                found += (word.whole,) if whole else word.parts
        return tuple(found)

    def _choose_pieces(self, word: Word) -> Sequence[str]:
        """The first ones of a word; the rarest of what is written without spaces."""
        if len(word.parts) <= _MAX_PIECES or self._frequency is None or not is_unspaced(word.typed):
            return word.parts[:_MAX_PIECES]
        known = {piece: self._frequency(piece) for piece in word.parts}
        rarest = sorted(filter(known.get, known), key=known.__getitem__)[:_MAX_PIECES]
        return rarest or word.parts[:_MAX_PIECES]

    def _add_whole(self, word: Word) -> None:
        self.own.setdefault(word.whole, word.typed)
        if word.is_code:
            self.identifiers[word.whole] = None
        if word.parts:
            pieces = [p for p in word.parts if self._tells_something(p, word)][:_MAX_PIECES]
            total = self._weight_of_pieces(word)
            for piece in pieces:
                self._vary(piece, total / len(pieces), word.typed)
            if instead := self._say_the_same(word):
                self._offer(word.whole, instead)
        elif word.typed.isalpha() and len(word.typed) >= _SHORTEST_SPLIT:
            self._split(word)

    def _tells_something(self, piece: str, word: Word) -> bool:
        """Whether to look for a piece: the 8 of "8.1" stands in every list."""
        of_code = bool(word.number) or word.is_code
        short = piece.isdecimal() and len(piece) < 3
        return not (of_code and short) or not self._may_occur(word.whole)

    def _say_the_same(self, word: Word) -> tuple[str, ...]:
        """The pieces that together are as good as the whole; empty when there are none."""
        if not word.is_code:
            # Of "e-mail" one part is left, which says something else.
            return () if word.words or len(word.parts) < 2 else word.parts[:_MAX_PIECES]
        name = name_and_number(word.typed)
        return (self._analyzer.stem(name[0]), name[1]) if name else ()

    def _weight_of_pieces(self, word: Word) -> float:
        if not word.is_code:
            return min(PIECES_WEIGHT, PIECE_WEIGHT * len(word.parts))
        return CODE_PIECES_WEIGHT if self._may_occur(word.whole) else UNKNOWN_CODE_WEIGHT

    def _join(self, word: Word, following: Word) -> bool:
        """Look for both as one word; whether that replaces the first one."""
        if self._frequency is None or following.is_stop or word.words or following.words:
            return False
        both = word.typed + following.typed
        if not both.isalnum() or (word.typed.isdigit() and following.typed.isdigit()):
            return False
        joined = self._analyzer.stem(both)
        if joined in (word.whole, following.whole) or not self._may_occur(joined):
            return False
        typed = f"{word.typed} {following.typed}"
        if (len(word.typed) == 1 or is_mixed(following.typed)) and is_identifier(joined):
            self.identifiers[joined] = None
        if len(word.typed) == 1:
            # "e mail", "e 42": the letter tells nothing, and the rest little.
            self.own.setdefault(joined, typed)
            self._swallowed = following
            return True
        self._vary(joined, JOINED_WEIGHT, typed)
        self._offer(word.whole, (joined,))
        self._offer(following.whole, (joined,))
        return False

    def _split(self, word: Word) -> None:
        found = self._pairs.split(word.typed)
        if found is None and self._frequency is not None:
            found = split_compound(
                word.typed,
                self._analyzer.language,
                lambda w: self._may_occur(self._analyzer.stem(w)),
            )
        if found is not None:
            halves = tuple(self._analyzer.stem(half) for half in found)
            for half in halves:
                self._vary(half, SPLIT_WEIGHT / len(halves), word.typed)
            self._offer(word.whole, halves)

    def _vary(self, term: str, weight: float, typed: str) -> None:
        if weight > self.variants.get(term, (0.0, ""))[0]:
            self.variants[term] = (weight, typed)

    def _offer(self, term: str, instead: tuple[str, ...]) -> None:
        self.alternatives.setdefault(term, []).append(instead)

    def _may_occur(self, term: str) -> bool:
        return self._frequency is None or self._frequency(term) > 0
