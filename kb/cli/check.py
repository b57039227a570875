"""``kb check``: the problems in the content, for editors and their CI."""

import json

import click

from kb.cli.problems import count_severities, counted, problem_line, problem_object
from kb.cli.progress import ProgressLine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@click.option("--no-regression", is_flag=True, help="Leave the regression queries out.")
@click.pass_context
def check(ctx: click.Context, as_json: bool, strict: bool, no_regression: bool) -> None:
    """List the problems in the content, with file and line. Publishes nothing.

    Articles must be found for their regression queries, in an index that is built aside.
    """
    from kb.bootstrap.publishing import build_publisher
    from kb.bootstrap.regression import build_content_check
    from kb.config import load_settings

    settings, progress = load_settings(), ProgressLine()
    try:
        content_check = build_content_check(settings, build_publisher(settings))
        result = content_check.run(progress, regression=not no_regression)
    finally:
        progress.clear()
    problems = result.problems
    errors, warnings = count_severities(problems)
    if result.report is not None:
        report = result.report
        how = "by words and meaning" if report.mode == "hybrid" else "by words alone"
        click.echo(
            f"{report.passed} of {counted(len(report.ranks), 'regression query', 'regression queries')} "
            f"hold, searched {how}.",
            err=True,
        )
    if as_json:
        click.echo(json.dumps([problem_object(problem) for problem in problems]))
    else:
        for problem in problems:
            click.echo(problem_line(problem))
        click.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}.", err=True)
    ctx.exit(1 if errors or (strict and warnings) else 0)
