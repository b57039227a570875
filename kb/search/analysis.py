"""Text to terms: the same steps for articles and questions, whatever the engine.

A word becomes lower case without accents, stemmed by the Snowball algorithm of the
language; function words are left out.  In English irregular forms and British spelling
are reduced as well.  Model names, error codes and compounds are kept whole and in
pieces, so that ``WH-1000XM4``, ``wh1000`` and ``xm4`` meet, and ``Wi-Fi``, ``wifi`` and
``wi fi`` do.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

from kb.search.codes import (
    UNITS,
    code_pieces,
    is_identifier,
    is_mixed,
    is_ordinal,
    number_with_unit,
    version_numbers,
)
from kb.search.compounds import PARTICLES, PHRASALS
from kb.search.irregular_forms import IRREGULAR_FORMS
from kb.search.spelling_variants import to_american
from kb.search.stop_words import CONTRACTIONS, NEGATIONS, QUESTION_WORDS, STOP_WORDS
from kb.text import fold

_TOKEN = re.compile(
    # C++ and C#, which would be lost among the single letters; then every other word,
    # amounts of money, and the signs that belong to the number before them.
    r"(?<![^\W_])[^\W\d_](?:\+\+|#)(?![^\W_])"
    r"|[^\W_]+(?:[-._'’‐‑‒–][^\W_]+)*"
    r"|[$€£]\d+(?:\.\d+)*|[%°€£$]"
)
_JOINER = re.compile(r"[-._'’‐‑‒–]")
_HYPHEN = re.compile(r"[-._‐‑‒–]")
_APOSTROPHE = re.compile(r"['’]")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_CACHE_LIMIT = 200_000
"""Distinct words kept per language, a few times what a help center uses."""
_STEMS = 16_384
"""Stems kept for words that stand in no text, such as two words of a question in one."""
_MAX_WORD = 60
"""Longer runs of letters are pasted keys or noise; their beginning is enough."""
_MAX_PARTS = 12
"""Parts of one hyphenated word that are terms of their own."""

_ALGORITHMS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word where it stands in a text, with the terms it is found under."""

    start: int
    end: int
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """What one word, or two that are one, is found under."""

    typed: str
    """As it stands in the text, folded, without a possessive ending."""
    whole: str
    """The term of the whole; empty for a sign that is no word."""
    parts: tuple[str, ...] = ()
    """Terms of its pieces, the telling ones first."""
    is_stop: bool = False
    is_negation: bool = False
    """It says "not"."""
    is_code: bool = False
    """It names one model, error or version."""
    number: str = ""
    """A number that a unit may follow."""
    unit: str = ""
    words: tuple["Word", ...] = ()
    """The two that it was made of."""
    terms: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    """``terms`` unless it is a function word."""
    joins: bool = False
    """It may make one word with the one before it."""


class Analyzer:
    """The analysis of one language; safe to share between threads."""

    def __init__(self, language: str) -> None:
        base = language.partition("-")[0].lower()
        self.language = base
        self.stop_words = STOP_WORDS.get(base, frozenset())
        self._negations = NEGATIONS.get(base, frozenset())
        self._empty_words = self.stop_words - QUESTION_WORDS.get(base, frozenset())
        self._contractions = CONTRACTIONS.get(base, {})
        algorithm = _ALGORITHMS.get(base)
        self._stemmer = snowballstemmer.stemmer(algorithm) if algorithm else None
        self._lock = threading.Lock()
        self._words: dict[str, Word] = {}
        self._stem = lru_cache(maxsize=_STEMS)(self._stem_word)

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
        for raw in _TOKEN.findall(unicodedata.normalize("NFC", text)):
            word = known.get(raw) or self._learn(raw)
            if word.joins and previous is not None and (both := self._join(previous, word)):
                found.append(both)
            found += word.terms if keep_stop_words else word.telling
            previous = word
        return found

    def read(self, text: str) -> list[Word]:
        """The words of a question, those that are one thing together as one."""
        found: list[Word] = []
        for raw in _TOKEN.findall(unicodedata.normalize("NFC", text)):
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
        words = ["not" if word.is_negation else word.whole for word in self.read(text)]
        return " ".join([w for w in words if w not in self._empty_words] or words)

    def tokens(self, text: str) -> Iterator[Token]:
        """Every word of ``text`` with its place; ``text`` must be in NFC."""
        for match in _TOKEN.finditer(text):
            word = self._words.get(match[0]) or self._learn(match[0])
            if word.terms:
                yield Token(match.start(), match.end(), word.terms)

    def find(self, text: str, wanted: Set[str]) -> list[Token]:
        """Those of ``tokens`` that are found under one of the ``wanted`` terms."""
        known = self._words
        telling = {
            raw
            for raw in set(_TOKEN.findall(text))
            if not wanted.isdisjoint((known.get(raw) or self._learn(raw)).terms)
        }
        if not telling:
            return []
        return [
            Token(match.start(), match.end(), (known.get(match[0]) or self._learn(match[0])).terms)
            for match in _TOKEN.finditer(text)
            if match[0] in telling
        ]

    def words(self, text: str) -> list[str]:
        """The folded words as people write them: the vocabulary that corrections offer."""
        return [
            fold(part)
            for raw in _TOKEN.findall(unicodedata.normalize("NFC", text))
            for part in _HYPHEN.split(_APOSTROPHE.sub("", _POSSESSIVE.sub("", raw)))
            if len(part) > 1 and not part.isdigit() and part[0] not in "$€£"
        ]

    def stem(self, word: str) -> str:
        """The term of one folded word; words with digits stay as they are."""
        return self._stem(word) if word.isalpha() else word

    def _stem_word(self, word: str) -> str:
        if self.language == "en":
            word = IRREGULAR_FORMS.get(word) or to_american(word)
        if self._stemmer is None:
            return word
        with self._lock:  # the stemmer keeps the word it works on in itself
            return str(self._stemmer.stemWord(word))

    def _learn(self, raw: str) -> Word:
        if len(self._words) >= _CACHE_LIMIT:
            self._words.clear()
        word = self._words[raw] = self._analyse(raw)
        return word

    def _analyse(self, raw: str) -> Word:
        typed = fold(raw).replace("’", "'")
        typed = self._contractions.get(typed) or fold(_POSSESSIVE.sub("", raw))
        typed = typed.replace("’", "'")[:_MAX_WORD]
        parts = [part for part in _JOINER.split(typed) if part]
        if len(parts) <= 1 or "'" in typed:
            return self._analyse_simple(typed, "".join(parts))
        return self._analyse_joined(typed, parts)

    def _analyse_simple(self, typed: str, word: str) -> Word:
        if (amount := number_with_unit(word)) is not None:
            return self._amount(typed, *amount)
        if word in self.stop_words:
            is_negation = word in self._negations
            return _word(typed, word, is_stop=True, is_negation=is_negation)
        unit = UNITS.get(word, "")
        if not word.isalnum() and len(word) == 1:  # a sign, which counts after a number only
            return Word(typed, "", unit=unit, joins=True)
        if word.isdecimal():
            return _word(typed, word, is_code=is_identifier(word), number=word)
        if is_mixed(word):
            found = () if is_ordinal(word) else code_pieces((word,))
            pieces = [self.stem(piece) for piece in found]
            return _word(typed, word, pieces, is_code=is_identifier(word))
        return _word(typed, self.stem(word), unit=unit)

    def _analyse_joined(self, typed: str, parts: list[str]) -> Word:
        joined = "".join(parts)
        if versions := version_numbers(typed):
            whole = versions[0]
            return _word(typed, whole, versions[1:], is_code=is_identifier(whole), number=whole)
        if (amount := number_with_unit(typed)) is not None:
            return self._amount(typed, *amount)
        if len(parts) == 2 and parts[0].isdecimal() and parts[1] in UNITS:
            return self._amount(typed, parts[0], UNITS[parts[1]])
        if all(part.isdecimal() for part in parts):
            return _word(typed, "-".join(parts), [p for p in parts if len(p) > 1][:_MAX_PARTS])
        if is_mixed(joined):
            pieces = [self.stem(p) for p in code_pieces(parts) if p not in self.stop_words]
            is_code = is_identifier(joined) or "_" in typed
            return _word(typed, joined, pieces, is_code=is_code)
        telling = [p for p in parts[:_MAX_PARTS] if len(p) > 1 and p not in self.stop_words]
        pieces = [self.stem(part) for part in telling]
        if "_" in typed:  # the name of an error or setting, no word of a language
            return _word(typed, joined, pieces, is_code=True)
        return _word(typed, self.stem(joined), pieces)

    def _amount(self, typed: str, number: str, unit: str) -> Word:
        parts = (number, self.stem(unit)) if len(unit) > 1 else (number,)
        return _word(typed, number + unit, parts)

    def _join(self, first: Word, second: Word) -> str:
        """The term of both together; empty when they are two words."""
        if second.unit and first.number:
            return first.number + second.unit
        if second.typed in PHRASALS.get(first.whole, ()):
            return self.stem(first.whole + second.typed)
        return ""


def _word(
    typed: str,
    whole: str,
    parts: list[str] | tuple[str, ...] = (),
    *,
    is_stop: bool = False,
    is_negation: bool = False,
    is_code: bool = False,
    number: str = "",
    unit: str = "",
) -> Word:
    pieces = tuple(part for part in dict.fromkeys(parts) if part != whole)
    terms = (whole, *pieces) if whole else ()
    return Word(
        typed,
        whole,
        pieces,
        is_stop,
        is_negation,
        is_code,
        number,
        unit,
        terms=terms,
        telling=() if is_stop else terms,
        joins=bool(unit) or typed in PARTICLES,
    )


def is_code(word: str) -> bool:
    """Whether a word is a model name, error code or number, which must not be corrected."""
    return any(character.isdigit() for character in word)
