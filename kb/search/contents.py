"""Tables of contents that are part of a text: they have the words of many questions, no answer.

They are recognised at publish and searched, but never shown as the passage that answers.
"""

from collections.abc import Collection, Sequence

from kb.content.models import Section

_MOST_ENTRIES = 100
"""Lines of a table of contents; a single one may be a cross-reference."""
_LISTED = 0.8
"""Share of them that are headings: some were changed since, or differ in a sign."""
_NUMBERING = "0123456789. "


def find_contents(sections: Sequence[Section]) -> frozenset[Section]:
    """Sections nearly all of whose lines are headings of other sections.

    An introduction is none, whatever it lists.
    """
    headings = {_entry(section.heading) for section in sections} - {""}
    return frozenset(s for s in sections if s.heading and _lists(s.text, headings))


def _lists(text: str, headings: Collection[str]) -> bool:
    lines = text.split("\n", _MOST_ENTRIES)
    if len(lines) < 2:
        return False
    return sum(_entry(line) in headings for line in lines) >= _LISTED * len(lines)


def _entry(line: str) -> str:
    return line.lstrip(_NUMBERING)
