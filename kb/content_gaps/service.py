"""What agents do with failed searches: see them as topics, and decide what becomes of them."""

import logging
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kb.content_changes.models import Author
from kb.content_changes.service import ContentChangeService
from kb.content_gaps.drafts import build_faq_draft
from kb.content_gaps.models import (
    DayDemand,
    DraftResult,
    Nearest,
    OpenedAnyway,
    Topic,
    TopicState,
)
from kb.content_gaps.store import ContentGapStore
from kb.content_gaps.topic_grouper import TopicGrouper
from kb.content_gaps.triage import TriageService
from kb.errors import DatabaseError, GenerationUnavailable, InvalidInput
from kb.search_log.service import SearchLogService

FindNearest = Callable[[str], Sequence[Nearest]]

_PLACED_IN_A_REQUEST = 1_000
"""New wordings that a page places by their words, in about a second; the rest waits for the
regular job."""
_OPENED_ANYWAY = 5

_log = logging.getLogger(__name__)


class ContentGapService:
    """Topics made of failed searches. Days are in UTC, both ends included."""

    def __init__(
        self,
        store: ContentGapStore,
        triage: TriageService,
        search_log: SearchLogService,
        changes: ContentChangeService,
        grouper: TopicGrouper,
        answers: Callable[[], Mapping[int, str]],
    ) -> None:
        """Put the service together.

        Args:
            store: keeps and counts topics.
            triage: decides about them.
            search_log: settles visits before topics are counted.
            changes: commits FAQ drafts.
            grouper: puts failed searches into topics.
            answers: slugs of published articles, by the topic that they were written for.
        """
        self._store = store
        self.triage = triage
        self._search_log = search_log
        self._changes = changes
        self._grouper = grouper
        self._answers = answers

    @property
    def can_commit_drafts(self) -> bool:
        """Whether a draft becomes a branch; otherwise it is offered as a file."""
        return self._changes.can_commit

    def list_topics(
        self,
        since: date,
        until: date,
        states: Collection[TopicState] | None = None,
        limit: int = 50,
        offset: int = 0,
        with_nearest: FindNearest | None = None,
        *,
        assignee: str | None = None,
        due_by: date | None = None,
        newest_first: bool = False,
        all_queries: bool = False,
    ) -> tuple[Topic, ...]:
        """Topics that failed in these days, most demand first (``demand.py``), noise last.

        Args:
            since: first day.
            until: last day.
            states: only topics in these; all if omitted.
            limit: how many at most.
            offset: how many to skip.
            with_nearest: finds the articles nearest to a wording.
            assignee: only those of one person (an e-mail address), "" for those of nobody.
            due_by: only those that somebody has to have done by this day.
            newest_first: order by when a topic first came up instead.
            all_queries: with every wording, not only the most frequent ones.
        """
        self.refresh()
        wanted = tuple(TopicState) if states is None else tuple(states)
        topics = self._store.list_topics(
            since,
            until,
            wanted,
            limit,
            offset,
            assignee=assignee,
            due_by=due_by,
            newest_first=newest_first,
            all_queries=all_queries,
        )
        return tuple(add_nearest(topic, with_nearest) for topic in topics)

    def count_topics(
        self,
        since: date,
        until: date,
        states: Collection[TopicState] | None = None,
        *,
        assignee: str | None = None,
        due_by: date | None = None,
    ) -> int:
        """How many topics ``list_topics`` has in all."""
        wanted = tuple(TopicState) if states is None else states
        return self._store.count_topics(since, until, wanted, assignee=assignee, due_by=due_by)

    def find_topic(self, topic_id: int, with_nearest: FindNearest | None = None) -> Topic | None:
        """One topic over all its failed searches that are kept."""
        topic = self._store.find_topic(topic_id)
        return None if topic is None else add_nearest(topic, with_nearest)

    def list_days(self, topic_id: int, since: date, until: date) -> tuple[DayDemand, ...]:
        """The failed searches of a topic on every day of the range."""
        counts = {day.day: day for day in self._store.list_days(topic_id, since, until)}
        days = (since + timedelta(days=index) for index in range((until - since).days + 1))
        return tuple(counts.get(day, DayDemand(day, 0)) for day in days)

    def list_opened_anyway(self, topic_id: int) -> list[OpenedAnyway]:
        """What people opened after a failed search on the topic."""
        return self._store.list_opened_anyway(topic_id, _OPENED_ANYWAY)

    def draft(
        self,
        topic_id: int,
        title: str,
        folder: str,
        author: Author,
        taken: Container[str] = frozenset(),
        with_nearest: FindNearest | None = None,
        known_answer: str = "",
    ) -> DraftResult:
        """Start a FAQ draft that carries the topic's wordings, on a branch where there is git.

        Args:
            topic_id: the topic.
            title: of the article.
            folder: of its collection, below the content folder.
            author: in whose name it is committed.
            taken: slugs that other articles have.
            with_nearest: finds the articles to name to the writer.
            known_answer: what agents already answered in inquiries, as Markdown.

        Raises:
            InvalidInput: there is no title, or no such topic.
            DraftError: git refused; the topic stays as it was.
        """
        if not title.strip():
            raise InvalidInput("Give the article a title.", "title")
        topic = self._get_topic(topic_id)
        topic = add_nearest(topic, with_nearest)
        draft = build_faq_draft(topic, title, folder, taken=taken, known_answer=known_answer)
        committed = None
        if self._changes.can_commit:
            committed = self._changes.start_draft(draft, author)
        place = committed.branch if committed else draft.path
        self.triage.mark_drafted(topic_id, place, author.email)
        return DraftResult(draft, committed)

    def refresh(self, *, whole: bool = False) -> None:
        """Settle visits that ended and put new failed wordings into topics; never raises.

        A list that lacks the latest is better than none, when only reading works.  Words
        alone decide, in about a second, unless ``whole``: then everything is grouped as in
        the regular job, which takes up to two minutes when everything is new.
        """
        self._search_log.catch_up()
        try:
            if whole:
                self._grouper.group()
            else:
                self._grouper.place_by_words(_PLACED_IN_A_REQUEST)
            self._note_published()
        except DatabaseError as error:
            _log.error("Topics could not be brought up to date: %s", error)

    def maintain(self) -> int:
        """The regular job: group what is new, drop what retention emptied; topics dropped.

        Raises:
            DatabaseError: the database cannot be written.
        """
        self._grouper.group()
        self._note_published()
        return self._store.delete_empty()

    def _note_published(self) -> None:
        """A topic is answered when its draft is published, by whatever way that happened."""
        drafted = self._store.list_drafted()
        if not drafted:
            return
        try:
            answers = self._answers()
        except GenerationUnavailable:
            return
        for topic_id in drafted:
            if topic_id in answers:
                self.triage.answer(topic_id, answers[topic_id], "")

    def _get_topic(self, topic_id: int) -> Topic:
        topic = self._store.find_topic(topic_id)
        if topic is None:
            raise InvalidInput("There is no such topic any more.")
        return topic


def add_nearest(topic: Topic, find: FindNearest | None) -> Topic:
    """The topic with the articles nearest to its label."""
    return topic if find is None else replace(topic, nearest=tuple(find(topic.label)))
