"""Whether quoted words follow each other: looked up in the terms of a section.

The index keeps no positions: few questions have quotation marks, and all would read them.
"""

from collections.abc import Sequence

from kb.search.compounds import PARTICLES


def contains_phrase(terms: str, phrase: Sequence[str]) -> bool:
    """Whether the terms of ``phrase`` follow each other in a section's ``terms``.

    ``terms`` is as in ``SearchSection.terms``.  What stands there for the same word in
    another spelling (``email mail`` for "e-mail", ``30 30day day`` for "30 days") does
    not separate two words.
    """
    if not phrase:
        return False
    if f" {' '.join(phrase)} " in terms:
        return True
    if len(phrase) == 1 or any(f" {term} " not in terms for term in phrase):
        return False
    first = f" {phrase[0]} "
    reach = sum(map(len, phrase)) * 4 + 200  # the phrase with the pieces of a few long codes
    place = terms.find(first)
    while place >= 0:
        if _follow(terms[place : place + reach].split(), phrase):
            return True
        place = terms.find(first, place + 1)
    return False


def _follow(terms: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether ``phrase`` begins where ``terms`` begins."""
    place = 0
    before = ""
    for wanted in phrase:
        while place < len(terms) and terms[place] != wanted:
            if not before or not _is_form_of(before, terms[place]):
                return False
            place += 1
        if place == len(terms):
            return False
        place += 1
        before = wanted
    return True


def _is_form_of(word: str, term: str) -> bool:
    """Whether the analysis puts ``term`` behind ``word`` as a piece of it, or as both in one."""
    if term in word:
        return True
    rest = term.removeprefix(word)
    return rest != term and (word[-1].isdigit() or rest in PARTICLES)
