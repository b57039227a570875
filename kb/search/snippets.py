"""An escaped excerpt of a text, with the words of the question marked."""

from collections.abc import Sequence

from markupsafe import escape

from kb.search.places import Place

LENGTH = 220
"""Characters of an excerpt: about two lines on a desktop, four on a phone."""
_ROOM = 40
"""Characters shown behind a word: "Check the balance" alone does not say how."""
_BETWEEN = " · "
"""Between lines that do not end a sentence."""
_SENTENCE_ENDS = (".", ":", ";", "!", "?", ",", "…", "。", "！", "？", "、", "，")
_ENDS = (". ", "! ", "? ", "\n", "。", "！", "？")
_LONGEST_WORD = 60
"""Characters without a space in which an excerpt may end: what is longer is an address, or
written without spaces."""
_MOST_PLACES = 500
"""Of a text with more, such as a price list, the excerpt is one of those near the first."""


def build_snippet(text: str, places: Sequence[Place], length: int = LENGTH) -> str:
    """Escaped HTML of the passage of ``text`` with most of the words, each in ``<mark>``.

    Args:
        text: lines without white space at their ends, between single line breaks.
        places: where the words of the question are, in order and apart.
        length: characters of the passage.
    """
    start = _best_start(text, places[:_MOST_PLACES], length)
    if len(text) - start < length:
        start = min(start, _fill(text, length))
    end = min(len(text), start + length)
    if end < len(text):
        near = max(start, end - _LONGEST_WORD)
        space = max(text.rfind(" ", near, end), text.rfind("\n", near, end))
        end = space if space > start else end
    parts = ["… " if start > 0 else ""]
    position = start
    for place in places:
        if place.start >= start and place.end <= end:
            parts.append(_one_line(text[position : place.start]))
            parts.append(f"<mark>{_one_line(text[place.start : place.end])}</mark>")
            position = place.end
    parts.append(_one_line(text[position:end]))
    parts.append(" …" if end < len(text) else "")
    return "".join(parts)


def _one_line(part: str) -> str:
    """Escaped. Cells of a table and items of a list would read as one muddled sentence."""
    if "\n" in part:
        for mark in _SENTENCE_ENDS:
            part = part.replace(mark + "\n", mark + " ")
        part = part.replace("\n", _BETWEEN)
    return str(escape(part))


def _best_start(text: str, places: Sequence[Place], length: int) -> int:
    """Where the excerpt begins that has most of the terms, and room behind the last of them."""
    best, best_count, previous = 0, 0, -1
    for i, first in enumerate(places):
        # Near its beginning a text is shown from there.
        start = _beginning(text, first.start) if first.start >= length // 3 else 0
        if start == previous:
            continue
        previous = start
        seen = {p.term for p in places[i : i + 30] if p.end <= start + length - _ROOM}
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
