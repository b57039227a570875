"""``kb search``: one question or many, as a customer would ask, not logged."""

import html
import json
import re
from typing import TextIO

import click

from kb.search.models import SearchPage
from kb.search.search_object import search_object
from kb.search.service import MAX_RESULTS, SearchService

_MARK = re.compile(r"<mark>(.*?)</mark>")


@click.command()
@click.argument("text", required=False)
@click.option(
    "--batch",
    type=click.File(encoding="utf-8", errors="replace"),
    help="One query a line; - reads standard input.",
)
@click.option("--limit", type=click.IntRange(1, MAX_RESULTS), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print search objects as JSON.")
def search(text: str | None, batch: TextIO | None, limit: int, as_json: bool) -> None:
    """Search for TEXT as a customer does."""
    if (text is None) == (batch is None):
        raise click.UsageError("Give either TEXT or --batch FILE.")
    if batch is not None and not as_json:
        raise click.UsageError("--batch prints JSON only: add --json.")
    service = _service()
    if batch is None:
        page = service.search(text or "", limit=limit)
        click.echo(json.dumps(search_object(page)) if as_json else _readable(page))
        return
    for line in batch:
        page = service.search(line.rstrip("\r\n"), limit=limit)
        click.echo(json.dumps(search_object(page)))


def _service() -> SearchService:
    from kb.bootstrap.publishing import build_generations
    from kb.config import load_settings

    return build_generations(load_settings()).current().search


def _readable(page: SearchPage) -> str:
    lines = [
        f"{page.total} articles, {page.outcome} ({page.confidence:.2f}), {page.took_ms:.1f} ms"
    ]
    if page.searched != page.query:
        lines.append(f"Searched for {page.searched!r} instead of {page.query!r}.")
    for number, hit in enumerate(page.hits, 1):
        section = f" > {hit.section}" if hit.section else ""
        snippet = html.unescape(_MARK.sub(lambda m: click.style(m[1], bold=True), hit.snippet))
        lines += [
            "",
            f"{number}. {hit.title}{section}  [{hit.score:.2f}]",
            f"   {hit.url}",
            f"   {snippet}",
        ]
    return "\n".join(lines)
