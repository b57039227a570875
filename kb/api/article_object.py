"""An article as the API shows it."""

from datetime import date, datetime
from typing import Any

from kb.content.models import Article


def article_object(article: Article) -> dict[str, Any]:
    """The article as values that JSON knows; ``html`` is sanitised."""
    summary = article.summary
    return {
        "slug": summary.slug,
        "number": summary.number,
        "title": summary.title,
        "kind": summary.kind.value,
        "summary": summary.summary,
        "collection": summary.collection,
        "tags": list(summary.tags),
        "product": list(summary.product),
        "language": summary.language,
        "url": summary.url,
        "updated_at": _iso(summary.updated_at),
        "reviewed": _iso(summary.reviewed),
        "effective_from": _iso(summary.effective_from),
        "effective_until": _iso(summary.effective_until),
        "html": article.html,
        "sections": [
            {"anchor": s.anchor, "heading": s.heading, "level": s.level} for s in article.sections
        ],
    }


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
