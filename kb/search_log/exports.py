"""Tables as CSV files that a spreadsheet opens without running what customers typed."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""A cell that begins like this is run as a formula by spreadsheets."""


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV text; texts that look like formulas get an apostrophe in front."""
    return "".join(iterate_csv(header, rows))


def iterate_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of ``write_csv`` one by one, for tables that are too long for the memory."""
    for row in itertools.chain([header], rows):
        output = io.StringIO()
        csv.writer(output).writerow([guard_cell(cell) for cell in row])
        yield output.getvalue()


def guard_cell(cell: object) -> object:
    """The cell, harmless in a spreadsheet; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell
