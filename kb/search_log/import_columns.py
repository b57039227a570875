"""Which column of another system's export holds what, told by the first line alone.

Zendesk, Algolia and Google Analytics name their columns differently and mostly export
counts: one row for a text, with how often it was searched.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """What a column holds."""

    TIME = "time"
    QUERY = "query"
    RESULTS = "results"
    CLICKED = "clicked"
    VISIT = "visit"
    COUNT = "count"
    """How many searches a row stands for; one without this column."""
    CLICKS = "clicks"
    """After how many of them something was opened."""
    CLICK_RATE = "click-rate"
    NO_RESULTS = "no-results"
    """How many of them found nothing."""


NAMES: dict[Column, tuple[str, ...]] = {
    Column.TIME: (
        "time", "timestamp", "date", "day", "datetime", "date time", "date hour", "search date",
        "search timestamp", "searched at", "created at", "event timestamp", "event date",
    ),
    Column.QUERY: (
        "query", "search", "search term", "search query", "search string", "search query string",
        "search text", "query string", "query text", "keyword", "term",
    ),
    Column.RESULTS: (
        "results", "nbhits", "nb hits", "hits", "number of results", "number of hits",
        "result count", "results count", "search results", "total results",
    ),
    Column.CLICKED: (
        "clicked", "clicked url", "clicked article", "clicked article url", "clicked article title",
    ),
    Column.VISIT: (
        "visit", "visit id", "session", "session id", "user token", "usertoken", "visitor id",
        "client id", "user pseudo id",
    ),
    Column.COUNT: (
        "count", "searches", "event count", "total unique searches", "total searches",
        "number of searches", "search count",
    ),
    Column.CLICKS: (
        "clicks", "click count", "clickcount", "search result clicks", "total clicks",
        "searches with clicks",
    ),
    Column.CLICK_RATE: ("click through rate", "clickthroughrate", "clickthrough rate", "ctr"),
    Column.NO_RESULTS: (
        "searches with no results", "searches without results", "no result searches",
        "searches with no result", "noresultscount", "no results count",
    ),
}  # fmt: skip
"""The names that are recognised; case and punctuation do not matter."""

_FIELDS = {name: column for column, names in NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, by place; other columns are left alone."""

    system: str
    columns: tuple[Column | None, ...]

    def has(self, column: Column) -> bool:
        """Whether there is such a column."""
        return column in self.columns


def read_layout(names: Sequence[str], *, has_comments: bool = False) -> Layout:
    """What the columns with these names hold; of two that hold the same the first counts."""
    columns: list[Column | None] = []
    for name in names:
        column = _FIELDS.get(_plain(name))
        columns.append(None if column in columns else column)
    return Layout(_find_system({_plain(name) for name in names}, has_comments), tuple(columns))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().lower()


def _find_system(names: set[str], has_comments: bool) -> str:
    if names & {"nbhits", "nb hits", "clickthroughrate", "usertoken"}:
        return "Algolia"
    if has_comments or names & {"total unique searches", "event count"}:
        return "Google Analytics"
    if "searches" in names or names & {"tickets created", "search query string"}:
        return "Zendesk"
    return "CSV"
