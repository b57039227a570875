"""The staff area: how search is doing, what customers do not find, and what to do about it."""

from kb.web.staff import (
    answering,
    drafts,
    filters,
    formatting,
    mails,
    overview,
    preview,
    publishing,
    quality,
    relevance,
    searches,
    topic,
    triage,
    unanswered,
)
from kb.web.staff.area import blueprint

__all__ = [
    "answering",
    "blueprint",
    "drafts",
    "filters",
    "formatting",
    "mails",
    "overview",
    "preview",
    "publishing",
    "quality",
    "relevance",
    "searches",
    "topic",
    "triage",
    "unanswered",
]
