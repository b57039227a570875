"""The staff area: how search is doing, what customers do not find, and what to do about it."""

from kb.web.staff import (
    formatting,
    overview,
    preview,
    relevance,
    searches,
    topic,
    triage,
    unanswered,
)
from kb.web.staff.area import blueprint

__all__ = [
    "blueprint",
    "formatting",
    "overview",
    "preview",
    "relevance",
    "searches",
    "topic",
    "triage",
    "unanswered",
]
