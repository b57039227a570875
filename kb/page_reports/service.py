"""Reports of customers about pages: taken in without a name, gone when they are done."""

from collections.abc import Callable

from kb.clock import Clock
from kb.page_reports.models import MAX_TEXT, PageReport
from kb.page_reports.store import PageReportStore

SHOWN = 200


class PageReportService:
    """Takes reports and lists them for staff."""

    def __init__(self, store: PageReportStore, clock: Clock, redact: Callable[[str], str]) -> None:
        """``redact`` takes out what looks like personal data: nobody needs it to mend a page."""
        self._store = store
        self._clock = clock
        self._redact = redact

    def record_report(self, slug: str, text: str, revision: str) -> bool:
        """Keep what is wrong with an article; False when the text says nothing.

        Raises:
            DatabaseError: it could not be kept.
        """
        cleaned = self._redact(" ".join(text.split())[:MAX_TEXT]).strip()
        if cleaned:
            self._store.add(slug, cleaned, self._clock.now(), revision)
        return bool(cleaned)

    def list_open(self) -> list[PageReport]:
        """Reports that nobody has dealt with, newest first."""
        return self._store.list_newest(SHOWN)

    def count_open(self) -> int:
        """How many there are, for the overview."""
        return self._store.count()

    def finish(self, report_id: int) -> None:
        """Somebody has dealt with it: it is deleted."""
        self._store.remove(report_id)
