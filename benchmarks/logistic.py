"""A logistic model with weights that are not negative: enough for a handful of signals.

Every signal of the confidence speaks for a hit, so a negative weight would only be chance
or two signals that say the same playing against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

STEPS = 2_000
STEP_SIZE = 0.5
SHRINKAGE = 0.005
"""Pull of every weight towards 0, against chance."""


@dataclass(frozen=True)
class Model:
    """Bias and weights, in the order of the columns."""

    bias: float
    weights: tuple[float, ...]

    def estimate(self, rows: Numbers) -> Numbers:
        """The probability that each row's hit is right."""
        totals: Numbers = self.bias + rows @ np.asarray(self.weights)
        return 1.0 / (1.0 + np.exp(-totals))

    def rounded(self) -> "Model":
        """As it goes into the module: nobody shall take the digits for knowledge."""
        return Model(round(self.bias, 1), tuple(round(weight, 1) for weight in self.weights))


def fit(samples: Sequence[tuple[Numbers, NDArray[np.bool_]]]) -> Model:
    """Projected gradient descent over samples of several sources, given as rows and right.

    Each source counts the same, however many rows it has, and has a bias of its own, since
    first hits are right more often in one than in the other; the model gets the mean of
    them.  Columns are scaled to the same spread meanwhile: a signal that moves between
    0.4 and 0.6 needs a larger weight than one between 0 and 1, and must not be shrunk
    more for it.
    """
    rows = np.concatenate([part for part, _ in samples])
    right = np.concatenate([part for _, part in samples])
    source = np.repeat(np.arange(len(samples)), [len(part) for part, _ in samples])
    counts = np.concatenate([np.full(len(p), 1 / len(p)) for p, _ in samples]) / len(samples)
    middles = np.array([part.mean(axis=0) for part, _ in samples])
    scaled = rows - middles[source]
    spread = scaled.std(axis=0)
    spread[spread == 0] = 1.0
    scaled /= spread
    biases, weights = np.zeros(len(samples)), np.zeros(rows.shape[1])
    for _ in range(STEPS):
        errors = (1.0 / (1.0 + np.exp(-(biases[source] + scaled @ weights))) - right) * counts
        biases -= STEP_SIZE * np.bincount(source, errors, len(samples))
        weights -= STEP_SIZE * (errors @ scaled + SHRINKAGE * weights)
        np.maximum(weights, 0.0, out=weights)
    weights = weights / spread
    bias = float((biases - middles @ weights).mean())
    return Model(bias, tuple(map(float, weights)))
