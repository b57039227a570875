"""Which articles a search may find: what the customer chose, and what they may see."""

from dataclasses import dataclass

from kb.content.models import ArticleSummary, Audience
from kb.text import slugify


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Narrows a search; an empty value does not narrow."""

    audience: Audience = Audience.PUBLIC
    collection: str = ""
    """Slug of a collection; those inside it are included."""
    kind: str = ""
    """A value of ``Kind``."""
    product: str = ""
    """One of the products that front matter names, as a slug."""

    def allow(self, summary: ArticleSummary) -> bool:
        """Whether an article may be found."""
        return (
            summary.is_visible_to(self.audience)
            and (not self.collection or self.collection in collection_path(summary.collection))
            and (not self.kind or self.kind == summary.kind)
            and (not self.product or self.product in products(summary))
        )


EVERYTHING_PUBLIC = SearchFilters()
"""What a customer who chose nothing may find."""


def collection_path(slug: str) -> tuple[str, ...]:
    """The slugs of a collection and of those around it."""
    parts = slug.split("/") if slug else []
    return tuple("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def products(summary: ArticleSummary) -> tuple[str, ...]:
    """The products of an article in the form that filters compare."""
    return tuple(slugify(name) for name in summary.product)
