"""What content gaps need from the database; days are in UTC, both ends included."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

from kb.content_gaps.models import (
    DayDemand,
    OpenedAnyway,
    Topic,
    TopicState,
)


class ContentGapStore(Protocol):
    """Keeps topics and decisions, and counts failed searches. May raise DatabaseError."""

    def list_topics(
        self,
        since: date,
        until: date,
        states: Collection[TopicState],
        limit: int,
        offset: int,
        *,
        assignee: str | None = None,
        due_by: date | None = None,
        newest_first: bool = False,
        all_queries: bool = False,
    ) -> list[Topic]:
        """Topics in these states with failed searches in these days, most demand first.

        Noise comes last, and its wordings are never listed in full.
        ``assignee`` keeps those of one person, "" those of nobody; ``due_by`` those that
        have to be done by a day.
        """
        ...

    def count_topics(
        self,
        since: date,
        until: date,
        states: Collection[TopicState],
        *,
        assignee: str | None = None,
        due_by: date | None = None,
    ) -> int:
        """How many topics ``list_topics`` has in all."""
        ...

    def find_topic(self, topic_id: int) -> Topic | None:
        """One topic over all its failed searches that are kept."""
        ...

    def list_days(self, topic_id: int, since: date, until: date) -> list[DayDemand]:
        """The failed searches of a topic, on days that have any."""
        ...

    def list_opened_anyway(self, topic_id: int, limit: int) -> list[OpenedAnyway]:
        """What people opened after a failed search on the topic."""
        ...

    def list_drafted(self) -> list[int]:
        """Numbers of the topics whose answer is being written."""
        ...

    def delete_empty(self) -> int:
        """Delete new topics whose searches are all gone; how many."""
        ...
