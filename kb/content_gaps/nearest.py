"""Which articles come near to answering a topic: what the search finds for its label today."""

from collections.abc import Sequence

from kb.content_gaps.models import Nearest
from kb.search.models import Hit
from kb.search.service import SearchService
from kb.text import fold

LIMIT = 3


def find_nearest(search: SearchService, text: str) -> tuple[Nearest, ...]:
    """The first hits of a customer's search for the text."""
    page = search.search(text, limit=LIMIT)
    asked = search.list_telling_words(page.searched)
    return tuple(_build(hit, asked) for hit in page.hits)


def _build(hit: Hit, asked: Sequence[str]) -> Nearest:
    has = tuple(fold(word) for word in hit.reasons.words)
    found = {*has, *(fold(word) for word, _ in hit.reasons.synonyms)}
    lacks = tuple(word for word in asked if word not in found)
    return Nearest(hit.slug, hit.title, hit.score, hit.url, has, lacks, hit.reasons.meaning)
