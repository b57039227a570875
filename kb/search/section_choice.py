"""Which section of an article is shown for a question: the one whose words answer it."""

from collections.abc import Collection, Mapping, Sequence

from kb.search.documents import SearchSection

_IN_TITLE = 0.15
"""Weight of a term that the article's title has already."""
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
