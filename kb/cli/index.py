"""``kb index``: publish what changed."""

import json

import click

from kb.cli.problems import count_severities, counted, problem_line, problem_object
from kb.cli.progress import ProgressLine
from kb.content.models import Severity


@click.command()
@click.option("--full", is_flag=True, help="Build everything anew, whether it changed or not.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def index(ctx: click.Context, full: bool, as_json: bool) -> None:
    """Publish what changed in the content.

    Exit code 1 when a file could not be published; everything else is.
    """
    from kb.bootstrap.publishing import build_publisher
    from kb.config import load_settings

    progress = ProgressLine()
    try:
        report = build_publisher(load_settings()).publish(full=full, progress=progress)
    finally:
        progress.clear()
    errors, warnings = count_severities(report.problems)
    if as_json:
        value = {
            "revision": report.revision,
            "articles": report.articles,
            "indexed": report.indexed,
            "removed": report.removed,
            "problems": [problem_object(problem) for problem in report.problems],
            "seconds": report.seconds,
            "generation": report.generation,
            "kept": list(report.kept),
        }
        click.echo(json.dumps(value))
    else:
        for problem in report.problems:
            if problem.severity is Severity.ERROR:
                click.echo(problem_line(problem), err=True)
        done = (
            f"{report.indexed} changed, {report.removed} removed"
            if report.changed
            else "nothing changed"
        )
        click.echo(
            f"Published {counted(report.articles, 'article')} ({done}) in {report.seconds:.1f} s."
        )
        if report.kept:
            click.echo(
                f"{counted(len(report.kept), 'broken file')} served in the last good version."
            )
        if errors or warnings:
            click.echo(
                f"{counted(errors, 'error')}, {counted(warnings, 'warning')}: `kb check` lists them."
            )
    ctx.exit(1 if errors else 0)
