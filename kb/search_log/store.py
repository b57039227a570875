"""What the search log needs from the database."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from kb.search_log.models import (
    DayCount,
    ExportedSearch,
    LearnedWording,
    Lesson,
    Opening,
    RecordedSearch,
    TopArticle,
    TopSearch,
    UnhelpfulArticle,
    Visit,
    Vote,
    VoteReason,
)


class SearchLogStore(Protocol):
    """Keeps visits and what happened in them. Every method may raise DatabaseError.

    The methods of the first part belong inside ``transaction()``: what they read must
    still be true when they write.
    """

    def transaction(self) -> AbstractContextManager[object]:
        """All or nothing, and alone: other writers wait."""
        ...

    def find_visit(
        self, token: str, *, started_after: datetime, active_after: datetime
    ) -> Visit | None:
        """The visit with this token if it has not ended."""
        ...

    def add_visit(self, token: str | None, at: datetime) -> Visit:
        """A new visit; without a token nothing can be added to it later by a browser."""
        ...

    def touch_visit(self, visit_id: int, at: datetime) -> None:
        """The visit goes on."""
        ...

    def list_ended_visits(
        self, inactive_since: datetime, not_after: datetime, limit: int
    ) -> list[int]:
        """Visits that ended and are not closed yet; also those with events after ``not_after``."""
        ...

    def list_outdated_visits(self, rules: int, limit: int) -> list[int]:
        """Closed visits that were decided by rules older than these."""
        ...

    def close_visits(self, visit_ids: Sequence[int], rules: int) -> None:
        """Forget the tokens of visits that are over; they were decided by these rules."""
        ...

    def is_flood(self, visit_id: int) -> bool:
        """Whether the visit belongs to a flood."""
        ...

    def mark_flood(self, visit_ids: Sequence[int]) -> None:
        """Take the searches of these visits out of what failed: nobody asked them."""
        ...

    def find_visits(self, tokens: Sequence[str]) -> list[int]:
        """The visits with these tokens."""
        ...

    def count_left_out(self, day: date) -> None:
        """Count a search that is not kept, because it is one of very many."""
        ...

    def list_searches(self, visit_id: int) -> list[RecordedSearch]:
        """The searches of a visit, the one touched last at the end."""
        ...

    def list_openings(self, visit_id: int) -> list[Opening]:
        """What was opened in a visit, in order."""
        ...

    def add_search(self, search: RecordedSearch) -> int:
        """Keep a new search; the id it got."""
        ...

    def update_search(self, search: RecordedSearch) -> None:
        """Replace the search with this id."""
        ...

    def next_import_run(self) -> int:
        """A number that no import had before."""
        ...

    def find_imported(self, import_key: str) -> tuple[int, int] | None:
        """The visit of the row that an import brought under this key, and the run that met it."""
        ...

    def add_import_key(self, import_key: str, visit_id: int, run: int) -> None:
        """Remember a row of an import, so that importing it again adds nothing."""
        ...

    def set_import_run(self, import_key: str, run: int) -> None:
        """An import has met this row again."""
        ...

    def add_opening(self, opening: Opening) -> None:
        """Keep the first opening of a search that is new."""
        ...

    def set_opening(self, opening: Opening) -> None:
        """Keep what was opened in a visit; the same from the same search only once."""
        ...

    def count_opening(self, day: date, slug: str) -> None:
        """Count an opening, with or without a visit, for what is popular."""
        ...

    def set_vote(self, vote: Vote) -> None:
        """Keep a vote; the later vote of a visit on an article replaces the earlier."""
        ...

    def set_vote_reason(
        self, visit_id: int | None, slug: str, reason: VoteReason, since: datetime
    ) -> None:
        """Add why to the "no" of a visit, or to the latest one without a visit or reason."""
        ...

    def delete_searches(self, before: date, limit: int) -> int:
        """Turn the oldest searches before a day into daily counts; how many they were."""
        ...

    def erase_searches(self, since: date, until: date, limit: int) -> int:
        """Delete searches of these days without counting them; how many they were."""
        ...

    def erase_counts(self, since: date, until: date) -> None:
        """Delete the counts and votes of these days."""
        ...

    def flush(self) -> None:
        """Leave nothing of what was deleted in any file. Not in a transaction."""
        ...

    def list_exported(
        self, since: date, until: date, after_id: int, limit: int
    ) -> list[tuple[int, ExportedSearch]]:
        """Searches of these days by id, from the one after ``after_id``."""
        ...

    def delete_orphans(self, before: date) -> None:
        """Delete visits, openings, wordings and import keys that nothing refers to any more."""
        ...

    def keep_day_counts(self, before: date, most: int) -> int:
        """Count days before this one that changed since they were counted last; how many.

        Counting them again is only quicker for it, never another figure.
        """
        ...

    def count_days(self, since: date, until: date) -> list[DayCount]:
        """The counts of every day that has searches, both ends included."""
        ...

    def sum_left_out(self, since: date, until: date) -> int:
        """How many searches ``count_left_out`` counted, both days included."""
        ...

    def list_top_searches(
        self, since: date, until: date, limit: int, *, failed_only: bool = False
    ) -> list[TopSearch]:
        """The most frequent wordings, or those that failed most often."""
        ...

    def list_top_opened(self, since: date, until: date, limit: int) -> list[TopArticle]:
        """The articles opened most."""
        ...

    def list_unhelpful(self, since: date, until: date, limit: int) -> list[UnhelpfulArticle]:
        """The articles voted unhelpful most often, with the reasons that were given."""
        ...

    def list_popular(self, since: date, limit: int) -> list[str]:
        """Slugs of the articles opened most since a day."""
        ...


class WordingStore(Protocol):
    """Keeps the counts of wordings, in the same transactions as the log.

    Every method may raise DatabaseError.
    """

    def list_unlearned_visits(self, limit: int) -> list[int]:
        """Visits that are over and not counted yet, the oldest first."""
        ...

    def mark_learned(self, visit_ids: Sequence[int]) -> None:
        """Count these visits never again."""
        ...

    def add_lessons(self, lessons: Sequence[Lesson]) -> None:
        """Count what visits taught."""
        ...

    def fade_wordings(self, visits: int) -> None:
        """Halve the counts of every wording that so many visits searched."""
        ...

    def drop_rare_wordings(self, before: date, visits: int) -> None:
        """Delete counts below so many visits that no visit since a day has added to."""
        ...

    def erase_wordings(self, since: date, until: date, visits: int) -> None:
        """Delete counts below so many visits, the last of them in these days."""
        ...

    def list_learned(self, slug: str) -> list[LearnedWording]:
        """What was learned, by article and most visits first; "" means of all articles."""
        ...

    def remove_learned(self, slug: str, wording: str) -> bool:
        """Never use this wording for this article; False when it was not learned for it."""
        ...
