"""Whether the words of a question stand near each other, in any order.

Only tells the stage; words in quotation marks have to follow each other (``phrases``).
"""

from collections.abc import Collection

_ROOM = 4
"""Words between the question's words, per word: "refund for an order that was damaged" is near
to "damaged order refund"."""
_MOST_PLACES = 2_000
"""Occurrences that are looked at in one text; a price list may have more."""


def are_near(terms: Collection[str], text_terms: str) -> bool:
    """Whether all ``terms`` stand within a few words of each other.

    ``text_terms`` are the terms of a text in order, each between single spaces, as
    ``SearchSection.terms`` has them.
    """
    if not all(f" {term} " in text_terms for term in terms):
        return False
    wanted = frozenset(terms)
    places = [(place, term) for place, term in enumerate(text_terms.split()) if term in wanted][
        :_MOST_PLACES
    ]
    window = len(wanted) * (_ROOM + 1)
    last: dict[str, int] = {}
    for place, term in places:
        last[term] = place
        if len(last) == len(wanted) and place - min(last.values()) < window:
            return True
    return False
