"""Takes over another system's search log, so that the first day is not empty.

The file is CSV with the columns ``time`` and ``query`` and, where the other system has
them, ``results``, ``clicked`` and ``visit``.  A row that cannot be read is reported and
the others are taken over.  Rows are known by their time and redacted text, so that the
same file, or a longer one, can be imported again.
"""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from kb.search.models import SearchOutcome, SearchPage, Stage
from kb.search_log.models import ImportedSearch, ImportProblem, ImportResult, Opening, Source
from kb.search_log.outcomes import RULES
from kb.search_log.recording import VisitRecorder
from kb.search_log.store import SearchLogStore
from kb.text import clean_query_text, slugify

BATCH = 500
"""Rows written at once: long enough to be quick, short enough that no customer waits."""

_DELIMITERS = ",;\t|"
_NOTHING = ("", "0", "no", "false", "n", "-")
_SOMETHING = ("1", "yes", "true", "y")


def read_log(lines: Iterable[str], now: datetime) -> Iterator[ImportedSearch | ImportProblem]:
    """The rows of a CSV file in order, each read or with what is wrong with it."""
    iterator = iter(lines)
    header = next(iterator, "")
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    missing = [name for name in ("time", "query") if name not in names]
    if missing:
        yield ImportProblem(1, missing[0], f"the first line names no column `{missing[0]}`")
        return
    reader = csv.reader(iterator, delimiter=delimiter)
    while True:
        line = reader.line_num + 2
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield ImportProblem(line, "", f"not CSV: {error}")
            continue
        if any(value.strip() for value in values):
            yield _read_row(line, dict(zip(names, values, strict=False)), now)


def _read_row(line: int, row: Mapping[str, str], now: datetime) -> ImportedSearch | ImportProblem:
    try:
        at = _parse_time(row.get("time", ""), now)
    except ValueError as error:
        return ImportProblem(line, "time", str(error))
    query = clean_query_text(row.get("query", ""))
    if not query:
        return ImportProblem(line, "query", "is empty")
    results = row.get("results", "").strip()
    if results and not (results.isascii() and results.isdigit() and len(results) < 10):
        return ImportProblem(line, "results", f"{results[:40]!r} is not a whole number")
    return ImportedSearch(
        line=line,
        at=at,
        query=query,
        total=int(results) if results else None,
        clicked=_parse_clicked(row.get("clicked", "")),
        visit=row.get("visit", "").strip(),
    )


def _parse_time(text: str, now: datetime) -> datetime:
    text = text.strip()
    try:
        at = datetime.fromisoformat(re.sub(r" UTC\Z", "+00:00", text))
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a time such as 2026-01-31T13:45:00Z") from None
    if at > now + timedelta(days=1):
        raise ValueError(f"{text[:40]!r} lies in the future")
    if at.year < 1990:
        raise ValueError(f"{text[:40]!r} lies before there were help centers")
    return at


def _parse_clicked(text: str) -> str | None:
    """None when nothing was opened, a slug, or "" when only that something was is known."""
    text = text.strip()
    if text.lower() in _NOTHING:
        return None
    if text.lower() in _SOMETHING:
        return ""
    last = urlsplit(text).path.rstrip("/").rpartition("/")[2]
    return slugify(last.removesuffix(".md"))[:200]


class LogImporter:
    """Adds rows of another log to this one, as searches of visits that are over."""

    def __init__(self, store: SearchLogStore, recorder: VisitRecorder, pause: timedelta) -> None:
        self._store = store
        self._recorder = recorder
        self._pause = pause
        self._visits: dict[str, tuple[int, datetime]] = {}
        self._seen: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    def run(self, rows: Iterable[ImportedSearch | ImportProblem]) -> ImportResult:
        """Import what can be imported.

        Raises:
            DatabaseError: the rows up to the last full batch are kept; import again.
        """
        problems: list[ImportProblem] = []
        batch: list[ImportedSearch] = []
        for row in rows:
            if isinstance(row, ImportProblem):
                problems.append(row)
                continue
            batch.append(row)
            if len(batch) == BATCH:
                self._write(batch)
                batch = []
        self._write(batch)
        return ImportResult(
            imported=self._counts["imported"],
            folded=self._counts["folded"],
            known=self._counts["known"],
            problems=tuple(problems),
        )

    def _write(self, batch: Sequence[ImportedSearch]) -> None:
        with self._store.transaction():
            touched = {visit_id for row in batch if (visit_id := self._add(row)) is not None}
            for visit_id in touched:
                # A visit that goes on in the next batch is settled there once more.
                self._recorder.settle(visit_id, is_over=True)
            self._store.close_visits(sorted(touched), RULES)

    def _add(self, row: ImportedSearch) -> int | None:
        page = SearchPage(
            query=row.query, searched=row.query, correction=None, stage=Stage.ANY_WORDS,
            outcome=SearchOutcome.CONFIDENT, confidence=0.0, total=row.total or 0, hits=(),
            offset=0, mode="import", degraded=False, took_ms=0.0,
        )  # fmt: skip
        search = self._recorder.build_search(page, row.at, Source.IMPORT, "")
        search = replace(search, total=row.total, shown=(row.clicked,) if row.clicked else ())
        key = self._key(row.at, search.text)
        known = self._store.find_imported(key)
        if known is not None:
            self._counts["known"] += 1
            self._remember(row, known)
            return None
        visit_id = self._visit_of(row)
        is_new = self._recorder.add_or_fold(replace(search, visit_id=visit_id), first_page=True)
        self._store.add_import_key(key, visit_id)
        self._store.touch_visit(visit_id, row.at)
        self._counts["imported" if is_new else "folded"] += 1
        if row.clicked is not None:
            self._open(visit_id, row)
        return visit_id

    def _open(self, visit_id: int, row: ImportedSearch) -> None:
        search = self._store.list_searches(visit_id)[-1]
        self._store.update_search(replace(search, opened=True))
        self._store.set_opening(
            Opening(visit_id, search.id, row.at, row.clicked or "", None, is_hit=True)
        )
        if row.clicked:
            self._store.count_opening(row.at.date(), row.clicked)

    def _visit_of(self, row: ImportedSearch) -> int:
        visit_id, last = self._visits.get(row.visit, (0, row.at))
        if not row.visit or not visit_id or abs(row.at - last) > self._pause:
            visit_id = self._store.add_visit(None, row.at).id
        self._remember(row, visit_id)
        return visit_id

    def _remember(self, row: ImportedSearch, visit_id: int) -> None:
        # The other system's value may be an address or a name: it is used to group
        # the rows of this run and never stored.
        if row.visit:
            self._visits[row.visit] = (visit_id, row.at)

    def _key(self, at: datetime, text: str) -> str:
        plain = f"{at.isoformat()} {text}"
        self._seen[plain] += 1
        return hashlib.sha256(f"{plain} {self._seen[plain]}".encode()).hexdigest()[:32]
