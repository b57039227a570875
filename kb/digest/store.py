"""What the digest needs from the database."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from kb.digest.models import AnsweredTopic, TopicDemand, UnhelpfulArticle, Week


class DigestStore(Protocol):
    """Reads topics and votes, and remembers what was sent; may raise ``DatabaseError``."""

    def transaction(self) -> AbstractContextManager[object]:
        """All or nothing, messages of the outbox included."""
        ...

    def list_demand(self, week: Week) -> Sequence[TopicDemand]:
        """Topics with failed searches in the week, most visits first; ignored ones are left out."""
        ...

    def list_answered(self, week: Week, now: datetime) -> Sequence[AnsweredTopic]:
        """Topics that were answered in the week, with what changed until now."""
        ...

    def count_failed(self, topic_id: int, since: date, until: date) -> int:
        """Failed searches on a topic, both days included."""
        ...

    def list_unhelpful(self, week: Week, limit: int) -> Sequence[UnhelpfulArticle]:
        """Articles with most votes of the week that say no; titles are slugs here."""
        ...

    def is_sent(self, week: Week) -> bool:
        """Whether the digest of this week has been sent."""
        ...

    def mark_sent(self, week: Week, at: datetime, mails: int) -> bool:
        """Remember that it is sent, in a transaction; False when it had been already."""
        ...

    def has_declined(self, account_id: int) -> bool:
        """Whether the account wants no digest."""
        ...

    def set_declined(self, account_id: int, declined: bool) -> None:
        """Whether the account wants no digest."""
        ...
