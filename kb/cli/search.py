"""``kb search``: one question or many, as a customer would ask, not logged."""

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from kb.cli.problems import counted
from kb.content.library import Library
from kb.content.models import Kind
from kb.publishing.generation import Generation
from kb.search.filters import SearchFilters
from kb.search.models import Hit, SearchPage
from kb.search.search_object import search_object
from kb.search.service import MAX_RESULTS
from kb.text import slugify

_MARK = re.compile(r"<mark>(.*?)</mark>")


@click.command()
@click.argument("text", required=False)
@click.option(
    "--batch",
    type=click.File(encoding="utf-8", errors="replace"),
    help="One query a line; - reads standard input.",
)
@click.option("--limit", type=click.IntRange(1, MAX_RESULTS), default=10, show_default=True)
@click.option("--collection", default="", help="Slug of a collection; it and all inside it.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Kind of article.")
@click.option("--product", default="", help="A product that articles name.")
@click.option("--why", is_flag=True, help="Print why each article was found.")
@click.option("--json", "as_json", is_flag=True, help="Print search objects as JSON.")
def search(
    text: str | None,
    batch: TextIO | None,
    limit: int,
    collection: str,
    kind: str | None,
    product: str,
    why: bool,
    as_json: bool,
) -> None:
    """Search for TEXT as a customer does."""
    if (text is None) == (batch is None):
        raise click.UsageError("Give either TEXT or --batch FILE.")
    if batch is not None and not as_json:
        raise click.UsageError("--batch prints JSON only: add --json.")
    lines = [text or ""] if batch is None else (line.rstrip("\r\n") for line in batch)
    with _generation() as generation:
        filters = _check_filters(generation.library, collection, kind or "", product)
        for line in lines:
            page = generation.search.search(line, limit=limit, filters=filters)
            readable = "" if as_json else "\n".join(_describe(page, why))
            click.echo(json.dumps(search_object(page)) if as_json else readable)


@contextmanager
def _generation() -> Iterator[Generation]:
    from kb.bootstrap.publishing import build_generations
    from kb.config import load_settings

    generations = build_generations(load_settings(), patient=True)
    try:
        yield generations.current()
    finally:
        generations.close()


def _check_filters(library: Library, collection: str, kind: str, product: str) -> SearchFilters:
    if collection and library.find_collection(collection) is None:
        raise click.BadParameter("there is no such collection.", param_hint="--collection")
    if product and library.find_product(slugify(product)) is None:
        raise click.BadParameter("no article names this product.", param_hint="--product")
    return SearchFilters(collection=collection, kind=kind, product=slugify(product))


def _describe(page: SearchPage, why: bool) -> Iterator[str]:
    found = counted(page.total, "article")
    yield f"{found}, {page.outcome} ({page.confidence:.2f}), {page.took_ms:.1f} ms"
    degraded = ", degraded" if page.degraded else ""
    yield f"Answered by {page.stage}, ranked {page.mode}{degraded}."
    if page.relaxed:
        yield "No article has the words in quotation marks exactly like that."
    if page.searched != page.query:
        yield f"Searched for {page.searched!r} instead of {page.query!r}."
    elif page.correction:
        yield f"Did you mean {page.correction!r}?"
    if page.best is not None:
        yield from (
            "",
            f"From {page.best.title} ({page.best.url}):",
            f"   {_plain(page.best.text)}",
        )
    for number, hit in enumerate(page.hits, page.offset + 1):
        section = f" > {hit.section}" if hit.section else ""
        yield ""
        yield f"{number}. {hit.title}{section}  [{hit.score:.2f}]"
        yield f"   {hit.url}"
        yield f"   {_plain(hit.snippet)}"
        if why:
            yield f"   why: {', '.join(_explain(hit)) or 'no reason known'}"


def _explain(hit: Hit) -> Iterator[str]:
    reasons = hit.reasons
    if reasons.pinned:
        yield "pinned by editors"
    if reasons.asked:
        yield "asked in these words"
    if reasons.words:
        yield f"words {' '.join(reasons.words)}"
    yield from (f"{word} finds {other}" for word, other in reasons.synonyms)
    if reasons.meaning:
        yield f"meaning {reasons.meaning:.2f}"


def _plain(marked: str) -> str:
    return html.unescape(_MARK.sub(lambda match: click.style(match[1], bold=True), marked))
