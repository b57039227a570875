"""The staff area: how search is doing, what customers do not find, and what to do about it."""

from kb.web.staff import (
    formatting,
    mails,
    overview,
    preview,
    searches,
    topic,
    triage,
    unanswered,
)
from kb.web.staff.area import blueprint

__all__ = [
    "blueprint",
    "formatting",
    "mails",
    "overview",
    "preview",
    "searches",
    "topic",
    "triage",
    "unanswered",
]
