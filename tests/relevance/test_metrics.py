"""The measures, against values worked out by hand."""

import math
from pathlib import Path

import pytest

from kb.errors import InvalidInput
from kb.relevance.intervals import auroc, auroc_interval, mean_interval
from kb.relevance.judgments import JudgedQuery, load_judgments
from kb.relevance.metrics import average, evaluate, score
from kb.relevance.misses import Miss, list_misses, list_unpublished

QUERY = JudgedQuery("q", "kettle dead", {"kettle": 2, "recall": 1, "vacuum": 0})


def test_measures_of_one_question() -> None:
    values = score(QUERY, ["vacuum", "recall", "kettle"])
    ideal = 3 / math.log2(2) + 1 / math.log2(3)
    assert values == {
        "success@1": 0.0,
        "success@5": 1.0,
        "mrr@10": 0.5,
        "ndcg@10": pytest.approx((1 / math.log2(3) + 3 / math.log2(4)) / ideal),
        "recall@10": 1.0,
    }


def test_only_ten_hits_count() -> None:
    late = [f"other-{n}" for n in range(10)] + ["kettle"]
    assert set(score(QUERY, late).values()) == {0.0}
    assert set(score(QUERY, ["kettle", "recall"]).values()) == {1.0}


def test_average_and_evaluate_agree() -> None:
    other = JudgedQuery("r", "pump", {"pump": 2})
    found = {"kettle dead": ["kettle", "recall"], "pump": ["x"]}
    assert evaluate([QUERY, other], lambda text: found[text]) == average(
        [score(QUERY, found["kettle dead"]), score(other, ["x"])]
    )
    assert average([])["queries"] == 0


def test_misses_are_listed_worst_first() -> None:
    other = JudgedQuery("r", "pump", {"pump": 2, "motor": 2})
    right = JudgedQuery("s", "filter", {"filter": 2})
    nothing = JudgedQuery("t", "telephone", {"contact": 2})
    found = {"kettle dead": ["recall", "kettle"], "pump": ["x", "motor"], "filter": ["filter"]}
    queries = [QUERY, right, other, nothing]
    assert list_misses(queries, lambda text: found.get(text, []), 10) == [
        Miss("telephone", "contact", None, None, 0),
        Miss("pump", "motor", 2, "x", 0),
        Miss("kettle dead", "kettle", 2, "recall", 1),
    ]
    assert len(list_misses(queries, lambda text: found.get(text, []), 1)) == 1


def test_unpublished_are_those_that_some_question_wants() -> None:
    assert list_unpublished([QUERY], {"kettle"}) == ["recall"]


def test_auroc_counts_ties_half() -> None:
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(3.5 / 4)
    assert auroc([1, 1], [0]) == 1.0


def test_intervals_hold_what_they_are_about() -> None:
    values = [0.0] * 30 + [1.0] * 70
    low, high = mean_interval(values)
    assert low == pytest.approx(0.7 - 1.96 * math.sqrt(0.7 * 0.3 / 100), abs=0.02)
    assert high == pytest.approx(0.7 + 1.96 * math.sqrt(0.7 * 0.3 / 100), abs=0.02)
    low, high = auroc_interval([n / 50 for n in range(50)], [n / 50 - 0.2 for n in range(50)])
    assert low < auroc([n / 50 for n in range(50)], [n / 50 - 0.2 for n in range(50)]) < high


def test_malformed_judgments_name_file_and_line(tmp_path: Path) -> None:
    queries, qrels = tmp_path / "q.jsonl", tmp_path / "r.tsv"
    queries.write_text('{"id": "1", "text": "x"}\n{"id": "2"}\n')
    qrels.write_text("1\tx\t2\n")
    with pytest.raises(InvalidInput, match=r"q\.jsonl:2"):
        load_judgments(queries, qrels)
