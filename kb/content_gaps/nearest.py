"""Which articles come near to answering a topic: what the search finds for its label today."""

from kb.content_gaps.models import Nearest
from kb.search.service import SearchService

LIMIT = 3


def find_nearest(search: SearchService, text: str) -> tuple[Nearest, ...]:
    """The first hits of a customer's search for the text."""
    page = search.search(text, limit=LIMIT)
    return tuple(Nearest(hit.slug, hit.title, hit.score, hit.url) for hit in page.hits)
