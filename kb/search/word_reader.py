"""One word to the terms it is found under: stemmed, or whole and in pieces."""

import re
import threading
from dataclasses import dataclass
from functools import lru_cache

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
from kb.search.compounds import PARTICLES
from kb.search.irregular_forms import IRREGULAR_FORMS
from kb.search.spelling_variants import to_american
from kb.search.stop_words import CONTRACTIONS, NEGATIONS, STOP_WORDS
from kb.search.unspaced import is_grammar, is_unspaced, list_bigrams, normalise
from kb.text import fold

_JOINER = re.compile(r"[-._'’‐‑‒–]")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_STEMS = 16_384
"""Stems kept for words that stand in no text, such as two words of a question in one."""
_MAX_WORD = 60
"""Longer runs of letters are pasted keys or noise; their beginning is enough."""
_MAX_PARTS = 12
"""Parts of one hyphenated word that are terms of their own."""

_ELIDED = {
    "ca": re.compile(r"\A(?:[dlmnst])'(?=\w)"),
    "fr": re.compile(
        r"\A(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=\w)"
        r"|(?<!rendez)(?:-t)?-(?:je|tu|il|elle|on|nous|vous|ils|elles|ce)\Z"
    ),
    "it": re.compile(
        r"\A(?:[cdlmstv]|un|gl|dov|quest|quell|(?:a|co|da|de|ne|pe|su)ll|(?:a|da|de|ne|su)gl)'(?=\w)"
    ),
}
"""Function words that lose their vowel before a word and are written with it: ``l'imprimante``
(those of Lucene's ElisionFilter, and the Italian ones that it lacks), and who is asked in French:
``puis-je``."""

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


class WordReader:
    """Reads the words of one language; safe to share between threads."""

    def __init__(self, language: str) -> None:
        """``language`` is a code without a region."""
        self.stop_words = STOP_WORDS.get(language, frozenset())
        self._is_english = language == "en"
        self._negations = NEGATIONS.get(language, frozenset())
        self._contractions = CONTRACTIONS.get(language, {})
        self._elided = _ELIDED.get(language)
        algorithm = _ALGORITHMS.get(language)
        self._stemmer = snowballstemmer.stemmer(algorithm) if algorithm else None
        self._lock = threading.Lock()
        self._stem = lru_cache(maxsize=_STEMS)(self._stem_word)

    def read(self, raw: str) -> Word:
        """The word as it stands in a text, hyphens and all."""
        if not raw.isascii() and is_unspaced(raw):
            typed = normalise(raw)
            return _word(typed, typed, list_bigrams(typed), is_stop=is_grammar(typed))
        typed = fold(raw).replace("’", "'")
        typed = self._contractions.get(typed) or fold(_POSSESSIVE.sub("", raw))
        typed = typed.replace("’", "'")
        if self._elided is not None:
            typed = self._elided.sub("", typed)
        if not typed.isascii():  # a few letters fold to several words, such as ﷺ
            typed = "".join(typed.split())
        typed = typed[:_MAX_WORD]
        parts = [part for part in _JOINER.split(typed) if part]
        if len(parts) <= 1 or "'" in typed:
            return self._analyse_simple(typed, "".join(parts))
        return self._analyse_joined(typed, parts)

    def stem(self, word: str) -> str:
        """The term of one folded word; words with digits stay as they are."""
        return self._stem(word) if word.isalpha() else word

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

    def _stem_word(self, word: str) -> str:
        if self._is_english:
            word = IRREGULAR_FORMS.get(word) or to_american(word)
        if self._stemmer is None:
            return word
        with self._lock:  # the stemmer keeps the word it works on in itself
            return str(self._stemmer.stemWord(word))


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
