"""The values of the feature: one report about one page."""

from dataclasses import dataclass
from datetime import datetime

MAX_TEXT = 1_000
"""Room for what is wrong and where; whoever has more to say writes to a department."""


@dataclass(frozen=True, slots=True)
class PageReport:
    """What a customer says is wrong with an article; nobody knows who that was."""

    id: int
    slug: str
    text: str
    """Without what looks like personal data."""
    reported_at: datetime
    revision: str
    """Commit that was published then: it may have been mended since."""
