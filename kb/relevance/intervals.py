"""How far a mean over questions may be off, by bootstrap (Efron, 1979).

The questions are drawn again and again with replacement, and the statistic of each
draw is taken.  The interval holds the middle 95 % of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS = 2_000
"""Enough that the ends of the interval move by less than half a point between seeds."""
_OUTSIDE_PERCENT = 2.5

Numbers = NDArray[np.float64]


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """The interval of a mean.

    Of differences between two systems on the same questions it is the paired one: when
    it holds 0, no difference was shown.
    """
    numbers = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(numbers), size=(DRAWS, len(numbers)))
    return _ends(numbers[drawn].mean(axis=1))


def auroc(positives: Sequence[float] | Numbers, negatives: Sequence[float] | Numbers) -> float:
    """How often a positive has the higher value than a negative; ties count half."""
    lower = np.sort(np.asarray(negatives, dtype=np.float64))
    values = np.asarray(positives, dtype=np.float64)
    wins = np.searchsorted(lower, values, "left") + np.searchsorted(lower, values, "right")
    return float(wins.sum() / (2 * len(values) * len(lower)))


def auroc_interval(
    positives: Sequence[float] | Numbers, negatives: Sequence[float] | Numbers
) -> tuple[float, float]:
    """The interval of ``auroc``; both groups are drawn from."""
    rng = np.random.default_rng(1)
    found = [
        auroc(rng.choice(positives, len(positives)), rng.choice(negatives, len(negatives)))
        for _ in range(DRAWS)
    ]
    return _ends(np.asarray(found))


def _ends(statistics: Numbers) -> tuple[float, float]:
    low, high = np.percentile(statistics, (_OUTSIDE_PERCENT, 100 - _OUTSIDE_PERCENT))
    return float(low), float(high)
