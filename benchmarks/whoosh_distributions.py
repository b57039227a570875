"""Compares the distributions of Whoosh that could carry the search, in one run on one machine.

All of them install a package named ``whoosh``, so each gets its own folder and every
measurement is a process of its own that sees only that folder.  Rounds are interleaved,
so that a busy minute of the machine does not fall on one of them alone, and CPU time is
counted, not wall time.  docs/decisions/0001-whoosh-distribution.md has the figures.

    python benchmarks/whoosh_distributions.py

Needs the package index once for the downloads; everything is written below ``build/``.
"""

import argparse
import importlib
import json
import os
import platform
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CANDIDATES = ("whoosh==2.7.4", "whoosh-reloaded==2.7.5", "whoosh3==3.54.0", "whoosh-ng==5.4.0")
"""The first is the base of the ratios."""
BOOSTS = {"title": 4.0, "questions": 3.0, "headings": 2.0, "body": 1.0, "tags": 1.5, "summary": 1.5}
TOP = 10
WARM_UP = 10
"""Queries before the measured ones: the first ones pay for imports and cold pages."""
BATCH = 200
"""Articles that are added by a commit that is killed."""
WRITER_MEMORY_MB = 512
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SOURCE_MARKUP = re.compile(r"https?://\S+|<[^>]*>|&\w+;")


@dataclass
class Candidate:
    """One distribution, its folder and what was measured of it."""

    requirement: str
    folder: Path
    answers: Any = None
    build_seconds: list[float] = field(default_factory=list)
    query_rounds: list[list[float]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def packages(self) -> Path:
        """Where pip installed it."""
        return self.folder / "packages"

    @property
    def index(self) -> Path:
        """The index it wrote last."""
        return self.folder / "index"

    def run(self, task: str, *arguments: object) -> Any:
        """The JSON result of a task, or ``{"error": …}`` with the last line it complained with."""
        result = subprocess.run(
            self._command(task, *arguments),
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            return {"error": (result.stderr.strip().splitlines() or ["killed"])[-1]}
        return json.loads(result.stdout.splitlines()[-1])

    def start(self, task: str, *arguments: object) -> subprocess.Popen[str]:
        """The task as a running process, to be killed."""
        return subprocess.Popen(
            self._command(task, *arguments),
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _command(self, task: str, *arguments: object) -> list[str]:
        # -S: without site-packages, where the product's own Whoosh lies
        return [sys.executable, "-S", __file__, "--task", task, *map(str, arguments)]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.packages), "PYTHONHASHSEED": "0"}


# The tasks below run in the process of one distribution and import its whoosh.


def task_warnings(packages: str) -> dict[str, int]:
    """How many warnings its modules cause when compiled and, compiled, when imported."""
    paths = sorted(Path(packages).glob("whoosh*/**/*.py"))
    with warnings.catch_warnings(record=True) as at_compile:
        warnings.simplefilter("always")
        for path in paths:
            compile(path.read_bytes(), str(path), "exec")
    subprocess.run([sys.executable, "-W", "ignore", "-m", "compileall", "-q", packages], check=True)
    with warnings.catch_warnings(record=True) as at_import:
        warnings.simplefilter("always")
        for name in ("index", "fields", "query", "analysis", "qparser", "highlight", "spelling"):
            importlib.import_module(f"whoosh.{name}")
    return {"compile": len(at_compile), "import": len(at_import)}


def task_build(documents: str, index: str) -> dict[str, float]:
    """Writes the index in one commit; CPU seconds from the first document to the commit's end."""
    whoosh_index = importlib.import_module("whoosh.index")
    rows = list(_read_rows(documents))
    started = time.process_time()
    writer = whoosh_index.create_in(index, _schema()).writer(limitmb=WRITER_MEMORY_MB)
    for row in rows:
        writer.add_document(**row)
    writer.commit()
    return {"seconds": time.process_time() - started}


def task_query(index: str, queries: str) -> dict[str, Any]:
    """CPU milliseconds and answer (article, score) of every query."""
    whoosh_index = importlib.import_module("whoosh.index")
    whoosh_query = importlib.import_module("whoosh.query")
    if hasattr(whoosh_query.Or, "ARRAY_MATCHER"):
        whoosh_query.Or.matcher_type = whoosh_query.Or.ARRAY_MATCHER
    texts = json.loads(Path(queries).read_text(encoding="utf-8"))
    milliseconds, answers = [], []
    with whoosh_index.open_dir(index).searcher() as searcher:
        for text in texts[:WARM_UP]:
            searcher.search(_any_word(whoosh_query, text), limit=TOP)
        for text in texts:
            query = _any_word(whoosh_query, text)
            started = time.process_time_ns()
            hits = [
                (hit["number"], round(hit.score, 4)) for hit in searcher.search(query, limit=TOP)
            ]
            milliseconds.append((time.process_time_ns() - started) / 1e6)
            answers.append(hits)
    return {"milliseconds": milliseconds, "answers": answers}


def task_commit(documents: str, index: str) -> dict[str, bool]:
    """Adds a batch; says on standard output when the commit begins and when it is over."""
    whoosh_index = importlib.import_module("whoosh.index")
    writer = whoosh_index.open_dir(index).writer(limitmb=WRITER_MEMORY_MB)
    for number, row in zip(range(BATCH), _read_rows(documents), strict=False):
        writer.add_document(**{**row, "number": 1_000_000 + number})
    print("committing", flush=True)
    writer.commit()
    return {"done": True}


def task_check(index: str) -> dict[str, Any]:
    """Opens the index after a kill, reads every document, then writes and reads once more."""
    whoosh_index = importlib.import_module("whoosh.index")
    found = whoosh_index.open_dir(index)
    with found.searcher() as searcher:
        numbers = [hit["number"] for hit in searcher.documents()]
    writer = found.writer()
    writer.add_document(number=2_000_000, title="afterwards")
    writer.commit()
    with found.searcher() as searcher:
        usable = searcher.doc_count() == len(numbers) + 1
    kept = found.storage.list()
    return {
        "documents": len(numbers),
        "unique": len(set(numbers)) == len(numbers),
        "usable": usable,
        "temporary": sum(name.endswith(".tmp") for name in kept),
    }


def _schema() -> Any:
    """Only Whoosh's own classes: the schema is pickled into the index, others must unpickle it."""
    fields = importlib.import_module("whoosh.fields")
    analysis = importlib.import_module("whoosh.analysis")
    words = {
        name: fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer(), phrase=False)
        for name in BOOSTS
    }
    return fields.Schema(number=fields.STORED, **words)


def _any_word(whoosh_query: Any, text: str) -> Any:
    terms = [
        whoosh_query.Term(name, word, boost=boost)
        for word in text.split()
        for name, boost in BOOSTS.items()
    ]
    return whoosh_query.Or(terms)


def _read_rows(documents: str) -> Iterator[dict[str, Any]]:
    with Path(documents).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


TASKS: dict[str, Callable[..., Any]] = {
    "warnings": task_warnings,
    "build": task_build,
    "query": task_query,
    "commit": task_commit,
    "check": task_check,
}


# From here on: the process that prepares, starts the others and counts.


def prepare(work: Path, articles: int, queries: int) -> tuple[Path, Path]:
    """Analysed documents and queries as files: the same words for every distribution."""
    import corpus  # here, since the tasks run without site-packages and corpus needs yaml
    import snowballstemmer

    stemmer = snowballstemmer.stemmer("english")
    stems: dict[str, str] = {}

    def analyse(text: str) -> str:
        found = _WORD.findall(_SOURCE_MARKUP.sub(" ", text.lower()))
        return " ".join(stems.setdefault(word, stemmer.stemWord(word)) for word in found)

    content = work / f"corpus-{articles}"
    print(corpus.write_corpus(content, articles))
    documents, asked = work / "documents.jsonl", work / "queries.json"
    count = 0
    with documents.open("w", encoding="utf-8") as output:
        for number, (front, sections) in enumerate(corpus.read_articles(content)):
            row: dict[str, Any] = {
                "number": number,
                "title": analyse(front["title"]),
                "questions": analyse(" ".join(front.get("questions", []))),
                "headings": analyse(" ".join(heading for heading, _ in sections)),
                "body": analyse(" ".join(text for _, text in sections)),
                "tags": analyse(" ".join(front["tags"])),
                "summary": analyse(front["summary"]),
            }
            count += sum(len(value.split()) for value in row.values() if isinstance(value, str))
            output.write(json.dumps(row) + "\n")
    texts = [analyse(text) for text in corpus.sample_queries(content, queries)]
    asked.write_text(json.dumps(texts), encoding="utf-8")
    print(f"{articles} articles, {count:,} words, {len(texts)} queries")
    return documents, asked


def install(candidate: Candidate) -> None:
    """Installs into its folder, once, and notes size and dependencies."""
    packages = candidate.packages
    if not packages.is_dir():
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-compile"]
        command += ["--disable-pip-version-check", "--target", str(packages), candidate.requirement]
        subprocess.run(command, check=True)
    own = candidate.requirement.split("==")[0]
    names = {dist.metadata["Name"].lower() for dist in distributions(path=[str(packages)])}
    candidate.facts["dependencies"] = sorted(names - {own})
    files = [path for path in packages.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    candidate.facts["installed MB"] = sum(path.stat().st_size for path in files) / 1e6
    candidate.facts["warnings"] = candidate.run("warnings", packages)


def measure_round(candidate: Candidate, documents: Path, queries: Path) -> None:
    """One build and one pass over all queries."""
    _make_empty(candidate.index)
    built = candidate.run("build", documents, candidate.index)
    asked = candidate.run("query", candidate.index, queries)
    if "error" in built or "error" in asked:
        raise SystemExit(f"{candidate.requirement}: {built} {asked}")
    candidate.build_seconds.append(built["seconds"])
    candidate.query_rounds.append(asked["milliseconds"])
    candidate.answers = asked["answers"]
    size = sum(path.stat().st_size for path in candidate.index.iterdir())
    candidate.facts["index MB"] = size / 1e6


def read_each_other(candidates: Sequence[Candidate], queries: Path) -> None:
    """Every distribution opens the index of every other one and must answer like its writer."""
    for reader in candidates:
        reads: dict[str, str] = {}
        for writer in candidates:
            result = reader.run("query", writer.index, queries)
            if "error" in result:
                reads[writer.requirement] = result["error"]
            else:
                same = sum(map(list.__eq__, result["answers"], writer.answers))
                reads[writer.requirement] = f"{same} of {len(writer.answers)} alike"
        reader.facts["reads"] = reads


def kill_commits(candidate: Candidate, documents: Path, kills: int, rng: random.Random) -> None:
    """Kills commits at random moments; the index must open with all of the batch or none."""
    copy = candidate.folder / "killed"
    before = sum(1 for _ in _read_rows(str(documents)))
    longest = 0.0
    outcome: Counter[str] = Counter()
    for attempt in range(kills + 1):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(candidate.index, copy)
        process = candidate.start("commit", documents, copy)
        assert process.stdout is not None
        process.stdout.readline()
        started = time.monotonic()
        if attempt == 0:  # not killed: tells how long a commit takes
            process.communicate()
            longest = time.monotonic() - started
            continue
        time.sleep(rng.uniform(0, longest))
        process.send_signal(signal.SIGKILL)
        finished = "done" in process.communicate()[0]
        result = candidate.run("check", copy)
        allowed = {before + BATCH} if finished else {before, before + BATCH}
        good = "error" not in result and result["documents"] in allowed
        good = good and result["unique"] and result["usable"]
        outcome["kills"] += 1
        outcome["before the commit returned"] += not finished
        outcome["bad"] += not good
        outcome["temporary files kept"] += result.get("temporary", 0)
    candidate.facts["kill -9"] = dict(outcome)


def report(candidates: Sequence[Candidate]) -> None:
    """The table: one column a distribution, with ratios to the first."""
    base = candidates[0]
    rows: list[list[str]] = [["", *(candidate.requirement for candidate in candidates)]]

    def add(name: str, values: Iterable[object]) -> None:
        rows.append([name, *map(str, values)])

    def add_measured(name: str, values: Sequence[float], digits: int) -> None:
        add(name, (f"{value:.{digits}f} ({value / values[0]:.2f}x)" for value in values))

    add_measured("build, CPU s", [statistics.median(c.build_seconds) for c in candidates], 2)
    add_measured("index, MB", [c.facts["index MB"] for c in candidates], 1)
    times = [sorted(map(statistics.median, zip(*c.query_rounds, strict=True))) for c in candidates]
    add_measured("query median, CPU ms", [statistics.median(row) for row in times], 2)
    add_measured("query p95, CPU ms", [row[int(len(row) * 0.95)] for row in times], 2)
    add_measured("installed, MB", [c.facts["installed MB"] for c in candidates], 2)
    add("dependencies", (", ".join(c.facts["dependencies"]) or "none" for c in candidates))
    add("warnings compile/import", (_slashed(c.facts["warnings"]) for c in candidates))
    equal = [sum(map(list.__eq__, c.answers, base.answers)) for c in candidates]
    add("top 10 and scores as base", (f"{n} of {len(base.answers)}" for n in equal))
    add("kills/in commit/bad/.tmp", (_slashed(c.facts["kill -9"]) for c in candidates))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    print("\nratios are to", base.requirement)
    for reader in candidates:
        for writer, result in reader.facts["reads"].items():
            print(f"{reader.requirement} reads the index of {writer}: {result}")


def _slashed(values: dict[str, Any]) -> str:
    return "/".join(map(str, values.values()))


def _make_empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def main() -> int:
    """Command line; ``--task`` is how the script starts itself for one distribution."""
    if sys.argv[1:2] == ["--task"]:
        print(json.dumps(TASKS[sys.argv[2]](*sys.argv[3:])))
        return 0
    parser = argparse.ArgumentParser(description="Compare the distributions of Whoosh.")
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    started = time.monotonic()
    work = ROOT / "build" / "whoosh-distributions"
    work.mkdir(parents=True, exist_ok=True)
    print(f"Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores")
    documents, queries = prepare(work, options.articles, options.queries)
    candidates = [Candidate(name, work / name.replace("==", "-")) for name in CANDIDATES]
    for candidate in candidates:
        install(candidate)
    for turn in range(options.rounds):
        first = turn % len(candidates)
        for candidate in candidates[first:] + candidates[:first]:
            measure_round(candidate, documents, queries)
    read_each_other(candidates, queries)
    for candidate in candidates:
        kill_commits(candidate, documents, options.kills, random.Random(1))
    report(candidates)
    print(f"\n{time.monotonic() - started:.0f} s in all")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
