"""Equal values of many summaries kept once.

Collection, language, tags, authors and dates are the same in many articles, but each is
decoded anew: of the 1.5 kB that a summary takes, two fifths are copies.
"""

from collections.abc import Hashable, Mapping
from typing import Any

from kb.content.models import ArticleSummary

_NOTHING: Mapping[str, object] = {}


class SharedValues:
    """Remembers the values of the summaries it was given; for one thread, while they are loaded."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def __call__(self, summary: ArticleSummary) -> ArticleSummary:
        """The same summary, just decoded and seen by nobody else, with values of earlier ones."""
        share = self._known.setdefault
        # The summary is frozen for everyone but its maker.  A copy would take four times as
        # long, for each of 50,000 articles.
        replace = object.__setattr__
        replace(summary, "collection", share(summary.collection, summary.collection))
        replace(summary, "language", share(summary.language, summary.language))
        for name in ("tags", "product", "authors"):
            if value := getattr(summary, name):
                replace(summary, name, share(value, value))
        for name in ("created_at", "updated_at"):
            if moment := getattr(summary, name):
                # The same moment in another time zone is equal, but is shown differently.
                replace(summary, name, share((moment, moment.tzinfo), moment))
        if summary.boost == 1.0:
            replace(summary, "boost", 1.0)
        if not summary.extra:
            replace(summary, "extra", _NOTHING)
        return summary
