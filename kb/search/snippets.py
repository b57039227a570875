"""The section that answers, and an escaped excerpt of it with the words marked."""

from collections.abc import Collection, Mapping, Sequence

from markupsafe import escape

from kb.search.analysis import Token
from kb.search.documents import SearchSection
from kb.search.word_finder import WordFinder

LENGTH = 220
"""Characters of an excerpt: about two lines on a desktop, four on a phone."""
_SCANNED = 6_000
"""Characters of a section in which the excerpt is looked for at once."""
_MAX_SCANNED = 200_000
"""The length of the longest article; few sections need more than one stretch."""
_IN_TITLE = 0.15
"""Weight of a term that the article's title has already."""
_ROOM = 40
"""Characters shown behind a word: "Check the balance" alone does not say how."""
_BETWEEN = " · "
"""Between lines that do not end a sentence."""
_ENDS = (". ", "! ", "? ", _BETWEEN)
_BEGINNING = 3.0
"""More than any section can score when the title has every word of the question."""
_MOST_ENTRIES = 100
"""Lines of a table of contents; a single one may be a cross-reference."""
_LISTED = 0.8
"""Share of them that are headings: some were changed since, or differ in a sign."""
_NUMBERING = "0123456789. "


def without_contents(sections: Sequence[SearchSection]) -> Sequence[SearchSection]:
    """The sections that tell something: not a table of contents that is part of the text.

    Nearly all lines of such a one are headings of other sections, so that it has the words of
    many questions and answers none.  An introduction is one, whatever it lists.
    """
    headings = {_entry(section.heading) for section in sections} - {""}
    return [s for s in sections if not s.heading or not _lists(s.text, headings)]


def choose_section(
    sections: Sequence[SearchSection],
    weights: Mapping[str, float],
    title_terms: Collection[str] = (),
) -> SearchSection | None:
    """The section that matches the weighted terms best; the beginning when none does.

    Each term counts once and a little more when repeated; a match in the heading counts
    double, and long sections are held back, so that the most specific one wins.  What
    the title says already tells no section from another and counts little, so a
    question that the title answers leads to the beginning of the article.
    """
    best: SearchSection | None = sections[0] if sections else None
    told_apart = {t: w * (_IN_TITLE if t in title_terms else 1.0) for t, w in weights.items()}
    best_score = _BEGINNING * sum(told_apart.values()) if set(weights) <= set(title_terms) else 0.0
    for section in sections:
        heading_terms = _heading_terms(section)
        score = 0.0
        for term, weight in told_apart.items():
            count = section.count(term)
            if count:
                score += weight * (1.0 + min(count - 1, 4) * 0.2 + (term in heading_terms))
        score /= 1.0 + len(section.terms) / 20_000
        if score > best_score:
            best, best_score = section, score
    return best


def find_beginning(sections: Sequence[SearchSection], terms: Collection[str]) -> SearchSection:
    """Where to begin an article whose title has all of these terms of a question.

    That is its first section, unless this is only the first of several cases: "Er1" in an
    article about Er1 and Er2. Then another heading has a term that the first section lacks.
    """
    first = sections[0]
    missing = {term for term in terms if not first.count(term)} if first.heading else set()
    if not missing:
        return first
    return max(sections, key=lambda section: len(missing.intersection(_heading_terms(section))))


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


def _lists(text: str, headings: Collection[str]) -> bool:
    first, *more = map(_entry, text.split("\n", 2)[:2])
    if not more or (first not in headings and more[0] not in headings):
        return False  # as nearly always, and found out quickly
    lines = text.split("\n", _MOST_ENTRIES)
    return sum(_entry(line) in headings for line in lines) >= _LISTED * len(lines)


def _entry(line: str) -> str:
    return line.lstrip(_NUMBERING)


def _heading_terms(section: SearchSection) -> list[str]:
    return section.terms.split(None, 12)[: len(section.heading.split())]


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
