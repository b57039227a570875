"""The section that answers, and an escaped excerpt of it with the words marked."""

from collections.abc import Collection, Mapping, Sequence

from markupsafe import escape

from kb.search.analysis import Analyzer, Token
from kb.search.documents import SearchSection

LENGTH = 220
"""Characters of an excerpt: about two lines on a desktop, four on a phone."""
_SCANNED = 6_000
"""Characters of a section in which the excerpt is looked for at once."""
_MAX_SCANNED = 200_000
"""The length of the longest article; few sections need more than one stretch."""
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
    told_apart = {t: w * (_IN_TITLE if t in title_terms else 1.0) for t, w in weights.items()}
    best_score = _BEGINNING * sum(told_apart.values()) if set(weights) <= set(title_terms) else 0.0
    for section in sections:
        heading_terms = section.terms.split(None, 12)[: len(section.heading.split())]
        score = 0.0
        for term, weight in told_apart.items():
            count = section.count(term)
            if count:
                score += weight * (1.0 + min(count - 1, 4) * 0.2 + (term in heading_terms))
        score /= 1.0 + len(section.terms) / 20_000
        if score > best_score:
            best, best_score = section, score
    return best


def build_snippet(
    text: str, terms: frozenset[str], analyzer: Analyzer, length: int = LENGTH
) -> str:
    """Escaped HTML of the passage of ``text`` with most of the terms, each in ``<mark>``."""
    flat, matches = _find_matches(text, terms, analyzer)
    start = _best_start(flat, matches, length)
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
    parts.append(str(escape(flat[position:end])))
    parts.append(" …" if end < len(text.strip()) and end < len(" ".join(text.split())) else "")
    return "".join(parts)


def _find_matches(text: str, terms: frozenset[str], analyzer: Analyzer) -> tuple[str, list[Token]]:
    """The first stretch of the text with a match; its beginning when there is none.

    A row of a long table, say, is further down than one stretch.
    """
    beginning = ""
    for first in range(0, max(1, min(len(text), _MAX_SCANNED)), _SCANNED):
        flat = " ".join(text[first : first + _SCANNED].split())
        matches = analyzer.find(flat, terms)
        if matches:
            return flat, matches
        beginning = beginning or flat
    return beginning, []


def _best_start(text: str, matches: Sequence[Token], length: int) -> int:
    if not matches:
        return 0
    best, best_count = matches[0].start, 0
    for i, first in enumerate(matches):
        distinct = {
            match.terms for match in matches[i : i + 30] if match.end <= first.start + length - 40
        }
        if len(distinct) > best_count:
            best, best_count = first.start, len(distinct)
    if best < length // 3:
        return 0
    # Begin at a sentence if one begins nearby, else a few words before the first match.
    window = text[max(0, best - 90) : best]
    cut = max(window.rfind(". "), window.rfind("! "), window.rfind("? "))
    if cut >= 0:
        return best - len(window) + cut + 2
    space = text.find(" ", max(0, best - 40))
    return space + 1 if 0 <= space < best else best
