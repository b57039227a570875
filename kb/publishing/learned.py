"""Which of the wordings learned from customers are indexed with which article.

The counts know nothing of the content: articles get other names, and editors write
wordings down as ``questions:``, where they count more.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from kb.content.models import ArticleSummary, State
from kb.errors import DatabaseError
from kb.publishing.store import LearnedWordings
from kb.search.analysis import Analyzer

MAX_WORDINGS = 20
"""For one article. The best ones have most of the visits; hundreds would make an article that
is opened often match everything."""

Wordings = Mapping[str, tuple[str, ...]]
"""By slug."""

_log = logging.getLogger(__name__)


class NoWordings:
    """For help centers that learn nothing."""

    def load(self) -> Wordings:
        """None."""
        return {}


def load_wordings(learned: LearnedWordings, last: Wordings) -> Wordings:
    """What was learned by now; ``last``, that of the last publish, when it cannot be read."""
    try:
        return learned.load()
    except DatabaseError as error:
        # What customers ask is a help for the ranking; articles are published without it.
        _log.warning("the wordings learned last are kept: %s", error)
        return last


def choose_wordings(articles: Iterable[ArticleSummary], learned: Wordings) -> Wordings:
    """The wordings to index by slug, in alphabetical order; articles without any are absent.

    What was learned under an earlier slug counts for the article that has it as an alias.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    for article in articles:
        texts = [
            text for slug in (article.slug, *article.aliases) for text in learned.get(slug, ())
        ]
        if texts and article.state in (State.PUBLISHED, State.INTERNAL):
            kept = _choose(article, texts)
            if kept:
                chosen[article.slug] = kept
    return chosen


def _choose(article: ArticleSummary, texts: Sequence[str]) -> tuple[str, ...]:
    """Those that say something new, at most ``MAX_WORDINGS``, the first ones."""
    analyzer = Analyzer.for_language(article.language)
    known = {analyzer.question_key(text) for text in (article.title, *article.questions)} | {""}
    kept: list[str] = []
    for text in texts:
        key = analyzer.question_key(text)
        if key not in known and len(kept) < MAX_WORDINGS:
            known.add(key)
            kept.append(text)
    # Visits change their order every day, and that alone must not index anything anew.
    return tuple(sorted(kept))
