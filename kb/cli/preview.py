"""``kb preview``: an article that is not saved yet, as it would be published."""

import json
from dataclasses import replace
from typing import BinaryIO

import click

from kb.cli.problems import problem_object


@click.command()
@click.argument("path")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--ref", default="", help="Branch that it is to be published with.")
def preview(path: str, file: BinaryIO, ref: str) -> None:
    """Print title, HTML and problems of an article as JSON. Publishes and changes nothing.

    PATH is where the article is to be, below the content folder; FILE its text, standard
    input without it. The problems are those that `kb check` would list. Exit code 0 also
    when there are some.
    """
    from kb.bootstrap.publishing import build_publisher
    from kb.config import load_settings
    from kb.content.front_matter import MAX_ARTICLE_BYTES

    settings = load_settings()
    if ref:
        settings = replace(settings, content_ref=ref)
    # One byte more is reported as too long, a million more need not be read.
    data = file.read(MAX_ARTICLE_BYTES + 1)
    found = build_publisher(settings).preview(path, data)
    click.echo(
        json.dumps(
            {
                "title": found.title,
                "html": found.html,
                "problems": [problem_object(problem) for problem in found.problems],
            }
        )
    )
