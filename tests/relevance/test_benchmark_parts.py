"""The parts of the quality benchmark that calculate something, on values worked out by hand."""

import random
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from calibration import Judged, bins_of, calibration_error, write_plot
from confidence_examples import take_out
from logistic import fit
from past_questions import write_questions
from promises import Promises
from typos import NEIGHBOURS, make_slips, with_slips

from kb.relevance.judgments import JudgedQuery


def test_slips_hit_neighbouring_keys() -> None:
    assert set(NEIGHBOURS["g"]) == set("fhtyvb")
    assert set(NEIGHBOURS["q"]) == set("wa")
    assert all(key in NEIGHBOURS[near] for key, keys in NEIGHBOURS.items() for near in keys)


def test_two_slips_change_every_question_a_little() -> None:
    text = "Kettle E-42 won't boil"
    changed = [make_slips(text, random.Random(seed)) for seed in range(200)]
    assert all(abs(len(slipped) - len(text)) <= 2 for slipped in changed)
    assert sum(slipped == text for slipped in changed) == 0
    assert all("42" in slipped for slipped in changed)  # only letters slip
    assert len(set(changed)) > 150
    assert make_slips("42", random.Random(1)) == "42"


def test_slips_are_the_same_for_the_same_seed() -> None:
    queries = [JudgedQuery("1", "late parcel", {"late-parcel": 2})]
    assert with_slips(queries, 1) == with_slips(queries, 1)
    assert with_slips(queries, 1)[0].grades == queries[0].grades


def test_calibration_error_is_the_distance_of_said_and_true() -> None:
    honest = [Judged(0.25, right=number % 4 == 0) for number in range(800)]
    assert calibration_error(honest) == pytest.approx(0.0)
    boastful = [Judged(0.75, right=number % 4 == 0) for number in range(800)]
    assert calibration_error(boastful) == pytest.approx(0.5)
    assert sum(part.count for part in bins_of(honest[:13])) == 13


def test_the_plot_is_a_picture(tmp_path: Path) -> None:
    searches = [Judged(number / 100, right=number > 50) for number in range(100)]
    write_plot(tmp_path / "plot.svg", {"one": searches, "two": searches[:40]})
    root = ET.parse(tmp_path / "plot.svg").getroot()
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 16


def test_logistic_model_finds_the_weights_it_was_drawn_from() -> None:
    rng = np.random.default_rng(1)
    rows = rng.random((20_000, 3)) * np.array([1.0, 0.2, 1.0])
    chance = 1 / (1 + np.exp(-(-2 + rows @ np.array([3.0, 5.0, -1.0]))))
    model = fit([(rows, rng.random(20_000) < chance)])
    assert 2 < model.weights[0] < 4 < model.weights[1] < 6
    assert model.weights[2] == 0.0
    assert float(model.estimate(rows).mean()) == pytest.approx(float(chance.mean()), abs=0.01)


def test_sources_differ_in_their_bias_only() -> None:
    rng = np.random.default_rng(1)
    samples = []
    for bias in (-3.0, 1.0):
        rows = rng.random((20_000, 1)) + bias / 4  # confounded with the source
        chance = 1 / (1 + np.exp(-(bias + 2 * (rows[:, 0] - bias / 4))))
        samples.append((rows, rng.random(20_000) < chance))
    assert fit(samples).weights[0] == pytest.approx(2, abs=0.3)


def test_taking_out_articles_leaves_questions_without_any_answer() -> None:
    queries = [JudgedQuery(str(n), "x", {f"a{n}": 2, f"b{n % 3}": 1}) for n in range(40)]
    removed, lost = take_out(queries, seed=1)
    assert len(removed) == round(43 * 0.15)
    assert all(set(query.grades) <= removed for query in lost)
    assert take_out(queries, seed=1)[0] == removed != take_out(queries, seed=2)[0]


def test_past_questions_are_written_beside_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text('---\ntitle: "A: b"\n---\nText\n---\nmore\n')
    past = [JudgedQuery("1", 'say "hi": #now', {"a": 2}), JudgedQuery("2", "x", {"gone": 2})]
    assert write_questions(tmp_path, past) == 1
    text = (tmp_path / "a.md").read_text()
    assert text == '---\ntitle: "A: b"\nquestions: ["say \\"hi\\": #now"]\n---\nText\n---\nmore\n'


def test_promises_are_kept_in_their_direction() -> None:
    promises = Promises()
    promises.at_least("high", 0.6, 0.5)
    promises.at_most("low", 0.6, 0.5)
    assert [promise.holds for promise in promises.kept] == [True, False]
    assert promises.print() is False
