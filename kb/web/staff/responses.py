"""Files that the staff area hands out."""

from collections.abc import Iterable, Sequence

from flask import Response, request

from kb.search_log.exports import write_csv
from kb.web.services import services


def wants_csv() -> bool:
    """Whether the address asks for the list as a file for spreadsheets."""
    return request.args.get("format") == "csv"


def download_list(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a CSV file whose name tells what it lists and on which day."""
    today = services().clock.now().date()
    return download(f"{name}-{today}.csv", write_csv(header, rows), "text/csv")


def download(name: str, text: str, media_type: str) -> Response:
    """``text`` as a file that the browser saves as ``name`` (plain ASCII)."""
    response = Response(text, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
