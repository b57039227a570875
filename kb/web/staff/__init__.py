"""The staff area: how search is doing, what customers do not find, and what to do about it."""

from kb.web.staff import (
    answering,
    content,
    design,
    drafts,
    filters,
    formatting,
    keyboard,
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
    "content",
    "design",
    "drafts",
    "filters",
    "formatting",
    "keyboard",
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
