"""The staff area: how search is doing, what customers do not find, and what to do about it."""

from kb.web.staff import (
    answering,
    drafts,
    formatting,
    inquiries,
    mails,
    overview,
    preview,
    publishing,
    quality,
    relevance,
    reports,
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
    "formatting",
    "inquiries",
    "mails",
    "overview",
    "preview",
    "publishing",
    "quality",
    "relevance",
    "reports",
    "searches",
    "topic",
    "triage",
    "unanswered",
]
