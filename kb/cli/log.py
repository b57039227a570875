"""``kb log``: take over another system's search log, and keep this one in order."""

import json
from pathlib import Path

import click

from kb.search_log.imports import read_log
from kb.search_log.models import ImportProblem, ImportResult, LearnedWording

_SHOWN_PROBLEMS = 20


@click.group()
def log() -> None:
    """Import and maintain the search log."""


@log.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def import_log(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Take over the searches in FILE, a CSV with the columns time and query.

    Further columns are used when they are there: results (number of hits), clicked (slug
    or address of the article, or yes), visit (any value that one visitor's rows share;
    it is not stored). Rows that were imported before are left out. Exit code 1 when rows
    could not be read; the others are imported.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    services = build_services(load_settings())
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            result = services.search_log.import_searches(read_log(lines, services.clock.now()))
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{file} is not UTF-8 ({error.reason}): save it as UTF-8 and import it again. "
            "Rows that were imported already are left out then."
        ) from error
    if as_json:
        click.echo(json.dumps(_result_object(result)))
    else:
        _tell(result)
    ctx.exit(1 if result.problems else 0)


@log.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def maintain(as_json: bool) -> None:
    """Decide the searches of visits that ended, learn from them, and delete what is too old.

    `kb serve` does so by itself; call it from a timer where another server runs the site.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    services = build_services(load_settings())
    done = services.search_log.maintain()
    dropped = services.content_gaps.maintain()
    reopened = services.topic_effects.reopen_failing()
    if as_json:
        value = {
            "settled_visits": done.settled_visits,
            "deleted_searches": done.deleted_searches,
            "dropped_topics": dropped,
            "reopened_topics": reopened,
            "learned_visits": done.learned_visits,
        }
        click.echo(json.dumps(value))
    else:
        click.echo(
            f"{done.settled_visits} visits settled, {done.learned_visits} learned from, "
            f"{done.deleted_searches} searches deleted, {dropped} empty topics dropped, "
            f"{len(reopened)} answered topics reopened."
        )


@log.command()
@click.argument("article", default="")
@click.option("--remove", metavar="TEXT", default="", help="Never use this wording for ARTICLE.")
@click.option("--json", "as_json", is_flag=True, help="Print the wordings as JSON.")
def wordings(article: str, remove: str, as_json: bool) -> None:
    """List wordings that were learned from customers, of one ARTICLE (its slug) or of all.

    They are indexed with the article at the next publish. `--remove` takes one out for good.
    """
    from kb.bootstrap.services import build_services
    from kb.config import load_settings

    if remove and not article:
        raise click.UsageError("--remove needs the ARTICLE that the wording was learned for")
    learner = build_services(load_settings()).search_log.learner
    if remove and not learner.remove(article, remove):
        raise click.ClickException(
            f"{remove!r} was not learned for {article!r}: `kb log wordings {article}` lists what was."
        )
    if as_json:
        click.echo(
            json.dumps([_wording_object(wording) for wording in learner.list_learned(article)])
        )
    elif remove:
        click.echo(f"{remove!r} is removed; `kb index` takes it out of the search.")
    else:
        for found in learner.list_learned(article):
            click.echo(f"{found.slug}: {found.wording} ({found.visits} of {found.asked} visits)")


def _wording_object(wording: LearnedWording) -> dict[str, object]:
    return {
        "article": wording.slug,
        "wording": wording.wording,
        "visits": wording.visits,
        "asked": wording.asked,
        "first": wording.first.isoformat(),
        "last": wording.last.isoformat(),
    }


def _result_object(result: ImportResult) -> dict[str, object]:
    return {
        "imported": result.imported,
        "folded": result.folded,
        "known": result.known,
        "problems": [
            {"line": p.line, "field": p.field, "message": p.message} for p in result.problems
        ],
    }


def _tell(result: ImportResult) -> None:
    for problem in result.problems[:_SHOWN_PROBLEMS]:
        click.echo(_describe(problem), err=True)
    more = len(result.problems) - _SHOWN_PROBLEMS
    if more > 0:
        click.echo(f"… and {more} more rows (--json lists all)", err=True)
    click.echo(
        f"{result.imported} searches imported, {result.folded} folded into another of their "
        f"visit, {result.known} known already, {len(result.problems)} rows left out."
    )


def _describe(problem: ImportProblem) -> str:
    field = f" {problem.field}:" if problem.field else ""
    return f"line {problem.line}:{field} {problem.message}"
