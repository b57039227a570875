"""How likely the first hit answers: one number in 0..1 that is comparable between questions.

A logistic model over what can be seen of the first hit: how much of the question's
telling words it covers, in all, in its title and wordings, and in the section that is
shown; how far it is ahead; and, where the semantic stage took part, how similar it is,
how far that and each of its words stand out from other articles, and whether words alone
would have put it as high.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first hit; every value in 0..1."""

    coverage: float
    """Share of the question's information (idf) that occurs in the article."""
    head_coverage: float
    """The same for title, questions and headings."""
    section_coverage: float
    """The same for the section that is shown."""
    margin: float
    """How far the best lexical score is ahead of the second, relative to the best, times the
    coverage: being far ahead with one word of many says little."""
    similarity: float = 0.0
    """Of the article's meaning; 0 without the semantic stage."""
    lead: float = 0.0
    """Similarity beyond that of the nearest other articles: of a subject on which there are
    many articles, the nearest is near whether it answers or not."""
    word_lead: float = 0.0
    """How much nearer the words of the question are to its own, one by one, than to those of the
    other first hits."""
    agreement: float = 0.0
    """1 when words alone put it first, too, falling with its rank there to 0."""


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """Bias and weights of the logistic model, by field of ``Evidence``."""

    bias: float
    weights: Mapping[str, float]

    def estimate(self, evidence: Evidence) -> float:
        """The probability that the first hit answers."""
        total = self.bias + sum(getattr(evidence, n) * w for n, w in self.weights.items())
        return 1.0 / (1.0 + math.exp(-total))


LEXICAL = ConfidenceModel(
    -2.1, {"coverage": 1.4, "head_coverage": 0.9, "section_coverage": 0.6, "margin": 1.1}
)
HYBRID = ConfidenceModel(
    -4.5,
    {
        "coverage": 0.5,
        "head_coverage": 0.5,
        "margin": 1.0,
        "similarity": 4.5,
        "lead": 6.0,
        "word_lead": 6.0,
        "agreement": 0.5,
    },
)
"""Rounded, so that nobody takes the digits for knowledge, and measured by
``benchmarks/fit_confidence.py``.  LEXICAL is fitted on judged questions of one public help
center.  For HYBRID the fit on past questions and on the demo's was worse on that help
center than these weights, whose proportions follow how well each signal alone tells right
from wrong: eight settings near them differ by less than the noise."""

FOREIGN = ConfidenceModel(
    -3.5,
    {
        "coverage": 0.5,
        "head_coverage": 0.5,
        "margin": 2.0,
        "similarity": 1.5,
        "lead": 6.0,
        "word_lead": 9.0,
        "agreement": 1.0,
    },
)
"""HYBRID for a language that the sentence model has not learned, in which all texts look alike to
it: how similar two are tells little, what is ahead of others still something. Chosen among six
settings with questions in five languages in view (docs/decisions/0011-fusion.md)."""


def estimate_confidence(evidence: Evidence, *, hybrid: bool, foreign: bool = False) -> float:
    """The probability that the first hit answers, by the model of how it was found.

    ``foreign`` means that the sentence model has not learned the language.
    """
    model = LEXICAL if not hybrid else FOREIGN if foreign else HYBRID
    return model.estimate(evidence)


def covered_share(weights: Mapping[str, float], found: frozenset[str] | set[str]) -> float:
    """The share of the terms' weight that is found."""
    total = sum(weights.values())
    return (
        sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0
    )
