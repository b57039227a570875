"""Measures the speed of the product on real content and holds it against what is promised.

    make bench                              500 and 5,000 articles, some minutes
    make bench ARGS="--size 50000"          the large corpus, about half an hour
    make bench ARGS="--only search"         one part: publishing, search, typing, semantic, site,
                                            hostile, log

``docs/benchmarks.md`` says what each line means.  Set ``HELPSHELF_SHARED_DATA`` to a
folder of other help centers for a corpus with more different words.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import corpus
from engine_speed import measure_search
from hostile_load import measure_hostile
from log_load import measure_log
from measuring import Row, machine_facts, print_rows
from publishing_speed import measure_publishing
from semantic_speed import measure_semantic
from site_speed import measure_site
from typing_speed import measure_typing
from workspace import Workspace, open_workspace

DEFAULT_SIZES = (500, 5_000)
PROMISED_SIZE = 5_000
PARTS = ("publishing", "search", "typing", "semantic", "site", "hostile", "log")


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; the exit code is 1 only with ``--strict`` and a broken promise."""
    options = _parse(arguments)
    # Ended by a process manager or by Ctrl-C, the servers must end as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    print(machine_facts())
    promised: list[Row] = []
    for size in options.size or DEFAULT_SIZES:
        rows = _measure_size(size, options)
        promised += [row for row in rows if size == PROMISED_SIZE or row.is_for_large]
    over = [row for row in promised if not row.holds]
    kept = sum(row.promise is not None for row in promised) - len(over)
    if promised:
        print(f"\n{kept} promises hold, {len(over)} are over.")
    print(f"{time.monotonic() - started:.0f} s in all")
    return 1 if over and options.strict else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure speed on real content.")
    parser.add_argument("--size", type=int, action="append", help="articles; may be repeated")
    parser.add_argument("--only", choices=PARTS, action="append", help="may be repeated")
    parser.add_argument(
        "--keep-index", action="store_true", help="do not publish anew if something is published"
    )
    parser.add_argument("--strict", action="store_true", help="exit code 1 if a promise is over")
    parser.add_argument("--work", type=Path, default=corpus.ROOT / "build" / "bench")
    return parser.parse_args(arguments)


def _measure_size(size: int, options: argparse.Namespace) -> list[Row]:
    print(f"\n{size} articles\n{'=' * 72}")
    options.work.mkdir(parents=True, exist_ok=True)
    workspace = open_workspace(size, options.work)
    parts: dict[str, Callable[[], tuple[list[Row], str]]] = {
        "publishing": lambda: (measure_publishing(workspace, keep_index=options.keep_index), ""),
        "search": lambda: measure_search(workspace),
        "typing": lambda: measure_typing(workspace),
        "semantic": lambda: measure_semantic(workspace),
        "site": lambda: measure_site(workspace),
        "hostile": lambda: measure_hostile(workspace),
        "log": lambda: measure_log(workspace),
    }
    if options.only and "publishing" not in options.only:
        _publish_if_needed(workspace)
    found: list[Row] = []
    for name in options.only or PARTS:
        rows, remark = parts[name]()
        if rows:
            print_rows(name.capitalize(), rows, is_promised_size=size <= PROMISED_SIZE)
        if remark:
            print(remark)
        found += rows
    return found


def _publish_if_needed(workspace: Workspace) -> None:
    seconds, report = workspace.publish()
    if report["indexed"]:
        print(f"published {report['articles']} articles in {seconds:.1f} s")


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        sys.exit(130)
