"""Joins groups whose members are similar on average, the nearest pair first.

Average linkage: two groups are as similar as all pairs between them on average, which is
the product of their means, so a group is one row and nothing needs a table of all pairs.
Pairs that are nearest to each other may be joined all at once without changing the result,
and a group whose nearest is too far away never joins again: both make it quick.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from kb.content_gaps.text_vectors import Array

Indices = NDArray[np.int64]

_BLOCK = 1_024
_NEVER = np.float32(-2.0)
_RESERVE = np.float32(0.05)
"""How much more similar a group must be to one that exists already: what was joined too early
is never taken apart, and so it would grow with every run."""


class Freedom(IntEnum):
    """With whom a group may be joined; a joined group is as free as the less free of both."""

    FRESH = 0
    """Never grouped before: with anything."""
    OPEN = 1
    """A topic that nobody has touched: with all but those that somebody has."""
    FIXED = 2
    """A topic that an agent has decided about: only takes in what is fresh."""


@dataclass(slots=True)
class Groups:
    """Groups to join: means of their members, how many they are, and how free."""

    means: Array
    sizes: NDArray[np.float32]
    freedom: NDArray[np.int8]


def join(groups: Groups, least: float) -> Indices:
    """For each group the number of the one that it ended in; its own if it joined none.

    ``least`` is the similarity (mean of the cosines) from which groups are joined.
    """
    ended = np.arange(len(groups.sizes))
    alive = np.arange(len(groups.sizes))
    nearest, best = _find_nearest(groups, alive, alive)
    nearest_of, best_of = nearest.copy(), best.copy()
    while True:
        alive = alive[best_of[alive] >= least]
        first, second = _pairs(alive, nearest_of)
        if not len(first):
            return _follow(ended)
        _merge(groups, first, second)
        ended[second] = first
        gone = np.zeros(len(ended), bool)
        gone[second] = True
        changed = gone.copy()
        changed[first] = True
        alive = alive[~gone[alive]]
        stale = alive[changed[alive] | changed[nearest_of[alive]]]
        nearest_of[stale], best_of[stale] = _find_nearest(groups, stale, alive)


def _pairs(alive: Indices, nearest_of: Indices) -> tuple[Indices, Indices]:
    """Groups that are each other's nearest."""
    mutual = alive[nearest_of[nearest_of[alive]] == alive]
    first = mutual[mutual < nearest_of[mutual]]
    return first, nearest_of[first]


def _merge(groups: Groups, first: Indices, second: Indices) -> None:
    one, other = groups.sizes[first], groups.sizes[second]
    both = one + other
    groups.means[first] = (
        groups.means[first] * (one / both)[:, None] + groups.means[second] * (other / both)[:, None]
    )
    groups.sizes[first] = both
    groups.freedom[first] = np.maximum(groups.freedom[first], groups.freedom[second])


def _find_nearest(groups: Groups, wanted: Indices, among: Indices) -> tuple[Indices, Array]:
    nearest = np.zeros(len(wanted), np.int64)
    best = np.full(len(wanted), _NEVER, np.float32)
    if len(among) < 2:
        return nearest, best
    others = groups.means[among]
    freedom = groups.freedom[among]
    place = np.full(len(groups.sizes), -1)
    place[among] = np.arange(len(among))
    fixed, open_ = freedom == Freedom.FIXED, freedom == Freedom.OPEN
    for start in range(0, len(wanted), _BLOCK):
        block = wanted[start : start + _BLOCK]
        similar = groups.means[block] @ others.T
        similar[np.arange(len(block)), place[block]] = _NEVER
        kind = groups.freedom[block]
        similar -= _RESERVE * ((kind > Freedom.FRESH)[:, None] | (freedom > Freedom.FRESH)[None, :])
        similar[np.ix_(kind == Freedom.FIXED, fixed | open_)] = _NEVER
        similar[np.ix_(kind == Freedom.OPEN, fixed)] = _NEVER
        at = similar.argmax(axis=1)
        nearest[start : start + _BLOCK] = among[at]
        best[start : start + _BLOCK] = similar[np.arange(len(block)), at]
    return nearest, best


def _follow(ended: Indices) -> Indices:
    while True:
        further = ended[ended]
        if np.array_equal(further, ended):
            return ended
        ended = further
