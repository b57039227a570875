"""How long publishing takes: everything, one changed article, and opening the result."""

import resource
import shutil
import sys
import time

from measuring import Row
from stand_in_vectors import fill_vectors
from workspace import Workspace

from kb.bootstrap.publishing import build_generations

FIRST_PUBLISH_SECONDS = 90.0
ONE_ARTICLE_SECONDS = 1.0
CHANGES = 7
OPENINGS = 5


def measure_publishing(workspace: Workspace, *, keep_index: bool) -> list[Row]:
    """All rows; afterwards the index matches the content as it lies there."""
    rows: list[Row] = []
    if not keep_index or not (workspace.folder / "index" / "CURRENT").exists():
        rows += measure_first_publish(workspace)
    rows += measure_one_changed_article(workspace)
    rows.append(measure_opening(workspace))
    return rows


def measure_first_publish(workspace: Workspace) -> list[Row]:
    """From an empty index folder; once, for it is long enough to be steady."""
    shutil.rmtree(workspace.folder / "index", ignore_errors=True)
    seconds, _ = workspace.publish()
    # Of the children so far, the one that publishes is by far the largest.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    megabytes = peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return [
        Row("first publish, whole process", ((seconds,),), "s", FIRST_PUBLISH_SECONDS),
        Row("  its memory at the highest", ((megabytes,),), "MB"),
    ]


def measure_one_changed_article(workspace: Workspace) -> list[Row]:
    """A committed change, ``kb index`` from start to end; the first one warms up."""
    searchable: list[float] = []
    inside: list[float] = []
    whole: list[float] = []
    fill_vectors(workspace.settings)
    with workspace.changing_articles() as changes:
        for number in range(CHANGES + 1):
            changes.commit_one()
            seconds, report = workspace.publish(embed=True)
            if report["indexed"] != 1 and number:
                raise SystemExit(f"one article was changed, {report['indexed']} were published")
            if number:
                searchable.append(seconds - report["embedding_seconds"])
                inside.append(report["seconds"])
                whole.append(seconds)
    workspace.publish(embed=True)
    return [
        Row(
            "one changed article, searchable after", (tuple(searchable),), "s", ONE_ARTICLE_SECONDS
        ),
        Row("  of that, without starting Python", (tuple(inside),), "s"),
        Row("  whole process, with its vectors", (tuple(whole),), "s"),
    ]


def measure_opening(workspace: Workspace) -> Row:
    """Opening a generation, as a worker does at its start and after every publish."""
    found: list[float] = []
    for _ in range(OPENINGS + 1):
        generations = build_generations(workspace.settings)
        started = time.perf_counter()
        generations.current()
        found.append(time.perf_counter() - started)
        generations.close()
    return Row("opening a generation", (tuple(found[1:]),), "s")
