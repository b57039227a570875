"""``kb log export`` and ``kb log erase``: the search log of a range of days, out or away."""

import json
from collections.abc import Iterator
from dataclasses import astuple, fields
from datetime import date, datetime

import click

from kb.search_log.exports import iterate_csv
from kb.search_log.models import ExportedSearch

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.option("--since", type=_DAY, required=True, help="First day, such as 2026-01-01.")
@click.option("--until", type=_DAY, required=True, help="Last day; included.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
def export_log(since: datetime, until: datetime, form: str) -> None:
    """Print all searches of the days from SINCE to UNTIL (in UTC), without personal data."""
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    _check_order(since, until)
    log = build_services(load_settings()).search_log
    log.catch_up()
    searches = log.export(since.date(), until.date())
    lines = _as_csv(searches) if form == "csv" else _as_json(searches)
    for line in lines:
        click.echo(line, nl=False)


@click.command("erase")
@click.option("--since", type=_DAY, required=True, help="First day, such as 2026-01-01.")
@click.option("--until", type=_DAY, required=True, help="Last day; included.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def erase_log(since: datetime, until: datetime, yes: bool, as_json: bool) -> None:
    """Delete what was recorded on the days from SINCE to UNTIL (in UTC), counts and votes included."""
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    _check_order(since, until)
    services = build_services(load_settings())
    first, last = since.date(), until.date()
    if not yes:
        click.confirm(
            f"Delete everything recorded from {first} to {last}? This cannot be undone",
            abort=True,
            err=True,
        )
    erased = services.search_log.erase(first, last)
    dropped = services.content_gaps.maintain()
    services.search_log.flush()
    if as_json:
        click.echo(json.dumps({"erased_searches": erased, "dropped_topics": dropped}))
    else:
        click.echo(
            f"{erased} searches erased, {dropped} empty topics dropped. Backups still have them."
        )


def _check_order(since: date, until: date) -> None:
    if since > until:
        raise click.UsageError("--since lies after --until")


def _as_csv(searches: Iterator[ExportedSearch]) -> Iterator[str]:
    header = [field.name for field in fields(ExportedSearch)]
    return iterate_csv(header, (_cells(search) for search in searches))


def _cells(search: ExportedSearch) -> list[object]:
    values = (value for value in astuple(search))
    return [value.isoformat() if isinstance(value, datetime) else value for value in values]


def _as_json(searches: Iterator[ExportedSearch]) -> Iterator[str]:
    names = [field.name for field in fields(ExportedSearch)]
    yield "["
    for number, search in enumerate(searches):
        value = dict(zip(names, _cells(search), strict=True))
        yield ("," if number else "") + "\n" + json.dumps(value, ensure_ascii=False)
    yield "\n]\n"
