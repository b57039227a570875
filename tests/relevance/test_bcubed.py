"""B-cubed, against figures computed by hand."""

import pytest

from kb.relevance.bcubed import compare_groups


def test_by_hand():
    # Group 1 holds a a b, group 2 holds b c.
    # Precision: a 2/3, a 2/3, b 1/3, b 1/2, c 1/2 -> 8/3 of 5. Recall: 1, 1, 1/2, 1/2, 1 -> 4 of 5.
    found = compare_groups([1, 1, 1, 2, 2], ["a", "a", "b", "b", "c"])
    assert found.precision == pytest.approx(8 / 15)
    assert found.recall == pytest.approx(4 / 5)
    assert found.f == pytest.approx(2 * (8 / 15) * (4 / 5) / (8 / 15 + 4 / 5))


def test_perfect_all_apart_and_all_together():
    assert compare_groups("xxyy", "aabb").f == 1.0
    apart = compare_groups("wxyz", "aabb")
    assert (apart.precision, apart.recall) == (1.0, 0.5)
    together = compare_groups("wwww", "aabb")
    assert (together.precision, together.recall) == (0.5, 1.0)


@pytest.mark.parametrize(("groups", "labels"), [("", ""), ("ab", "a")])
def test_nothing_to_compare(groups, labels):
    with pytest.raises(ValueError, match="one or more"):
        compare_groups(groups, labels)
