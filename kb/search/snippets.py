"""An escaped excerpt of a text, with the words of the question marked."""

from collections.abc import Sequence

from markupsafe import escape

from kb.search.analysis import Token
from kb.search.word_finder import WordFinder

LENGTH = 220
"""Characters of an excerpt: about two lines on a desktop, four on a phone."""
_SCANNED = 6_000
"""Characters of a section in which the excerpt is looked for at once."""
_MAX_SCANNED = 200_000
"""The length of the longest article; few sections need more than one stretch."""
_ROOM = 40
"""Characters shown behind a word: "Check the balance" alone does not say how."""
_BETWEEN = " · "
"""Between lines that do not end a sentence."""
_ENDS = (". ", "! ", "? ", _BETWEEN)


def build_snippet(text: str, finder: WordFinder, length: int = LENGTH) -> str:
    """Escaped HTML of the passage of ``text`` with most of the words, each in ``<mark>``."""
    flat, matches = _find_matches(text, finder)
    start = _best_start(flat, matches, length)
    if len(flat) - start < length:
        start = min(start, _fill(flat, length))
    end = min(len(flat), start + length)
    if end < len(flat):
        end = flat.rfind(" ", start, end) if " " in flat[start:end] else end
    parts = ["… " if start > 0 else ""]
    position = start
    for match in matches:
        if match.start >= start and match.end <= end:
            parts.append(str(escape(flat[position : match.start])))
            parts.append(f"<mark>{escape(flat[match.start : match.end])}</mark>")
            position = match.end
    rest = flat[position:end]
    is_cut = end < len(flat) or len(text) > _SCANNED
    parts.append(str(escape(rest.rstrip(_BETWEEN) if is_cut else rest)))
    parts.append(" …" if is_cut else "")
    return "".join(parts)


def _flatten(text: str) -> str:
    """One line. Cells of a table and items of a list would read as one muddled sentence."""
    flat = " ".join(text.strip().replace("\n", _BETWEEN).split())
    for mark in ".:;!?,…":
        flat = flat.replace(mark + _BETWEEN, mark + " ")
    return flat


def _find_matches(text: str, finder: WordFinder) -> tuple[str, list[Token]]:
    """The first stretch of the text with a match; its beginning when there is none.

    A row of a long table, say, is further down than one stretch.
    """
    beginning = ""
    for first in range(0, max(1, min(len(text), _MAX_SCANNED)), _SCANNED):
        flat = _flatten(text[first : first + _SCANNED])
        matches = finder.find(flat)
        if matches:
            return flat, matches
        beginning = beginning or flat
    return beginning, []


def _best_start(text: str, matches: Sequence[Token], length: int) -> int:
    """Where the excerpt begins that has most of the terms, and room behind the last of them."""
    best, best_count, previous = 0, 0, -1
    for i, first in enumerate(matches):
        # Near its beginning a text is shown from there.
        start = _beginning(text, first.start) if first.start >= length // 3 else 0
        if start == previous:
            continue
        previous = start
        seen = {m.terms for m in matches[i : i + 30] if m.end <= start + length - _ROOM}
        if len(seen) > best_count:
            best, best_count = start, len(seen)
    return best


def _fill(text: str, length: int) -> int:
    """Where the last excerpt of a text begins: rather what stands before than half an excerpt."""
    earliest = len(text) - length
    if earliest <= 0:
        return 0
    ends = ((text.find(mark, earliest), len(mark)) for mark in _ENDS)
    found = min(((at, size) for at, size in ends if at >= 0), default=(len(text), 0))
    return found[0] + found[1]


def _beginning(text: str, place: int) -> int:
    """Of the sentence or line around a place if it is near, else a few words before."""
    first = max(0, place - 90)
    ends = ((text.rfind(mark, first, place), len(mark)) for mark in _ENDS)
    found, length = max(ends)
    if found >= 0:
        return found + length
    space = text.find(" ", max(0, place - 40))
    return space + 1 if 0 <= space < place else place
