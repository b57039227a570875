"""Keyboard slips, as hurried fingers make them: what they cost.

A slip hits a neighbouring key instead, leaves a letter out, types it twice or swaps it
with the next; the four are equally frequent, and every letter of the question is as
likely as another.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from kb.relevance.judgments import JudgedQuery

SLIPS = 2
"""In every question, however short: the promise is about two."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LETTER = re.compile(r"[a-zA-Z]")


def _neighbours() -> dict[str, str]:
    # A key of the next row lies below and half a key to the right, so it touches the one
    # in the same column and the one before it.
    places = {
        key: (row, column) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)
    }
    near = {(0, -1), (0, 1), (1, 0), (1, -1), (-1, 0), (-1, 1)}
    return {
        key: "".join(k for k, (r, c) in places.items() if (r - row, c - column) in near)
        for key, (row, column) in places.items()
    }


NEIGHBOURS = _neighbours()


def with_slips(queries: Sequence[JudgedQuery], seed: int) -> list[JudgedQuery]:
    """The same questions, each with ``SLIPS`` slips; the same ones for the same seed."""
    rng = random.Random(seed)
    return [replace(query, text=make_slips(query.text, rng)) for query in queries]


def make_slips(text: str, rng: random.Random, count: int = SLIPS) -> str:
    """``text`` with ``count`` slips at different places."""
    letters = [match.start() for match in _LETTER.finditer(text)]
    # From the end, so that places before it stay where they are.
    for place in sorted(rng.sample(letters, min(count, len(letters))), reverse=True):
        text = text[:place] + _slip(text[place : place + 2], rng) + text[place + 2 :]
    return text


def _slip(pair: str, rng: random.Random) -> str:
    """The letter and the character behind it, after a slip on the letter."""
    letter, behind = pair[0], pair[1:]
    kind = rng.choice(("neighbour", "drop", "double", "swap"))
    if kind == "swap" and behind.isalpha() and behind != letter:
        return behind + letter
    if kind == "drop":
        return behind
    if kind == "double":
        return letter + letter + behind
    hit = rng.choice(NEIGHBOURS[letter.lower()])
    return (hit.upper() if letter.isupper() else hit) + behind
