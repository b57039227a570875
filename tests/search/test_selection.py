"""The best of many scores are those that sorting all of them would give."""

import numpy as np
import pytest

from kb.search.engines.selection import GROUPS, count_matches, select_best


@pytest.mark.parametrize("size", [GROUPS, 5 * GROUPS, 128 * GROUPS, 700 * GROUPS])
@pytest.mark.parametrize("share", [0.0005, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("different", [2, 50, 1_000_000])
def test_as_sorting_does(size: int, share: float, different: int) -> None:
    rng = np.random.default_rng(size + different)
    scores = (rng.integers(1, different, size) / 7).astype(np.float32)
    scores[rng.random(size) > share] = 0
    numbers = rng.permutation(size)
    keys = [f"k{number:06}" for number in numbers]
    expected = sorted(
        ((key, score) for key, score in zip(keys, scores.tolist(), strict=True) if score > 0),
        key=lambda pair: (-pair[1], pair[0]),
    )
    matches = count_matches(scores)
    assert matches == len(expected)
    for limit in (0, 1, 10, 100, size):
        assert select_best(scores, keys, limit, matches) == expected[:limit]
