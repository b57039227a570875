"""The staff area: how search is doing, what customers do not find, and what to do about it."""

from kb.web.staff import (
    drafts,
    formatting,
    mails,
    overview,
    preview,
    publishing,
    quality,
    searches,
    topic,
    triage,
    unanswered,
)
from kb.web.staff.area import blueprint

__all__ = [
    "blueprint",
    "drafts",
    "formatting",
    "mails",
    "overview",
    "preview",
    "publishing",
    "quality",
    "searches",
    "topic",
    "triage",
    "unanswered",
]
