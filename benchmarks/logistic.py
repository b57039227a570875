"""A logistic model with weights that are not negative: enough for a handful of signals.

Every signal of the confidence speaks for a hit, so a negative weight would only be chance
or two signals that say the same playing against each other.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

STEPS = 6_000
STEP_SIZE = 0.5
SHRINKAGE = 0.005
"""Pull of every weight towards 0, against chance: from 0.0005 to 0.02 cross-validated figures
differ by less than their noise, so it is a middle one."""


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


def fit(rows: Numbers, right: NDArray[Any], share: Numbers | None = None) -> Model:
    """Projected gradient descent; ``share`` is how much each row counts (all alike if omitted)."""
    counts = np.ones(len(rows)) if share is None else share
    counts = counts / counts.sum()
    bias, weights = 0.0, np.zeros(rows.shape[1])
    for _ in range(STEPS):
        errors = (1.0 / (1.0 + np.exp(-(bias + rows @ weights))) - right) * counts
        bias -= STEP_SIZE * float(errors.sum())
        weights -= STEP_SIZE * (errors @ rows + SHRINKAGE * weights)
        np.maximum(weights, 0.0, out=weights)
    return Model(bias, tuple(map(float, weights)))
