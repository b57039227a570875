"""Words that are written as one or as two: login and log in, touch screen and touchscreen.

A verb with its particle is joined at analysis, for "in" and "on" alone tell nothing.
All other words are joined and split in the question only, when the other form is known
to occur.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from kb.search.hash_set import HashSet
from kb.search.stop_words import STOP_WORDS
from kb.text import fold

_PHRASALS = """
add: on
back: up
break: down
build: up
buy: back
call: back
cash: back
charge: back
check: in out
count: down
cut: off
drop: down
e: mail book
feed: back
follow: up
hand: off
lock: down out
log: in out on off
look: up
opt: in out
pay: back out
pick: up
plug: in
pop: up
print: out
roll: back out
set: up
shut: down
sign: in out on off up
slow: down
stand: by
start: up
time: out
top: up
walk: through
warm: up
wi: fi
wind: screen
work: around
"""
PHRASALS: Mapping[str, frozenset[str]] = {
    verb: frozenset(particles.split())
    for line in _PHRASALS.strip().splitlines()
    for verb, particles in [line.split(": ")]
}
"""From the first word's stem to what makes one word with it: "logging in" is "login"."""
PARTICLES = frozenset(particle for particles in PHRASALS.values() for particle in particles)

_WORD = re.compile(r"[^\W\d_]+")
_AT_ONCE = 50_000
"""Pairs that are kept as text while titles are read, about 8 MB."""
_SHORTEST_PART = 2
_LONGEST_WORD = 30
"""Longer words are not looked for in two."""
_SHORTEST_COMPOUND_PART = 4
"""German "Ei" and "Rat" are in half of all words."""
_LINKS: Mapping[str, tuple[str, ...]] = {
    "de": ("", "s", "n", "en", "es", "er"),
    "nl": ("", "s", "en", "e"),
    "sv": ("", "s"),
    "da": ("", "s", "e"),
    "no": ("", "s", "e"),
    "fi": ("", "n"),
}
"""Letters between the two parts of a compound (Duden, "Fugenelement", and its like)."""


class WordPairs:
    """Which two words that could be one stand right beside each other in titles and questions.

    All of them, however rare: one title is proof enough of how a word is written.  How
    often words stand together is ``word_context.WordContext``'s.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Read all ``texts``: 10,000 titles take about 40 ms."""
        hashes = array("q")
        pairs: set[tuple[str, str]] = set()
        for text in texts:
            pairs.update(pairwise(_WORD.findall(fold(text))))
            if len(pairs) >= _AT_ONCE:
                hashes.extend(hash(pair) for pair in pairs if _could_be_one(*pair))
                pairs.clear()
        hashes.extend(hash(pair) for pair in pairs if _could_be_one(*pair))
        self._pairs = HashSet(hashes)

    def __contains__(self, pair: tuple[str, str]) -> bool:
        return pair in self._pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def split(self, word: str) -> tuple[str, str] | None:
        """The two words that ``word`` is written as in some title, if it is."""
        if not self._pairs or len(word) > _LONGEST_WORD:
            return None
        for place in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            pair = (word[:place], word[place:])
            if pair in self:
                return pair
        return None


NO_PAIRS = WordPairs(())


def split_compound(
    word: str, language: str, occurs: Callable[[str], bool]
) -> tuple[str, str] | None:
    """The two words of a compound such as Versandkosten; None where languages have none.

    ``occurs`` tells whether a folded word is in the articles.  Of several ways the one
    with the longer first part is taken, for its end is rarely a word by chance.
    """
    links = _LINKS.get(language)
    if links is None or len(word) > _LONGEST_WORD or not word.isalpha():
        return None
    for place in range(len(word) - _SHORTEST_COMPOUND_PART, _SHORTEST_COMPOUND_PART - 1, -1):
        rest = word[place:]
        if not occurs(rest):
            continue
        for link in links:
            first = word[:place].removesuffix(link) if link else word[:place]
            if (
                (not link or len(first) < place)
                and len(first) >= _SHORTEST_COMPOUND_PART
                and occurs(first)
            ):
                return first, rest
    return None


def _could_be_one(first: str, second: str) -> bool:
    return (
        len(first) + len(second) <= _LONGEST_WORD
        and len(first) >= _SHORTEST_PART
        and len(second) >= _SHORTEST_PART
        and first not in STOP_WORDS["en"]
        and second not in STOP_WORDS["en"]
        and second not in PHRASALS.get(first, ())  # joined at analysis
    )
