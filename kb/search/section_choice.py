"""Which section of an article is shown for a question: the one whose words answer it."""

from collections.abc import Collection, Mapping, Sequence

from kb.search.documents import SearchSection

_IN_TITLE = 0.15
"""Weight of a term that the article's title has already."""
_BEGINNING = 3.0
"""More than any section can score when the title has every word of the question."""


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
    told_apart = [
        (f" {term} ", weight * (_IN_TITLE if term in title_terms else 1.0))
        for term, weight in weights.items()
    ]
    is_titled = all(term in title_terms for term in weights)
    best_score = _BEGINNING * sum(weight for _, weight in told_apart) if is_titled else 0.0
    for section in sections:
        terms, score = section.terms, 0.0
        for term, weight in told_apart:
            first = terms.find(term)
            if first >= 0:
                again = min(terms.count(term, first + 1), 4)
                score += weight * (1.0 + again * 0.2 + (first < section.heading_end))
        score /= 1.0 + len(terms) / 20_000
        if score > best_score:
            best, best_score = section, score
    return best


def find_beginning(sections: Sequence[SearchSection], terms: Collection[str]) -> SearchSection:
    """Where to begin an article whose title has all of these terms of a question.

    That is its first section, unless this is only the first of several cases: "Er1" in an
    article about Er1 and Er2. Then another heading has a term that the first section lacks.
    """
    first = sections[0]
    spaced = [f" {term} " for term in terms]
    missing = [term for term in spaced if term not in first.terms] if first.heading else []
    if not missing:
        return first
    return max(sections, key=lambda section: _count_in_heading(section, missing))


def _count_in_heading(section: SearchSection, terms: Collection[str]) -> int:
    return sum(0 <= section.terms.find(term) < section.heading_end for term in terms)
