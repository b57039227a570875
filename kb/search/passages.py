"""What is embedded of an article: its title, its questions, and its sections in pieces.

A sentence model reads some 250 word pieces and forgets the rest, and one vector of a
long text means nothing in particular.  So a section is split where it is longer than a
paragraph or two, and every piece carries title and heading, without which "Press it
twice" could belong anywhere.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from kb.content.models import ArticleSummary
from kb.search.documents import SearchSection
from kb.search.unspaced import UNSPACED, has_unspaced

PASSAGE_WORDS = 120
"""About 160 word pieces: together with title and heading below the 256 that small sentence
models were trained on."""
_MAX_IN_SECTION = 12
_MAX_IN_ARTICLE = 200
"""A pasted log or a price list must not cost more than a hundred ordinary articles."""
_MAX_WORD = 64
"""Letters of a word that are kept: longer ones are data, and tokenisers are slow on them."""
_UNSPACED_WORD = re.compile(rf"([{UNSPACED}]{{1,2}}|[^\s{UNSPACED}]+)(\s*)")
DIGEST_BYTES = 16


class PassageKind(IntEnum):
    """Which part of the article a passage is; the number is stored."""

    TITLE = 0
    QUESTION = 1
    SECTION = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """One text to embed, and where it leads."""

    kind: PassageKind
    anchor: str
    """Of its section; empty for title, questions and the text before the first heading."""
    text: str

    @property
    def digest(self) -> bytes:
        """Equal for equal texts, which are embedded once."""
        return hashlib.blake2b(self.text.encode(), digest_size=DIGEST_BYTES).digest()


def build_passages(
    summary: ArticleSummary, sections: Sequence[SearchSection], wordings: Sequence[str] = ()
) -> tuple[Passage, ...]:
    """The passages of an article: at least its title; titles and questions first.

    ``wordings`` are customers' own questions that led to the article; they count like those
    that editors wrote.
    """
    found = [Passage(PassageKind.TITLE, "", _shorten(summary.title))]
    if summary.summary:
        found.append(
            Passage(PassageKind.TITLE, "", _shorten(f"{summary.title}. {summary.summary}"))
        )
    questions = (*summary.questions, *wordings)
    found += (Passage(PassageKind.QUESTION, "", _shorten(text)) for text in questions)
    del found[_MAX_IN_ARTICLE:]
    for section in sections:
        for text in _pieces(summary.title, section):
            if len(found) == _MAX_IN_ARTICLE:
                return tuple(found)
            found.append(Passage(PassageKind.SECTION, section.anchor, text))
    return tuple(found)


def _pieces(title: str, section: SearchSection) -> Iterator[str]:
    words = _first_words(section.text, PASSAGE_WORDS * _MAX_IN_SECTION)
    if not words and not section.heading:
        return
    head = ". ".join(part for part in (_shorten(title), _shorten(section.heading)) if part)
    # Pieces of even length: a last one of three words would mean nothing.
    count = max(1, -(-len(words) // PASSAGE_WORDS))
    for number in range(count):
        piece = words[number * len(words) // count : (number + 1) * len(words) // count]
        yield f"{head}. {_join(piece)}" if piece else head


def _shorten(text: str) -> str:
    return _join(_first_words(text, PASSAGE_WORDS))


def _first_words(text: str, most: int) -> list[str]:
    """The first words, each with the space after it, if any: two characters where there is none."""
    if not has_unspaced(text):
        return [f"{word[:_MAX_WORD]} " for word in text.split(None, most)[:most]]
    return [
        f"{match[1][:_MAX_WORD]}{' ' if match[2] else ''}"
        for match in islice(_UNSPACED_WORD.finditer(text), most)
    ]


def _join(words: Iterable[str]) -> str:
    return "".join(words).rstrip()
