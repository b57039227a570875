"""What is seen of a first hit besides what it has of the question."""

import pytest

from kb.search.evidence import _word_lead
from kb.search.ranking import Ranking


@pytest.mark.parametrize(
    ("nearness", "lead"),
    [
        ({}, 0.0),
        ({"first": 0.5}, 0.0),
        ({"first": 0.5, "second": 0.4, "third": 0.2}, 0.2),
        ({"first": 0.2, "second": 0.4}, 0.0),
        ({"second": 0.4, "third": 0.2}, 0.0),
    ],
)
def test_words_lead_by_how_much_nearer_they_are_than_those_of_the_others(
    nearness: dict[str, float], lead: float
) -> None:
    assert _word_lead("first", Ranking(nearness=nearness)) == pytest.approx(lead)
