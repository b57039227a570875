"""How much of a question one passage of an article has: by that short questions are answered.

The engine counts words wherever they stand and however often, and the sentence model hears
what a text is about.  Neither sees that one section has both words of "battery warranty", while
another article is about batteries and mentions the warranty at its end.  Of a question in ten
words no passage has them all, and how many of them it has tells little.
"""

from collections.abc import Iterator, Mapping, Sequence

from kb.content.models import ArticleSummary
from kb.search.analysis import Analyzer
from kb.search.confidence import covered_share
from kb.search.documents import SearchSection
from kb.search.query import Query


def passage_share(words: int) -> float:
    """What a passage that has all of so many telling words adds to a similarity.

    A half for a single word, 0.08 for four, 0.02 for nine. Of the forms that were tried, this one
    took nothing from long questions (docs/decisions/0011-fusion.md).
    """
    return 2 / (1 + max(words, 1)) ** 2


def cover(
    query: Query,
    weights: Mapping[str, float],
    article: ArticleSummary,
    sections: Sequence[SearchSection],
) -> float:
    """The largest share of a question that one passage has, 0 to 1.

    A passage is a section below the title of its article, or a question that is written down.

    Args:
        query: the question.
        weights: how much each of its own words tells.
        article: the article.
        sections: all of its sections.
    """
    wanted = [(term.term, f" {term.term} ") for term in query.all_terms]
    found = set(_find_in_each(wanted, article, sections))
    return max(covered_share(weights, query.covered(terms)) for terms in found)


def _find_in_each(
    wanted: Sequence[tuple[str, str]], article: ArticleSummary, sections: Sequence[SearchSection]
) -> Iterator[frozenset[str]]:
    """Which terms each passage has."""
    analyzer = Analyzer.for_language(article.language)
    title, *questions = (
        frozenset(analyzer.terms(text, keep_stop_words=True))
        for text in (article.title, *article.questions)
    )
    yield title
    yield from questions
    for section in sections:
        yield title.union(term for term, place in wanted if place in section.terms)
