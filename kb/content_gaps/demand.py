"""How much a topic is asked for: one figure that orders the list, with its parts.

    demand = visits x severity x trend x recency

* visits: visits in the period with a failed search on the topic.  Not searches: who tries
  ten wordings, or a script in one visit, counts once.
* severity, 0.5 to 1.5: the mean weight of how these searches failed (``SEVERITY``).
* trend, 0.7 to 1.4: the root of (visits + 5) / (visits before + 5), before being the
  period of the same length just before.  The five keep two visits after one from being a wave.
* recency, 0.5 to 1: one half, and one half that halves with every 14 days since the last
  failed search, counted from the end of the period.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SEVERITY: Mapping[str, float] = {
    "contacted": 1.5,  # it cost the customer and an agent time
    "zero-result": 1.25,  # nothing there at all
    "unhelpful": 1.25,  # somebody took the trouble to say so
    "weak": 1.0,
    "refined": 0.75,  # went on, and failed in the end
    "abandoned": 0.5,  # looked and left, maybe with what was on the page
}
OTHER = 1.0
"""Of an outcome that is not listed."""
_TREND = (0.7, 1.4)
_STEADY = 5
_HALF_LIFE_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class Demand:
    """What a topic's place in the list is made of."""

    visits: int
    visits_before: int
    severity: float
    trend: float
    recency: float

    @property
    def value(self) -> float:
        """All parts multiplied; only its order means something."""
        return self.visits * self.severity * self.trend * self.recency


def measure_demand(
    visits: int, visits_before: int, mean_severity: float, days_ago: float
) -> Demand:
    """The demand of a topic; ``days_ago`` is from its last failed search to the period's end."""
    least, most = _TREND
    rise = ((visits + _STEADY) / (visits_before + _STEADY)) ** 0.5
    recency = 0.5 + 0.5 * 0.5 ** (max(0.0, days_ago) / _HALF_LIFE_DAYS)
    return Demand(visits, visits_before, mean_severity, min(most, max(least, rise)), recency)
