"""How good a grouping is, by the B-cubed measures (Bagga and Baldwin, 1998).

For each item: of those in its group, how many share its label (precision); of those that
share its label, how many are in its group (recall); the item itself counts.  The measures
are means over items, so that a large group weighs as much as it has items.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well groups agree with labels, from 0 to 1."""

    precision: float
    recall: float

    @property
    def f(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def compare_groups(groups: Sequence[Hashable], labels: Sequence[Hashable]) -> Agreement:
    """How well the groups of items agree with their labels, both in the same order.

    Raises:
        ValueError: there are no items, or not as many groups as labels.
    """
    if not groups or len(groups) != len(labels):
        raise ValueError("There must be a group and a label for each of one or more items.")
    in_group, with_label = Counter(groups), Counter(labels)
    both = Counter(zip(groups, labels, strict=True))
    # Each of the ``count`` items that share group and label has ``count`` such companions.
    precision = sum(count * count / in_group[group] for (group, _), count in both.items())
    recall = sum(count * count / with_label[label] for (_, label), count in both.items())
    return Agreement(precision / len(groups), recall / len(groups))
