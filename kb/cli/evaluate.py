"""``kb evaluate``: the quality of search on judged questions."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from kb.cli.problems import counted
from kb.errors import InvalidInput
from kb.relevance.judgments import JudgedQuery, load_judgments
from kb.relevance.metrics import DEPTH, MEASURES, average, score
from kb.relevance.misses import Miss, list_misses, list_unpublished
from kb.search.models import SearchPage
from kb.search.service import MAX_RESULTS, SearchService

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("queries", type=_FILE)
@click.argument("qrels", type=_FILE)
@click.option("--worst", type=click.IntRange(min=0), default=0, help="List the N worst questions.")
@click.option("--json", "as_json", is_flag=True, help="Print the measures as JSON.")
def evaluate(queries: Path, qrels: Path, worst: int, as_json: bool) -> None:
    """Measure search on QUERIES (JSON lines) with the judgments QRELS (tab-separated)."""
    from kb.bootstrap.publishing import build_generations
    from kb.config import load_settings
    from kb.content.models import Audience

    judged = load_judgments(queries, qrels)
    generation = build_generations(load_settings(), patient=True).current()
    _check_published(judged, {a.slug for a in generation.library.list_articles(Audience.PUBLIC)})
    pages = [generation.search.search(query.text, limit=DEPTH) for query in judged]
    scores = [
        score(query, [hit.slug for hit in page.hits])
        for query, page in zip(judged, pages, strict=True)
    ]
    _report_degraded(pages)
    misses = _list_misses(judged, generation.search, worst)
    if as_json:
        lowest = {"worst": [asdict(miss) for miss in misses]} if worst else {}
        click.echo(json.dumps({**average(scores), "mode": _mode(pages), **lowest}))
        return
    _print_measures(scores, _mode(pages))
    _print_misses(misses)


def _check_published(judged: Sequence[JudgedQuery], published: set[str]) -> None:
    wanted = {slug for query in judged for slug, grade in query.grades.items() if grade > 0}
    if not wanted:
        raise InvalidInput("No question has an article that answers it: nothing to measure.")
    missing = list_unpublished(judged, published)
    if len(missing) == len(wanted):
        raise InvalidInput(
            f"None of the {counted(len(wanted), 'judged article')} is published here: "
            "these judgments belong to other content (KB_CONTENT_DIR, KB_INDEX_DIR)."
        )
    if missing:
        examples = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        click.echo(
            f"Warning: {len(missing)} of {counted(len(wanted), 'judged article')} "
            f"{'is' if len(missing) == 1 else 'are'} not published and count as not found: "
            f"{examples}",
            err=True,
        )


def _report_degraded(pages: Sequence[SearchPage]) -> None:
    degraded = sum(page.degraded for page in pages)
    if degraded:
        click.echo(
            f"Warning: {degraded} of {len(pages)} searches were degraded (an optional stage is missing).",
            err=True,
        )


def _list_misses(judged: Sequence[JudgedQuery], search: SearchService, limit: int) -> list[Miss]:
    if not limit:
        return []
    return list_misses(
        judged,
        lambda text: [hit.slug for hit in search.search(text, limit=MAX_RESULTS).hits],
        limit,
    )


def _mode(pages: Sequence[SearchPage]) -> str:
    """How most questions were ranked."""
    modes = Counter(page.mode for page in pages).most_common(1)
    return modes[0][0] if modes else ""


def _print_measures(scores: Sequence[dict[str, float]], mode: str) -> None:
    from kb.relevance.intervals import mean_interval

    means = average(scores)
    click.echo(f"{'queries':<12}{means['queries']:>8}   ranked: {mode}")
    for name in MEASURES:
        low, high = mean_interval([row[name] for row in scores])
        click.echo(f"{name:<12}{means[name]:>8.3f}   95 % of draws {low:.3f} to {high:.3f}")


def _print_misses(misses: Sequence[Miss]) -> None:
    if not misses:
        return
    rows = [("query", "wanted article", "rank", "came first")] + [
        (m.text[:48], m.wanted, str(m.rank or "-"), _first(m)) for m in misses
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    click.echo()
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        click.echo(f"{'  '.join(cells)}  {row[3]}".rstrip())


def _first(miss: Miss) -> str:
    if miss.first is None:
        return "nothing"
    return f"{miss.first} (helps partly)" if miss.first_grade else miss.first
