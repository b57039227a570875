"""Fits the model of ``kb/search/confidence.py`` and says how far it can be trusted.

    .venv/bin/python benchmarks/fit_confidence.py [--lexical] [--learn past --learn demo]

Fitted on past questions of a public help center and on short questions about the demo
content, tested on judged questions that are in neither.  The printed constants are
copied into the module by hand, rounded.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from calibration import Judged, calibration_error
from confidence_examples import Example, TestExamples, collect_demo, collect_past, collect_test
from judged import find_judged_content
from logistic import Model, Numbers, fit
from workbench import Searches, Workbench

from kb.relevance.intervals import auroc, auroc_interval
from kb.search import confidence
from kb.search.confidence import Evidence
from kb.search.service import SearchService

FEATURES = tuple(field.name for field in fields(Evidence))
RIGHT_MARKED_WEAK = 0.10
"""Share of right first hits that may be called weak."""


@dataclass(frozen=True)
class Sample:
    """Searches as numbers: a row of signals each, and whether the first hit is right."""

    rows: Numbers
    right: "np.ndarray[tuple[int], np.dtype[np.bool_]]"

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Sample":
        """The examples as arrays."""
        rows = np.array([e.evidence for e in examples], np.float64).reshape(-1, len(FEATURES))
        return cls(rows, np.array([e.right for e in examples], np.bool_))


def main() -> int:
    """Fit, test, print; exit code 0 also when the data is not there."""
    parser = argparse.ArgumentParser(description="Fit the confidence of search.")
    parser.add_argument("--lexical", action="store_true", help="search without the model")
    parser.add_argument(
        "--learn", action="append", choices=("past", "demo"), help="what to fit on; repeatable"
    )
    arguments = parser.parse_args()
    content = find_judged_content()
    if content is None:
        return 0

    def choose(searches: Searches) -> SearchService:
        return searches.lexical if arguments.lexical else searches.default

    learn = arguments.learn or ["past", "demo"]
    bench = Workbench()
    sources = {
        "past": lambda: collect_past(bench, content, choose),
        "demo": lambda: collect_demo(bench, choose),
    }
    with bench.alone():
        samples = [Sample.of(sources[name]()) for name in dict.fromkeys(learn)]
        test = collect_test(bench, content, choose)
    _report(samples, test, confidence.LEXICAL if arguments.lexical else confidence.HYBRID)
    return 0


def _report(
    samples: Sequence[Sample], test: TestExamples, current: confidence.ConfidenceModel
) -> None:
    rows = np.concatenate([sample.rows for sample in samples])
    right = np.concatenate([sample.right for sample in samples])
    print(f"\nfitted on {len(rows)} searches, the first hit is right in {right.sum()}")
    _print_signals(samples, test)
    present = Model(current.bias, tuple(current.weights.get(name, 0.0) for name in FEATURES))
    fitted = fit([(sample.rows, sample.right) for sample in samples]).rounded()
    for name, model in (("as it is in the module", present), ("fitted and rounded", fitted)):
        threshold = _threshold(model, rows, right)
        _print_quality(name, model, threshold, test)
    weights = {n: w for n, w in zip(FEATURES, fitted.weights, strict=True) if w}
    print(f"\nConfidenceModel({fitted.bias}, {weights})")


def _threshold(
    model: Model, rows: Numbers, right: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> float:
    """The highest that calls at most the allowed share of right first hits weak."""
    estimates = np.sort(model.estimate(rows[right]))
    return math.floor(float(estimates[int(len(estimates) * RIGHT_MARKED_WEAK)]) * 100) / 100


def _print_signals(samples: Sequence[Sample], test: TestExamples) -> None:
    """How well each signal alone tells a right first hit from a wrong one."""
    tested, kept, lost = Sample.of(test.judged), Sample.of(test.kept), Sample.of(test.lost)
    heads = [*(f"learned {number}" for number, _ in enumerate(samples, 1)), "tested", "removed"]
    print(f"\n{'AUROC of a signal alone':24}" + "".join(f"{head:>11}" for head in heads))
    for column, name in enumerate(FEATURES):
        areas = [_area(sample, column) for sample in (*samples, tested)]
        areas.append(auroc(kept.rows[:, column], lost.rows[:, column]))
        print(f"{name:24}" + "".join(f"{area:11.3f}" for area in areas))


def _area(sample: Sample, column: int) -> float:
    values = sample.rows[:, column]
    return auroc(values[sample.right], values[~sample.right])


def _print_quality(name: str, model: Model, threshold: float, test: TestExamples) -> None:
    tested = Sample.of(test.judged)
    estimates = model.estimate(tested.rows)
    kept, lost = (model.estimate(Sample.of(group).rows) for group in (test.kept, test.lost))
    right, wrong = estimates[tested.right], estimates[~tested.right]
    error = calibration_error(
        [Judged(float(p), bool(r)) for p, r in zip(estimates, tested.right, strict=True)]
    )
    print(f"\n{name}, tested on {len(estimates)} searches")
    _print_area("right first hit against wrong", right, wrong)
    _print_area("keeps its answer against lost it", kept, lost)
    print(f"  {'expected calibration error':44}{error:.3f}")
    for group, values in (("right", right), ("wrong", wrong), ("kept", kept), ("lost", lost)):
        below = float((values < threshold).mean())
        print(f"  {f'below {threshold:.2f}: {group}':44}{below:.1%} of {len(values)}")


def _print_area(name: str, above: Numbers, below: Numbers) -> None:
    low, high = auroc_interval(above, below)
    print(f"  AUROC {name:38}{auroc(above, below):.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    raise SystemExit(main())
