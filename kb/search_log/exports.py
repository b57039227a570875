"""Tables as CSV files that a spreadsheet opens without running what customers typed."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""A cell that begins like this is run as a formula by spreadsheets."""


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV text; texts that look like formulas get an apostrophe in front."""
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(header)
    for row in rows:
        writer.writerow([guard_cell(cell) for cell in row])
    return output.getvalue()


def guard_cell(cell: object) -> object:
    """The cell, harmless in a spreadsheet; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell
