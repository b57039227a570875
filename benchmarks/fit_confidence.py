"""Fits the model of ``kb/search/confidence.py`` and says how far it can be trusted.

    .venv/bin/python benchmarks/fit_confidence.py

Every judged question is searched on all articles: the first hit is right when it has a
grade of at least 1.  The questions that lose their answer when some articles are taken
out are searched without these: whatever comes first is wrong.  Weights are not negative,
held small, and rounded to one decimal: 240 questions of one help center do not carry
more.  The printed constants are copied into the module by hand.
"""

import math
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from unittest import mock

from judged import JudgedContent, auroc, find_judged_content, published

from kb.relevance.judgments import JudgedQuery
from kb.search import confidence, service
from kb.search.confidence import Evidence
from kb.search.service import SearchService

FEATURES = tuple(field.name for field in fields(Evidence))
FOLDS = 5
STEPS = 4_000
STEP_SIZE = 0.5
SHRINKAGE = 0.005
"""Pull of every weight towards 0, against chance: from 0.0005 to 0.02 the cross-validated
figures differ by less than their noise, so it is a middle one."""
BINS = 5
RIGHT_MARKED_WEAK = 0.10
"""Share of right first hits that may be called weak."""


@dataclass(frozen=True)
class Example:
    """One search: what was seen of its first hit, and whether that hit is right."""

    question: str
    evidence: tuple[float, ...]
    right: bool


@dataclass(frozen=True)
class Model:
    """Bias and weights, in the order of ``FEATURES``."""

    bias: float
    weights: tuple[float, ...]

    def estimate(self, evidence: Sequence[float]) -> float:
        """The probability that the hit is right."""
        total = self.bias + sum(w * x for w, x in zip(self.weights, evidence, strict=True))
        return 1.0 / (1.0 + math.exp(-total))

    def rounded(self) -> "Model":
        """As it goes into the module."""
        return Model(round(self.bias, 1), tuple(round(weight, 1) for weight in self.weights))


def main() -> int:
    """Fit, cross-validate, print; exit code 0 also when the data is not there."""
    content = find_judged_content()
    if content is None:
        return 0
    examples = _collect(content)
    right = sum(example.right for example in examples)
    print(f"{len(examples)} searches, the first hit is right in {right}\n")
    current = Model(confidence.BIAS, tuple(confidence.WEIGHTS[name] for name in FEATURES))
    fitted = fit(examples).rounded()
    _print_quality(
        "as it is in the module", examples, [current.estimate(e.evidence) for e in examples]
    )
    _print_quality("fitted, cross-validated", examples, cross_validate(examples))
    _print_quality("fitted and rounded", examples, [fitted.estimate(e.evidence) for e in examples])
    print(f"\nBIAS = {fitted.bias}")
    print("WEIGHTS =", dict(zip(FEATURES, fitted.weights, strict=True)))
    _print_threshold(examples, fitted)
    return 0


def fit(examples: Sequence[Example]) -> Model:
    """Logistic regression by gradient descent, weights kept at 0 or above."""
    bias, weights = 0.0, [0.0] * len(FEATURES)
    count = len(examples)
    for _ in range(STEPS):
        model = Model(bias, tuple(weights))
        errors = [model.estimate(e.evidence) - e.right for e in examples]
        bias -= STEP_SIZE * sum(errors) / count
        for i in range(len(weights)):
            slope = sum(err * e.evidence[i] for err, e in zip(errors, examples, strict=True))
            weights[i] = max(0.0, weights[i] - STEP_SIZE * (slope / count + SHRINKAGE * weights[i]))
    return Model(bias, tuple(weights))


def cross_validate(examples: Sequence[Example]) -> list[float]:
    """An estimate for each example by a model that has not seen its question."""
    questions = sorted({example.question for example in examples})
    random.Random(1).shuffle(questions)
    fold_of = {question: number % FOLDS for number, question in enumerate(questions)}
    models = [
        fit([example for example in examples if fold_of[example.question] != fold]).rounded()
        for fold in range(FOLDS)
    ]
    return [models[fold_of[example.question]].estimate(example.evidence) for example in examples]


def calibration_error(examples: Sequence[Example], estimates: Sequence[float]) -> float:
    """Mean distance of estimate and truth over bins of equally many searches."""
    ordered = sorted(zip(estimates, (example.right for example in examples), strict=True))
    size = math.ceil(len(ordered) / BINS)
    bins = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    distances = (
        abs(statistics.fmean(p for p, _ in part) - statistics.fmean(r for _, r in part)) * len(part)
        for part in bins
    )
    return sum(distances) / len(ordered)


def _collect(content: JudgedContent) -> list[Example]:
    lost = [query for query in content.by_title if content.answerable.get(query.id) is False]
    with tempfile.TemporaryDirectory(prefix="helpshelf-confidence-") as folder:
        with published(content.articles, Path(folder) / "all") as search:
            examples = list(_examples(search, content.by_title))
        with published(content.articles, Path(folder) / "reduced", content.removed) as search:
            wrong = [Example(e.question, e.evidence, False) for e in _examples(search, lost)]
    return examples + wrong


def _examples(search: SearchService, queries: Sequence[JudgedQuery]) -> Iterator[Example]:
    for query in queries:
        with _recorded_evidence() as seen:
            page = search.search(query.text)
        if page.hits and seen:
            right = query.grades.get(page.hits[0].slug, 0) >= 1
            yield Example(query.id, astuple(seen[-1]), right)


@contextmanager
def _recorded_evidence() -> Iterator[list[Evidence]]:
    """What the search hands to its model; it keeps none of it, and needs to for nobody else."""
    seen: list[Evidence] = []

    def record(evidence: Evidence) -> float:
        seen.append(evidence)
        return confidence.estimate_confidence(evidence)

    with mock.patch.object(service, "estimate_confidence", record):
        yield seen


def _print_quality(name: str, examples: Sequence[Example], estimates: Sequence[float]) -> None:
    pairs = list(zip(estimates, examples, strict=True))
    right = [estimate for estimate, example in pairs if example.right]
    wrong = [estimate for estimate, example in pairs if not example.right]
    error = calibration_error(examples, estimates)
    print(f"{name:26} AUROC {auroc(right, wrong):.3f}   calibration error {error:.3f}")


def _print_threshold(examples: Sequence[Example], model: Model) -> None:
    estimates = [(model.estimate(example.evidence), example.right) for example in examples]
    right = sorted(estimate for estimate, is_right in estimates if is_right)
    highest = right[int(len(right) * RIGHT_MARKED_WEAK)]
    threshold = math.floor(highest * 100) / 100
    for name, wanted in (("right", True), ("wrong", False)):
        group = [estimate for estimate, is_right in estimates if is_right is wanted]
        weak = sum(estimate < threshold for estimate in group)
        print(f"below {threshold:.2f}: {weak} of {len(group)} whose first hit is {name}")


if __name__ == "__main__":
    raise SystemExit(main())
