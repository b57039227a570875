"""What the feature needs from the database."""

from datetime import datetime
from typing import Protocol

from kb.page_reports.models import PageReport


class PageReportStore(Protocol):
    """Keeps reports until they are done."""

    def add(self, slug: str, text: str, reported_at: datetime, revision: str) -> None:
        """Keep a report; one with the same text about the same page is kept once."""
        ...

    def list_newest(self, limit: int) -> list[PageReport]:
        """Reports that are not done, newest first."""
        ...

    def count(self) -> int:
        """How many are not done."""
        ...

    def remove(self, report_id: int) -> None:
        """The report is done; it need not exist."""
        ...
