"""The values of notifications: who waits for what."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TellMeRequest:
    """Somebody wants to be told when a question is answered."""

    key: str
    """Random; in links only with a signature."""
    email: str
    text: str
    """What was searched, without personal data."""
    normalised: str
    """The wording of the search log that it belongs to."""
    is_confirmed: bool
    expires_at: datetime
    """When it is deleted, whatever happened until then; a full hour."""
    language: str = ""
    """Tag of the language in which they asked, for the mails; empty where it was not kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The article that answers a question."""

    title: str
    url: str
    """A path of the help center, or a full address."""


@dataclass(frozen=True, slots=True)
class AnsweredTopic:
    """A topic that somebody waits for and that is marked as answered."""

    topic_id: int
    slug: str
