"""What Lighthouse says of customers' pages in its mobile setting: ``make lighthouse``.

The demo content behind ``kb serve``, as ``make serve`` shows it; every page several times,
medians.  Lighthouse is a program of Node.js: npx fetches the pinned version and keeps it.
Where there is no npx or no Chromium that is said, and is no failure.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import corpus
from promises import Promises
from running_site import Client, serve
from workspace import Workspace

PACKAGE = "lighthouse@12.8.2"
"""Runs on Node.js 18 and later."""
SCORES: Mapping[str, int] = {
    "performance": 95,
    "accessibility": 100,
    "best-practices": 100,
    "seo": 100,
}
LCP_SECONDS = 1.2
PROMISED = {
    "home": "/",
    "results": "/search?q=my+parcel+has+not+arrived",
    "article": "/articles/track-a-parcel",
}
OTHERS = {
    "nothing found": "/search?q=toaster",
    "collection": "/collections/troubleshooting",
    "policy": "/policies/warranty-policy",
    "contact": "/contact",
    "directory": "/directory",
}
_TRIES = 3
"""A trace sometimes has no beginning; Lighthouse asks to be run again then."""
_LIMIT_SECONDS = 120


@dataclass(frozen=True)
class Visit:
    """What one run found out about a page."""

    scores: Mapping[str, float]
    """By category, 0 to 100."""
    lcp_seconds: float
    missed: Sequence[str]
    """Audits that count and are not fulfilled."""


def main() -> int:
    """Print the table and the promises; exit code 0 also when Lighthouse is not there."""
    parser = argparse.ArgumentParser(description="Ask Lighthouse about customers' pages.")
    parser.add_argument("--runs", type=int, default=3, help="visits of each page (3)")
    parser.add_argument("--strict", action="store_true", help="exit code 1 for a broken promise")
    arguments = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not shutil.which("npx") or not browser:
        what = "npx, which comes with Node.js," if browser else "Chromium"
        print(f"Skipped: Lighthouse needs {what} and there is none here.")
        return 0
    folder = corpus.ROOT / "build" / "bench" / "lighthouse"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    workspace = Workspace(0, folder, corpus.ROOT / "articles")
    workspace.publish(embed=True)
    promises = Promises()
    with serve(workspace) as site:
        for name, path in (PROMISED | OTHERS).items():
            visits = [_visit(browser, site.port, path) for _ in range(arguments.runs)]
            _print(name, visits)
            if name in PROMISED:
                for category, score in SCORES.items():
                    promises.at_least(f"{name}: {category}", _median(visits, category), score)
                lcp = statistics.median(visit.lcp_seconds for visit in visits)
                promises.at_most(f"{name}: largest contentful paint, s", lcp, LCP_SECONDS)
    return int(not promises.print() and arguments.strict)


def _visit(browser: str, port: int, path: str) -> Visit:
    for attempt in range(_TRIES):
        _load_once(port, path)
        found = _run(browser, f"http://127.0.0.1:{port}{path}")
        if "runtimeError" not in found:
            return _read(found)
        print(f"  {path}, try {attempt + 1}: {found['runtimeError'].get('message')}")
    raise SystemExit(f"Lighthouse cannot load {path}.")


def _load_once(port: int, path: str) -> None:
    """What a page costs the first customer after a start is measured elsewhere."""
    client = Client(port)
    client.get(path)
    client.close()
    time.sleep(0.2)


def _run(browser: str, address: str) -> Mapping[str, Any]:
    command = ["npx", "--yes", PACKAGE, address, "--quiet", "--output=json"]
    command += ["--only-categories=" + ",".join(SCORES)]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    result = subprocess.run(
        command,
        env=os.environ | {"CHROME_PATH": browser},
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    if not result.stdout.startswith("{"):
        raise SystemExit(f"Lighthouse failed:\n{result.stderr[-2_000:]}")
    found: Mapping[str, Any] = json.loads(result.stdout)
    return found


def _read(report: Mapping[str, Any]) -> Visit:
    audits = report["audits"]
    missed = {
        reference["id"]
        for category in report["categories"].values()
        for reference in category["auditRefs"]
        if reference["weight"] and (audits[reference["id"]]["score"] or 0) < 0.9
        if audits[reference["id"]]["scoreDisplayMode"] in ("binary", "numeric", "metricSavings")
    }
    scores = {name: 100 * (one["score"] or 0) for name, one in report["categories"].items()}
    lcp = audits["largest-contentful-paint"]["numericValue"] / 1000
    return Visit(scores, lcp, sorted(missed))


def _median(visits: Sequence[Visit], category: str) -> float:
    return statistics.median(visit.scores[category] for visit in visits)


def _print(name: str, visits: Sequence[Visit]) -> None:
    scores = "  ".join(f"{category} {_median(visits, category):.0f}" for category in SCORES)
    lcp = statistics.median(visit.lcp_seconds for visit in visits)
    missed = sorted({audit for visit in visits for audit in visit.missed})
    print(f"{name:14} {scores}  LCP {lcp:.2f} s  {', '.join(missed)}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
