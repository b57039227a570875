"""Puts what words found and what meaning found into one order.

A weighted sum: on judged questions of a public help center it was better than reciprocal
rank fusion, and as good as scaling both sides by what else was found, which needs more to
be right (docs/decisions/0011-fusion.md).  Similarities are compared as they are, for they
mean the same from one question to the next; lexical scores do not, and are taken relative
to the best one.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kb.search.engine import EngineHit
from kb.search.semantic import SemanticHit

LEXICAL_SHARE = 0.15
"""What the best lexical score adds to a similarity. From 0.1 to 0.2 the judged questions show
no difference."""

FOREIGN_LEXICAL_SHARE = 0.6
"""The same in a language that the sentence model has not learned. It tells texts apart even there,
by what they share with what it knows, but less well than words do. From 0.5 to 0.8 questions in five
languages show no difference (docs/decisions/0011-fusion.md)."""

WORDS_SHARE = 0.8
"""What words that are all as near as can be add to a similarity, of the first hits. From 0.4 to 1
the judged questions show little difference, and all of it is better than without."""


def passage_share(words: int) -> float:
    """What a passage that has all of so many telling words adds to a similarity.

    The engine counts words wherever they stand and however often, and the sentence model hears
    what a text is about.  Neither sees that one section has both words of "battery warranty",
    while another article is about batteries and mentions the warranty at its end.  Of a
    question in ten words no passage has them all, and how many of them it has tells little.

    A half for a single word, 0.08 for four, 0.02 for nine. Of the forms that were tried, this one
    took nothing from long questions (docs/decisions/0011-fusion.md).
    """
    return 2 / (1 + max(words, 1)) ** 2


class Candidate(NamedTuple):
    """An article that may be a hit."""

    slug: str
    score: float
    """What candidates are ordered by; comparable within one search only."""
    lexical: float = 0.0
    """Score of the engine; 0 when no word matches or it was not among the best."""
    similarity: float = 0.0
    """How close its meaning is, -1 to 1; 0 when it was not compared."""
    cosine: float = 0.0
    """Of the nearest passage."""
    anchor: str | None = None
    """Where the nearest passage stands; None without the semantic stage."""


def order_by_words(lexical: Sequence[EngineHit], factors: Mapping[str, float]) -> list[Candidate]:
    """Candidates by the engine's scores, raised or lowered by an article's factor if it has one."""
    return _ordered(Candidate(h.key, h.score * factors.get(h.key, 1.0), h.score) for h in lexical)


def order_by_both(
    lexical: Sequence[EngineHit],
    semantic: Sequence[SemanticHit],
    factors: Mapping[str, float],
    lowest: float,
    lexical_share: float = LEXICAL_SHARE,
) -> list[Candidate]:
    """Candidates by words and meaning.

    An article that has none of the words must reach the similarity ``lowest``: something
    is always nearest. ``lexical_share`` is what the best lexical score adds.
    """
    best = max((hit.score for hit in lexical), default=0.0)
    scores = {hit.key: hit.score for hit in lexical}
    share = lexical_share / best if best else 0.0
    found = []
    for hit in semantic:
        words = scores.pop(hit.slug, 0.0)
        if words or hit.similarity >= lowest:
            score = (hit.similarity + share * words) * factors.get(hit.slug, 1.0)
            found.append(Candidate(hit.slug, score, words, hit.similarity, hit.cosine, hit.anchor))
    for slug, words in scores.items():
        found.append(Candidate(slug, share * words * factors.get(slug, 1.0), words))
    return _ordered(found)


def _ordered(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda c: (-c.score, c.slug))
