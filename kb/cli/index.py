"""``kb index``: publish what changed."""

import json
from dataclasses import dataclass

import click

from kb.cli.problems import count_severities, counted, problem_line, problem_object
from kb.cli.progress import ProgressLine
from kb.content.models import Problem, Severity
from kb.errors import EmbedderUnavailable
from kb.publishing.models import PublishReport
from kb.publishing.publisher import Publisher
from kb.publishing.vectors import EmbeddingReport


@dataclass(frozen=True)
class _Done:
    report: PublishReport
    embedding: EmbeddingReport | None
    trouble: str
    """Why no vectors could be computed."""
    failures: tuple[Problem, ...] = ()
    """Regression queries that fail in what was published."""


@click.command()
@click.option("--full", is_flag=True, help="Build everything anew, whether it changed or not.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def index(ctx: click.Context, full: bool, as_json: bool) -> None:
    """Publish what changed in the content; back when all of it can be searched.

    Exit code 1 when a file could not be published (everything else is), or when regression
    queries fail and KB_REGRESSION=refuse keeps the last generation.
    """
    ctx.exit(run_index(full=full, as_json=as_json))


def run_index(*, full: bool = False, as_json: bool = False, embed: bool = True) -> int:
    """Publish and report, with vectors and regression queries unless told otherwise; the exit code."""
    from kb.bootstrap.publishing import build_publisher
    from kb.config import load_settings

    progress = ProgressLine()
    try:
        done = _publish(build_publisher(load_settings()), progress, full=full, embed=embed)
    finally:
        progress.clear()
    if as_json:
        click.echo(json.dumps(_as_object(done)))
    else:
        _print(done)
    if done.trouble:
        click.echo(f"Warning: search goes by words alone: {done.trouble}", err=True)
    return 1 if done.report.refused or count_severities(done.report.problems)[0] else 0


def _publish(publisher: Publisher, progress: ProgressLine, *, full: bool, embed: bool) -> _Done:
    report = publisher.publish(full=full, progress=progress)
    if not embed or report.refused:
        return _Done(report, None, "")
    embedding, trouble = None, ""
    try:
        embedding = publisher.embed(progress)
    except EmbedderUnavailable as error:
        trouble = str(error)
    # By words and meaning, as customers are answered from now on; without vectors by words.
    failures = publisher.check_regression() if report.regression_queries else ()
    return _Done(report, embedding, trouble, failures)


def _as_object(done: _Done) -> dict[str, object]:
    report, embedding = done.report, done.embedding
    return {
        "revision": report.revision,
        "articles": report.articles,
        "indexed": report.indexed,
        "removed": report.removed,
        "problems": [problem_object(problem) for problem in (*report.problems, *done.failures)],
        "seconds": report.seconds,
        "generation": report.generation,
        "kept": list(report.kept),
        "passages": embedding.passages if embedding else 0,
        "embedded": embedding.embedded if embedding else 0,
        "embedding_seconds": embedding.seconds if embedding else 0.0,
        "regression_queries": report.regression_queries,
        "refused": report.refused,
    }


def _print(done: _Done) -> None:
    report = done.report
    for problem in report.problems:
        if problem.severity is Severity.ERROR:
            click.echo(problem_line(problem), err=True)
    for problem in done.failures:
        click.echo(problem_line(problem), err=True)
    if report.refused:
        click.echo(
            "Refused: regression queries that are answered now would fail, so the last generation is "
            "served. Mend the content, or publish it all the same with KB_REGRESSION=warn.",
            err=True,
        )
        return
    changes = (
        f"{report.indexed} changed, {report.removed} removed"
        if report.changed
        else "nothing changed"
    )
    click.echo(
        f"Published {counted(report.articles, 'article')} ({changes}) in {report.seconds:.1f} s."
    )
    if done.embedding and done.embedding.embedded:
        click.echo(
            f"Embedded {counted(done.embedding.embedded, 'passage')} in {done.embedding.seconds:.1f} s."
        )
    if report.kept:
        click.echo(f"{counted(len(report.kept), 'broken file')} served in the last good version.")
    errors, warnings = count_severities(report.problems)
    if errors or warnings:
        click.echo(
            f"{counted(errors, 'error')}, {counted(warnings, 'warning')}: `kb check` lists them."
        )
