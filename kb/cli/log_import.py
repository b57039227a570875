"""``kb log import``: take over another system's search log."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

import click

from kb.cli.progress import ProgressLine
from kb.search_log.import_reading import read_log
from kb.search_log.import_text import LONGEST_RECORD, find_encoding
from kb.search_log.models import ImportProblem, ImportResult

_SHOWN_PROBLEMS = 20
_PROGRESS_LINES = 2_000


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of the searches in a file that does not say when they were.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def import_log(ctx: click.Context, file: Path, day: object, as_json: bool) -> None:
    """Take over the searches in FILE, a CSV export of Zendesk, Algolia, Google Analytics or your own.

    The columns are recognised by their names; time and query are enough. Encoding and
    delimiter are found out. Rows that were imported before are left out. Exit code 1 when
    rows could not be read; the others are imported.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    services = build_services(load_settings())
    now = services.clock.now()
    chosen = date.fromisoformat(f"{day:%Y-%m-%d}") if day else None
    progress = ProgressLine()
    try:
        # Replaced and not refused: a file that was cut may end within a character.
        with file.open(encoding=find_encoding(file), errors="replace", newline="") as text:
            rows = read_log(_lines(text, file.stat().st_size, progress), now, chosen)
            result = services.search_log.import_searches(rows)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from error
    finally:
        progress.clear()
    if as_json:
        click.echo(json.dumps(_result_object(result)))
    else:
        _tell(result)
    ctx.exit(1 if result.problem_count else 0)


def _lines(text: TextIO, size: int, progress: ProgressLine) -> Iterator[str]:
    """The lines of a file; one without end comes in pieces that are too long for a row."""
    number = 0
    while line := text.readline(LONGEST_RECORD + 1):
        number += 1
        if number % _PROGRESS_LINES == 0:
            progress("Importing", text.buffer.tell(), size)
        yield line
        while not line.endswith(("\n", "\r")) and len(line) > LONGEST_RECORD:
            line = text.readline(LONGEST_RECORD + 1)


def _result_object(result: ImportResult) -> dict[str, object]:
    return {
        "imported": result.imported,
        "folded": result.folded,
        "known": result.known,
        "problems": [
            {"line": p.line, "field": p.field, "message": p.message} for p in result.problems
        ],
        "problem_count": result.problem_count,
    }


def _tell(result: ImportResult) -> None:
    for problem in result.problems[:_SHOWN_PROBLEMS]:
        click.echo(_describe(problem), err=True)
    more = result.problem_count - _SHOWN_PROBLEMS
    if more > 0:
        click.echo(f"… and {more} more rows (--json lists the first thousand)", err=True)
    click.echo(
        f"{result.imported} searches imported, {result.folded} folded into another of their "
        f"visit, {result.known} known already, {result.problem_count} rows left out."
    )


def _describe(problem: ImportProblem) -> str:
    field = f" {problem.field}:" if problem.field else ""
    return f"line {problem.line}:{field} {problem.message}"
