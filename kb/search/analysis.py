"""Text to terms: the same steps for articles and questions, whatever the engine.

A word becomes lower case without accents, stemmed by the Snowball algorithm of the
language; function words are left out.  Model names, error codes and compounds are
kept whole and in parts, so that ``WH-1000XM4``, ``wh1000xm4`` and ``1000xm4`` meet, and
``Wi-Fi`` and ``wifi`` do.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import snowballstemmer

from kb.text import fold

_TOKEN = re.compile(
    # C++ and C#, which would be lost among the single letters; then every other word.
    r"(?<![^\W_])[^\W\d_](?:\+\+|#)(?![^\W_])"
    r"|[^\W_]+(?:[-.'’‐‑‒–][^\W_]+)*"
)
_JOINER = re.compile(r"[-.'’‐‑‒–]")
_HYPHEN = re.compile(r"[-.‐‑‒–]")
_APOSTROPHE = re.compile(r"['’]")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_CACHE_LIMIT = 200_000
"""Distinct words kept per language, a few times what a help center uses."""
_MAX_WORD = 60
"""Longer runs of letters are pasted keys or noise; their beginning is enough."""

_STOP_WORDS = {
    "en": frozenset(
        [
            "a",
            "about",
            "after",
            "all",
            "also",
            "am",
            "an",
            "and",
            "any",
            "anyone",
            "anything",
            "are",
            "as",
            "at",
            "be",
            "because",
            "been",
            "being",
            "but",
            "by",
            "can",
            "could",
            "did",
            "do",
            "does",
            "doing",
            "done",
            "for",
            "from",
            "get",
            "gets",
            "getting",
            "got",
            "had",
            "has",
            "have",
            "having",
            "he",
            "her",
            "here",
            "hers",
            "him",
            "his",
            "how",
            "i",
            "if",
            "in",
            "into",
            "is",
            "it",
            "its",
            "just",
            "like",
            "me",
            "my",
            "mine",
            "of",
            "on",
            "onto",
            "or",
            "our",
            "ours",
            "please",
            "she",
            "should",
            "so",
            "some",
            "than",
            "thank",
            "thanks",
            "that",
            "the",
            "their",
            "theirs",
            "them",
            "then",
            "there",
            "these",
            "they",
            "this",
            "those",
            "to",
            "too",
            "us",
            "very",
            "was",
            "we",
            "were",
            "what",
            "when",
            "where",
            "which",
            "while",
            "who",
            "whom",
            "whose",
            "why",
            "will",
            "with",
            "would",
            "you",
            "your",
            "yours",
            "im",
            "ive",
            "id",
            "ill",
            "youre",
            "dont",
            "doesnt",
            "didnt",
            "isnt",
            "arent",
            "wasnt",
            "whats",
            "hows",
            "hi",
            "hello",
            "hey",
            "need",
            "want",
        ]
    )
}
_QUESTION_WORDS = {
    "en": frozenset(("how", "what", "when", "where", "which", "who", "whose", "why")),
}
"""Function words that make another question of the same words."""
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


class Analyzer:
    """The analysis of one language; safe to share between threads."""

    def __init__(self, language: str) -> None:
        base = language.partition("-")[0].lower()
        self.language = base
        self.stop_words = _STOP_WORDS.get(base, frozenset())
        self._empty_words = self.stop_words - _QUESTION_WORDS.get(base, frozenset())
        algorithm = _ALGORITHMS.get(base)
        self._stemmer = snowballstemmer.stemmer(algorithm) if algorithm else None
        self._lock = threading.Lock()
        self._terms: dict[str, tuple[str, ...]] = {}

    @staticmethod
    @cache
    def for_language(language: str) -> "Analyzer":
        """The analyzer of a language; one without its own rules is only folded."""
        return Analyzer(language)

    def terms(self, text: str, *, keep_stop_words: bool = False) -> list[str]:
        """The terms of a text in order, repeated as often as they occur."""
        stop = frozenset[str]() if keep_stop_words else self.stop_words
        found: list[str] = []
        for raw in _TOKEN.findall(unicodedata.normalize("NFC", text)):
            for term in self._terms_of(raw):
                if term not in stop:
                    found.append(term)
        return found

    def question_key(self, text: str) -> str:
        """The same for two ways of asking the same question in the same words.

        "Where's my order?" and "where is the order" agree; "cancel my order" does not.
        """
        kept = self.terms(text, keep_stop_words=True)
        return " ".join([t for t in kept if t not in self._empty_words] or kept)

    def tokens(self, text: str) -> Iterator[Token]:
        """Every word of ``text`` with its place; ``text`` must be in NFC."""
        for match in _TOKEN.finditer(text):
            yield Token(match.start(), match.end(), self._terms_of(match[0]))

    def words(self, text: str) -> list[str]:
        """The folded words as people write them: the vocabulary that corrections offer."""
        return [
            fold(part)
            for raw in _TOKEN.findall(unicodedata.normalize("NFC", text))
            for part in _HYPHEN.split(_APOSTROPHE.sub("", _POSSESSIVE.sub("", raw)))
            if len(part) > 1 and not part.isdigit()
        ]

    def stem(self, word: str) -> str:
        """The stem of one folded word; words with digits stay as they are."""
        if self._stemmer is None or not word.isalpha():
            return word
        with self._lock:  # the stemmer keeps the word it works on in itself
            return str(self._stemmer.stemWord(word))

    def _terms_of(self, raw: str) -> tuple[str, ...]:
        known = self._terms.get(raw)
        if known is None:
            if len(self._terms) >= _CACHE_LIMIT:
                self._terms.clear()
            known = self._terms[raw] = tuple(dict.fromkeys(self._analyse(raw)))
        return known

    def _analyse(self, raw: str) -> Iterator[str]:
        word = fold(_POSSESSIVE.sub("", raw))[:_MAX_WORD]
        parts = [part for part in _JOINER.split(word) if part]
        if len(parts) <= 1 or "'" in word or "’" in word:
            whole = "".join(parts)
            yield whole if whole in self.stop_words else self.stem(whole)
            return
        if all(part.isdigit() for part in parts):
            yield word  # a version, date or price: 17.4.1
            return
        yield self.stem("".join(parts))
        for part in parts:
            if len(part) > 1 and part not in self.stop_words:
                yield self.stem(part)


def is_code(word: str) -> bool:
    """Whether a word is a model name, error code or number, which must not be corrected."""
    return any(character.isdigit() for character in word)
