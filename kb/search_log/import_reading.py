"""The rows of another system's search log as searches, or with what is wrong with them."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from kb.search_log.import_columns import Column, Layout, read_layout
from kb.search_log.import_text import Record, find_delimiter, read_records
from kb.search_log.models import ImportedSearch, ImportProblem
from kb.text import clean_query_text, slugify

MOST_SEARCHES = 100_000
"""Searches that one row may stand for."""

_MOST_COMMENTS = 50
_NOTHING = ("", "0", "no", "false", "n", "-")
_SOMETHING = ("1", "yes", "true", "y")
_NO_QUERIES = ("(not set)", "(other)")
"""What Google Analytics writes where it knows no text."""
_NUMBER = re.compile(r"\d{1,3}(?:[,. ]\d{3})+|\d{1,9}")
_DATE_IN_COMMENT = re.compile(r"\b(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])\b")

Row = Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class _File:
    layout: Layout
    now: datetime
    day: date | None
    """For rows without a time."""

    @property
    def is_analytics(self) -> bool:
        return self.layout.system == "Google Analytics"


def read_log(
    lines: Iterable[str], now: datetime, day: date | None = None
) -> Iterator[ImportedSearch | ImportProblem]:
    """The searches of a file in order, each read or with what is wrong with its row.

    Args:
        lines: of the file, with their ends.
        now: what lies more than a day later is not believed.
        day: of the searches when the file does not say; the last day that is named above
            the table if omitted.
    """
    source = iter(lines)
    comments, header = _read_head(source)
    delimiter = find_delimiter(header)
    first = next(read_records([header], delimiter, 1), Record(1))
    layout = read_layout(first.values, has_comments=bool(comments))
    file = _File(layout, now, day or _find_day(comments))
    line = len(comments) + 1
    missing = _find_missing(file)
    if missing is not None:
        yield replace(missing, line=line)
        return
    table = _first_table(source) if file.is_analytics else source
    for record in read_records(table, delimiter, line + 1):
        yield from _read_record(record, file)


def _read_head(source: Iterator[str]) -> tuple[list[str], str]:
    comments: list[str] = []
    for line in itertools.islice(source, _MOST_COMMENTS):
        if line.strip() and not line.startswith("#"):
            return comments, line
        comments.append(line)
    return comments, ""


def _first_table(source: Iterator[str]) -> Iterator[str]:
    # A second table follows an empty line: visits by day, say.
    return itertools.takewhile(lambda line: line.strip(), source)


def _find_day(comments: list[str]) -> date | None:
    found = [date(*map(int, match)) for c in comments for match in _DATE_IN_COMMENT.findall(c)]
    return max(found, default=None)


def _find_missing(file: _File) -> ImportProblem | None:
    has = file.layout.has
    if not has(Column.TIME) and (file.day is None or not has(Column.QUERY)):
        return ImportProblem(1, "time", "the first line names no column `time`")
    if not has(Column.QUERY):
        return ImportProblem(1, "query", "the first line names no column `query`")
    return None


def _read_record(record: Record, file: _File) -> Iterator[ImportedSearch | ImportProblem]:
    if record.problem:
        yield ImportProblem(record.line, "", record.problem)
        return
    expected = len(file.layout.columns)
    if not record.is_ended and len(record.values) < expected:
        yield ImportProblem(
            record.line,
            "",
            f"the file ends in the middle of this row ({len(record.values)} of {expected} columns)",
        )
        return
    row = {c: v for c, v in zip(file.layout.columns, record.values, strict=False) if c is not None}
    query = clean_query_text(row.get(Column.QUERY, ""))
    if file.is_analytics and (not query or query in _NO_QUERIES):
        return  # a row of totals, or of what was not told
    try:
        yield from _read_row(record.line, query, row, file)
    except _BadField as error:
        yield ImportProblem(record.line, error.column, str(error))


class _BadField(ValueError):
    def __init__(self, column: Column, message: str) -> None:
        super().__init__(message)
        self.column = column


def _read_row(line: int, query: str, row: Row, file: _File) -> Iterator[ImportedSearch]:
    at = _read_time(row.get(Column.TIME, ""), file)
    if not query:
        raise _BadField(Column.QUERY, "is empty")
    search = ImportedSearch(
        line=line,
        at=at,
        query=query,
        total=_read_number(row, Column.RESULTS),
        clicked=_read_clicked(row.get(Column.CLICKED, "")),
        visit=row.get(Column.VISIT, "").strip(),
    )
    count = _read_number(row, Column.COUNT)
    if count is None:
        yield search
        return
    if count > MOST_SEARCHES:
        raise _BadField(Column.COUNT, f"{count} is more than {MOST_SEARCHES} searches in one row")
    yield from _read_counted(search, count, row)


def _read_counted(search: ImportedSearch, count: int, row: Row) -> Iterator[ImportedSearch]:
    """As many searches as a row counts: first those with a click, last those without results."""
    empty = min(count, _read_number(row, Column.NO_RESULTS) or 0)
    clicks = _read_number(row, Column.CLICKS)
    if clicks is None:
        clicks = round(_read_share(row.get(Column.CLICK_RATE, "")) * count)
    for number in range(count):
        total = 0 if number >= count - empty else search.total
        is_clicked = number < clicks and total != 0
        yield replace(search, total=total, clicked="" if is_clicked else None, visit="")


def _read_number(row: Row, column: Column) -> int | None:
    text = row.get(column, "").strip()
    if not text:
        return None
    whole = text.removesuffix(".0")
    if not (text.isascii() and _NUMBER.fullmatch(whole)):
        raise _BadField(column, f"{text[:40]!r} is not a whole number")
    return int(re.sub(r"\D", "", whole))


def _read_share(text: str) -> float:
    text = text.strip()
    try:
        share = float(text.rstrip("% ").replace(",", ".") or 0)
    except ValueError:
        raise _BadField(Column.CLICK_RATE, f"{text[:40]!r} is not a share") from None
    share = share / 100 if text.endswith("%") else share
    if not 0 <= share <= 1:
        raise _BadField(Column.CLICK_RATE, f"{text[:40]!r} is not a share")
    return share


def _read_time(text: str, file: _File) -> datetime:
    text = text.strip()
    noon = datetime.combine(file.day, time(12), UTC) if file.day else None
    at = noon if noon and not text else _parse_time(text)
    if at > file.now + timedelta(days=1):
        raise _BadField(Column.TIME, f"{text[:40]!r} lies in the future")
    if at.year < 1990:
        raise _BadField(Column.TIME, f"{text[:40]!r} lies before there were help centers")
    return at


def _parse_time(text: str) -> datetime:
    try:
        if re.fullmatch(r"\d{13}|\d{10}", text) and not text.startswith(("19", "20")):
            seconds = int(text) / (1_000 if len(text) == 13 else 1)
            return datetime.fromtimestamp(seconds, UTC)
        if re.fullmatch(r"20\d{8}", text):  # day and hour, as Google Analytics writes them
            return datetime.strptime(text, "%Y%m%d%H").replace(tzinfo=UTC)
        iso = re.sub(r" UTC\Z", "+00:00", text.replace("/", "-"))
        at = datetime.fromisoformat(iso)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        pass  # one more way to write it is tried before giving up
    for form in ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise _BadField(Column.TIME, f"{text[:40]!r} is not a time such as 2026-01-31T13:45:00Z")


def _read_clicked(text: str) -> str | None:
    """None when nothing was opened, a slug, or "" when only that something was is known."""
    text = text.strip()
    if text.lower() in _NOTHING:
        return None
    if text.lower() in _SOMETHING:
        return ""
    try:
        path = urlsplit(text).path
    except ValueError:
        return ""
    last = path.rstrip("/").rpartition("/")[2]
    return slugify(last.removesuffix(".md"))[:200]
