"""``kb evaluate``: the quality of search on judged questions."""

import json
from pathlib import Path

import click

from kb.relevance.judgments import load_judgments
from kb.relevance.metrics import DEPTH
from kb.relevance.metrics import evaluate as evaluate_ranking

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("queries", type=_FILE)
@click.argument("qrels", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the measures as JSON.")
def evaluate(queries: Path, qrels: Path, as_json: bool) -> None:
    """Measure search on QUERIES (JSON lines) with the judgments QRELS (tab-separated)."""
    from kb.bootstrap.publishing import build_generations
    from kb.config import load_settings

    judged = load_judgments(queries, qrels)
    service = build_generations(load_settings()).current().search
    measures = evaluate_ranking(
        judged, lambda text: [hit.slug for hit in service.search(text, limit=DEPTH).hits]
    )
    if as_json:
        click.echo(json.dumps(measures))
        return
    for name, value in measures.items():
        click.echo(f"{name:<12}{value:>8}" if name == "queries" else f"{name:<12}{value:>8.3f}")
