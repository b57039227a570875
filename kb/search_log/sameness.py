"""Whether two texts ask the same: in letters, in spelling, or in words."""

from functools import lru_cache

from rapidfuzz.distance import OSA

from kb.search.analysis import Analyzer
from kb.search_log.models import RecordedSearch
from kb.text import fold

TINY_EDIT = 2
"""Characters that correct a slip of the finger in a text of at least ``_LONG`` characters."""

_LONG = 6
_EDGE = " \t?!.,;:\"'“”„‘’«»()"


def normalise(text: str) -> str:
    """The text without case, accents, repeated space and punctuation around words."""
    folded = fold(text)
    words = (word.strip(_EDGE) for word in folded.split())
    return " ".join(word for word in words if word) or " ".join(folded.split())


def is_same_question(first: RecordedSearch, second: RecordedSearch) -> bool:
    """Whether somebody who searched both asked the same thing twice.

    The same words in any order and form, or the same text but for a slip.  Texts with
    other numbers are never the same: E-42 and E-43 are two questions.
    """
    if first.normalised == second.normalised:
        return True
    if normalise(first.searched) == normalise(second.searched):
        return True
    if is_slip(first.normalised, second.normalised):
        return True
    return _words(first.normalised, first.language) == _words(second.normalised, first.language)


def is_slip(before: str, after: str) -> bool:
    """Whether two normalised texts differ by a slip of the finger only."""
    if min(len(before), len(after)) < _LONG:
        return False
    distance = OSA.distance(before, after, score_cutoff=TINY_EDIT)
    return distance <= TINY_EDIT and _digits(before) == _digits(after)


@lru_cache(maxsize=2_000)
def _words(normalised: str, language: str) -> tuple[str, ...]:
    key = Analyzer.for_language(language).question_key(normalised)
    return tuple(sorted(set(key.split()))) or (normalised,)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
