"""Search as the site uses it: one question in, one page of hits out, and suggestions."""

from typing import Protocol

from kb.content.models import Audience
from kb.search.models import SearchPage, Suggestion


class SearchService(Protocol):
    """Placeholder for the signature; the implementation follows."""

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        offset: int = 0,
        audience: Audience = Audience.PUBLIC,
        collection: str = "",
        exact: bool = False,
    ) -> SearchPage:
        """Answer one question; never fails. ``exact`` searches without spelling correction."""
        ...

    def suggest(
        self, text: str, *, limit: int = 8, audience: Audience = Audience.PUBLIC
    ) -> tuple[Suggestion, ...]:
        """Articles whose title or question fits what has been typed so far."""
        ...
