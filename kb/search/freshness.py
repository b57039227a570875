"""How much the age of a bulletin changes its rank; nothing else ages in a help center.

A how-to from years ago is as right as on its first day, as long as it is reviewed.  A
notice of a delay is what most people look for while it lasts, and mostly in the way
afterwards.
"""

from datetime import date

from kb.content.models import ArticleSummary, Kind

CURRENT = 1.15
"""Lifts a notice above an article that matches about as well, never above a better one: the
scores of neighbouring hits mostly differ by more than this."""
PAST = 0.6
"""A notice that is long over comes after the articles of its subject and can still be found
by whoever looks for it by name."""
FADING_DAYS = 180
"""Questions about what happened come for some months: late refunds, proof for an insurance."""


def freshness(article: ArticleSummary, today: date) -> float:
    """The factor for an article's score on this day; 1 for everything but bulletins.

    A bulletin without a last day fades from the day on which it began.  One that has not
    begun yet, or that has no date at all, counts like any article.
    """
    if article.kind is not Kind.BULLETIN:
        return 1.0
    began = article.effective_from or _changed_on(article)
    end = article.effective_until or began
    if end is None or (began is not None and today < began):
        return 1.0
    days = (today - end).days
    if days <= 0:
        return CURRENT
    return CURRENT - (CURRENT - PAST) * min(days / FADING_DAYS, 1.0)


def _changed_on(article: ArticleSummary) -> date | None:
    changed = article.updated_at or article.created_at
    return changed.date() if changed else None
