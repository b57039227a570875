"""The search object: one page of results as the API and the command line print it.

Scripts depend on its keys.  New ones may be added; none may change or go.
"""

from typing import Any

from kb.search.models import BestPassage, Hit, Reasons, SearchPage


def search_object(page: SearchPage) -> dict[str, Any]:
    """The page as values that JSON knows."""
    return {
        "query": page.query,
        "outcome": page.outcome.value,
        "confidence": round(page.confidence, 3),
        "total": page.total,
        "mode": page.mode,
        "degraded": page.degraded,
        "correction": page.correction,
        "took_ms": round(page.took_ms, 2),
        "searched": page.searched,
        "stage": page.stage.value,
        "relaxed": page.relaxed,
        "offset": page.offset,
        "best": None if page.best is None else _best_object(page.best),
        "hits": [_hit_object(hit) for hit in page.hits],
    }


def _hit_object(hit: Hit) -> dict[str, Any]:
    return {
        "slug": hit.slug,
        "title": hit.title,
        "collection": hit.collection,
        "section": hit.section,
        "anchor": hit.anchor,
        "url": hit.url,
        "score": round(hit.score, 4),
        "snippet": hit.snippet,
        "reasons": _reasons_object(hit.reasons),
    }


def _reasons_object(reasons: Reasons) -> dict[str, Any]:
    return {
        "words": list(reasons.words),
        "synonyms": [{"word": word, "finds": other} for word, other in reasons.synonyms],
        "pinned": reasons.pinned,
        "asked": reasons.asked,
        "meaning": round(reasons.meaning, 3),
    }


def _best_object(best: BestPassage) -> dict[str, Any]:
    return {
        "slug": best.slug,
        "title": best.title,
        "section": best.section,
        "url": best.url,
        "text": best.text,
    }
