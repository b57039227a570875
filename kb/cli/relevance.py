"""``kb relevance``: do regression queries hold, since when, and what would a change do to them?"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TextIO

import click

from kb.cli.problems import counted
from kb.cli.unanswered import parse_since
from kb.relevance.exports import effect_object, failing_object, parse_change, run_object
from kb.relevance.models import FailingQuery, RankChange, RegressionEffect, RegressionRun
from kb.relevance.service import RegressionService


@click.group(invoke_without_command=True)
@click.option(
    "--since",
    callback=parse_since,
    default="90d",
    show_default=True,
    help="How far back: 30d, 4w or a day such as 2026-01-31.",
)
@click.option("--json", "as_json", is_flag=True, help="Print runs and failing questions as JSON.")
@click.pass_context
def relevance(ctx: click.Context, since: int | date, as_json: bool) -> None:
    """Tell how many regression queries held at each publish, and which fail now.

    Exit code 1 when some fail.
    """
    if ctx.invoked_subcommand is not None:
        return
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    services = build_services(load_settings())
    if isinstance(since, int):
        since = services.clock.now().date() - timedelta(days=since)
    runs = services.relevance.list_runs(since)
    failing = _list_failing(services.relevance)
    if as_json:
        value = {
            "runs": [run_object(run) for run in reversed(runs)],
            "failing": [failing_object(found) for found in failing],
        }
        click.echo(json.dumps(value))
    else:
        _tell(runs, failing)
    ctx.exit(1 if failing else 0)


@relevance.command("try")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--json", "as_json", is_flag=True, help="Print the effect as JSON.")
@click.pass_context
def try_change(ctx: click.Context, file: TextIO, as_json: bool) -> None:
    """Tell what a change of the content would do to what is found, without saving it.

    FILE (- is standard input) is a JSON object: `overlay` has the new text of each changed
    file by its path below the content folder, null removes it; `queries` lists questions with
    the slug of the article each should find. Exit code 0 whatever the effect is.
    """
    from kb.bootstrap.regression import build_trial_runner
    from kb.config import load_settings

    effect = build_trial_runner(load_settings()).run(parse_change(file.read()))
    if as_json:
        click.echo(json.dumps(effect_object(effect)))
    else:
        _tell_effect(effect)


def _list_failing(service: RegressionService) -> Sequence[FailingQuery]:
    last = service.find_last_run()
    return service.list_failing(last) if last is not None else ()


def _tell(runs: Sequence[RegressionRun], failing: Sequence[FailingQuery]) -> None:
    if not runs:
        click.echo("No publish has asked regression queries in this time.")
    for run in reversed(runs):
        share = "" if run.share is None else f" ({run.share:.0%} within the first {run.within})"
        refused = "  refused" if run.is_refused else ""
        click.echo(
            f"{run.run_at:%Y-%m-%d %H:%M}  {run.revision[:12]:12}  {run.passed} of {run.queries} hold"
            f"{share}, mean reciprocal rank {run.mean_reciprocal_rank:.2f}{refused}"
        )
    for found in failing:
        held = (
            f"place {found.held_rank} on {found.held_at:%Y-%m-%d}"
            if found.held_at
            else "never held"
        )
        first = ", ".join(article.slug for article in found.first) or "nothing"
        click.echo(
            f"FAILS  {found.text!r} -> {found.slug}: {_place(found.rank)} (before: {held}); "
            f"first: {first}"
        )


def _tell_effect(effect: RegressionEffect) -> None:
    for problem in effect.problems:
        click.echo(f"error {problem}")
    for change in effect.wordings:
        click.echo(_line(change))
    moved = [change for change in effect.regression if change.before != change.after]
    for change in moved:
        click.echo(_line(change))
    click.echo(
        f"{counted(len(effect.regression), 'regression query', 'regression queries')} asked, "
        f"{len(moved)} moved, {len(effect.lost)} lost, {effect.skipped} not asked for lack of time."
    )


def _line(change: RankChange) -> str:
    lost = "  LOST" if change.is_lost else ""
    return (
        f"{change.text!r} -> {change.slug}: {_place(change.before)} -> {_place(change.after)}{lost}"
    )


def _place(rank: int | None) -> str:
    return "not found" if rank is None else f"place {rank}"
