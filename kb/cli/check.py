"""``kb check``: the problems in the content, for editors and their CI."""

import json

import click

from kb.cli.problems import count_severities, counted, problem_line, problem_object
from kb.cli.progress import ProgressLine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.pass_context
def check(ctx: click.Context, as_json: bool, strict: bool) -> None:
    """List the problems in the content, with file and line. Publishes nothing."""
    from kb.bootstrap.publishing import build_publisher
    from kb.config import load_settings

    progress = ProgressLine()
    try:
        problems = build_publisher(load_settings()).check(progress)
    finally:
        progress.clear()
    errors, warnings = count_severities(problems)
    if as_json:
        click.echo(json.dumps([problem_object(problem) for problem in problems]))
    else:
        for problem in problems:
            click.echo(problem_line(problem))
        click.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}.", err=True)
    ctx.exit(1 if errors or (strict and warnings) else 0)
