"""Text to terms: the same steps for articles and questions, whatever the engine.

A word becomes lower case without accents, stemmed by the Snowball algorithm of the
language; function words are left out.  In English irregular forms and British spelling
are reduced as well.  Model names, error codes and compounds are kept whole and in
pieces, so that ``WH-1000XM4``, ``wh1000`` and ``xm4`` meet, and ``Wi-Fi``, ``wifi`` and
``wi fi`` do.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kb.search.compounds import PHRASALS
from kb.search.stop_words import QUESTION_WORDS
from kb.search.unspaced import (
    HAN,
    HANGUL,
    HIRAGANA,
    KATAKANA,
    LONGEST,
    UNSPACED,
    has_unspaced,
    is_unspaced,
)
from kb.search.word_reader import Word, WordReader
from kb.text import fold

_WORD_OR_SIGN = (
    # C++ and C#, which would be lost among the single letters; then every other word,
    # amounts of money, and the signs that belong to the number before them.
    r"(?<![^\W_])[^\W\d_](?:\+\+|#)(?![^\W_])"
    r"|[^\W_]+(?:[-._'’‐‑‒–][^\W_]+)*"
    r"|[$€£]\d+(?:\.\d+)*|[%°€£$]"
)
SPACED_TOKEN = re.compile(_WORD_OR_SIGN)
UNSPACED_TOKEN = re.compile(
    "|".join(rf"[{script}]{{1,{LONGEST}}}" for script in (HAN, KATAKANA, HIRAGANA, HANGUL))
    + "|"
    + _WORD_OR_SIGN.replace(r"[^\W_]", rf"[^\W_{UNSPACED}]")
)
"""Of a text that has any of the scripts that are written without spaces; takes twice as long."""
_HYPHEN = re.compile(r"[-._‐‑‒–]")
_APOSTROPHE = re.compile(r"['’]")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_WRITTEN_AS = {"nb": "no", "nn": "no"}
"""Languages that are read by the rules of another tag."""
_CACHE_LIMIT = 10_000
"""Distinct words after which those that were not met since are on their way out; twice as many
are kept per language, 10 MB at most. Titles of 50,000 articles have as many words that occur
once, most of them numbers of models."""


def _token_pattern(text: str) -> re.Pattern[str]:
    return UNSPACED_TOKEN if has_unspaced(text) else SPACED_TOKEN


def _find_tokens(text: str) -> list[str]:
    composed = unicodedata.normalize("NFC", text)
    return _token_pattern(composed).findall(composed)


class Token(NamedTuple):
    """A word where it stands in a text, with the terms it is found under."""

    start: int
    end: int
    terms: tuple[str, ...]


class Analyzer:
    """The analysis of one language; safe to share between threads."""

    def __init__(self, language: str) -> None:
        base = language.partition("-")[0].lower()
        base = _WRITTEN_AS.get(base, base)
        self.language = base
        self._reader = WordReader(base)
        self.stop_words = self._reader.stop_words
        self._question_words = QUESTION_WORDS.get(base, frozenset())
        self._words: dict[str, Word] = {}
        self._older: dict[str, Word] = {}

    @staticmethod
    @cache
    def for_language(language: str) -> "Analyzer":
        """The analyzer of a language; one without its own rules is only folded."""
        return Analyzer(language)

    def terms(self, text: str, *, keep_stop_words: bool = False) -> list[str]:
        """The terms of a text in order, repeated as often as they occur.

        What two words are together stands between their own terms.
        """
        found: list[str] = []
        known = self._words
        previous: Word | None = None
        for raw in _find_tokens(text):
            word = known.get(raw) or self._learn(raw)
            if word.joins and previous is not None and (both := self._join(previous, word)):
                found.append(both)
            found += word.terms if keep_stop_words else word.telling
            previous = word
        return found

    def read(self, text: str) -> list[Word]:
        """The words of a question, those that are one thing together as one."""
        found: list[Word] = []
        for raw in _find_tokens(text):
            word = self._words.get(raw) or self._learn(raw)
            both = self._join(found[-1], word) if word.joins and found else ""
            if both:
                first = found.pop()
                terms = dict.fromkeys((*first.telling, *word.telling))
                parts = tuple(term for term in terms if len(term) > 1)
                typed = f"{first.typed} {word.typed}"
                found.append(Word(typed, both, parts, words=(first, word)))
            elif word.whole:
                found.append(word)
        return found

    def question_key(self, text: str) -> str:
        """The same for two ways of asking the same question in the same words.

        "Where's my order?" and "where is the order" agree, and "won't start" with "does
        not start"; "cancel my order" does not agree with "where is my order".
        """
        words = self.read(text)
        telling = [
            w
            for w in words
            if not w.is_stop
            or w.is_negation
            or w.whole in self._question_words
            or is_unspaced(w.typed)  # Japanese grammar may say "not"
        ]
        return " ".join("not" if w.is_negation else w.whole for w in telling or words)

    def tokens(self, text: str) -> Iterator[Token]:
        """Every word of ``text`` with its place; ``text`` must be in NFC."""
        for match in _token_pattern(text).finditer(text):
            word = self._words.get(match[0]) or self._learn(match[0])
            if word.terms:
                yield Token(match.start(), match.end(), word.terms)

    def placed_terms(self, text: str) -> Iterator[tuple[str, int, int]]:
        """What ``terms`` gives, each with the place in ``text`` where it is said.

        ``text`` must be in NFC.  What two words are together is said by both of them; of what is
        written without spaces two characters are said by themselves.
        """
        known = self._words
        previous: Word | None = None
        previous_start = 0
        for match in _token_pattern(text).finditer(text):
            word = known.get(match[0]) or self._learn(match[0])
            start, end = match.span()
            if word.joins and previous is not None and (both := self._join(previous, word)):
                yield both, previous_start, end
            if word.parts and is_unspaced(word.typed) and len(word.typed) == end - start:
                for term in word.telling:
                    place = start + word.typed.index(term)
                    yield term, place, place + len(term)
            else:
                for term in word.telling:
                    yield term, start, end
            previous, previous_start = word, start

    def words(self, text: str) -> list[str]:
        """The folded words as people write them: the vocabulary that corrections offer."""
        found: list[str] = []
        for raw in _find_tokens(text):
            if raw.isascii() and raw.isalpha():  # nearly all, in a fifth of the time
                if len(raw) > 1:
                    found.append(raw.lower())
            else:
                found += [
                    fold(part)
                    for part in _HYPHEN.split(_APOSTROPHE.sub("", _POSSESSIVE.sub("", raw)))
                    if len(part) > 1 and not part.isdigit() and part[0] not in "$€£"
                ]
        return found

    def word(self, raw: str) -> Word:
        """What a word is found under, written as it stands in a text."""
        return self._words.get(raw) or self._learn(raw)

    def stem(self, word: str) -> str:
        """The term of one folded word; words with digits stay as they are."""
        return self._reader.stem(word)

    def _learn(self, raw: str) -> Word:
        if len(self._words) >= _CACHE_LIMIT:
            self._older, self._words = self._words, {}
        word = self._words[raw] = self._older.get(raw) or self._reader.read(raw)
        return word

    def _join(self, first: Word, second: Word) -> str:
        """The term of both together; empty when they are two words."""
        if second.unit and first.number:
            return first.number + second.unit
        if second.typed in PHRASALS.get(first.whole, ()):
            return self._reader.stem(first.whole + second.typed)
        return ""
