"""Words near each other."""

import pytest

from kb.search.proximity import are_near


@pytest.mark.parametrize(
    ("terms", "text", "near"),
    [
        (["refund"], " refund ", True),
        (["refund", "late"], " late refund ", True),
        (["refund", "late"], " refund a b c d late ", True),
        (["refund", "late"], f" refund {'x ' * 20}late ", False),
        (["refund", "late"], f" refund {'x ' * 20}late refund ", True),
        (["refund", "late"], " refund ", False),
        (["ref"], " refund ", False),
        (["a", "b", "c"], " a b x x x a c ", True),
    ],
)
def test_all_words_within_a_few_words(terms: list[str], text: str, near: bool) -> None:
    assert are_near(terms, text) is near
