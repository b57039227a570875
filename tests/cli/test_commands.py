"""The command line as scripts and editors' CI call it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli.main import main
from kb.config import Settings
from tests.conftest import ROOT, Write

Kb = Callable[..., Result]


@pytest.fixture
def kb(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Kb:
    monkeypatch.setenv("KB_CONTENT_DIR", str(settings.content_dir))
    monkeypatch.setenv("KB_INDEX_DIR", str(settings.index_dir))
    monkeypatch.setenv("KB_DATABASE", str(settings.database))
    monkeypatch.setenv("KB_SEMANTIC", "off")  # loading the model takes each command a second
    return lambda *arguments, **options: CliRunner().invoke(main, arguments, **options)


def test_index_reports_as_json_and_nothing_else(kb: Kb, write: Write) -> None:
    write("a.md", "---\ntitle: A\n---\nkettle")
    result = kb("index", "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {"revision", "articles", "indexed", "removed", "problems", "seconds"} <= set(report)
    assert (report["articles"], report["indexed"], report["problems"]) == (1, 1, [])


def test_index_publishes_the_rest_and_exits_with_1_on_errors(kb: Kb, write: Write) -> None:
    write("a.md", "---\ntitle: A\n---\nkettle")
    write("b.md", "---\ntitle: A\ntitle: B\n---\nx")
    result = kb("index")
    assert result.exit_code == 1
    assert "Published 1 article (" in result.stdout
    assert "b.md:3: error front-matter" in result.stderr


def test_check_lists_problems_for_people_and_machines(kb: Kb, write: Write) -> None:
    write("a.md", "---\ntitle: A\n---\n\n[x](nowhere.md)")
    plain = kb("check")
    assert plain.exit_code == 0
    assert plain.stdout.startswith(
        "a.md:5: warning broken-link: the link to nowhere.md leads to nothing that is published"
    )
    assert kb("check", "--strict").exit_code == 1
    (problem,) = json.loads(kb("check", "--json").stdout)
    assert problem["fix"]
    assert {k: problem[k] for k in ("code", "severity", "path", "line", "field")} == {
        "code": "broken-link", "severity": "warning", "path": "a.md", "line": 5, "field": "",
    }  # fmt: skip


def test_search_prints_the_search_object(kb: Kb, write: Write) -> None:
    write(
        "care/a.md",
        "---\ntitle: Clean the kettle\n---\nIntro\n\n## Rinse\n\nUse <b>water</b> & soap.",
    )
    kb("index")
    found = json.loads(kb("search", "soap", "--json").stdout)
    assert {
        "query",
        "outcome",
        "confidence",
        "total",
        "mode",
        "degraded",
        "correction",
        "took_ms",
    } <= set(found)
    (hit,) = found["hits"]
    assert (hit["slug"], hit["collection"], hit["section"], hit["anchor"]) == (
        "a",
        "care",
        "Rinse",
        "h-rinse",
    )
    assert hit["url"] == "/articles/a#h-rinse"
    assert "&amp; <mark>soap</mark>" in hit["snippet"]
    assert "Clean the kettle > Rinse" in kb("search", "soap").stdout


def test_search_tells_people_how_it_answered(kb: Kb, write: Write) -> None:
    write("care/a.md", "---\ntitle: Clean the kettle\nproduct: [K 1]\n---\nUse soap.")
    kb("index")
    lines = kb("search", "clean soap", "--why").stdout.splitlines()
    assert lines[0].startswith("1 article, ")
    assert lines[1].startswith("Answered by ")
    assert "ranked " in lines[1]
    assert any(line.startswith("   why: ") for line in lines)
    assert not any("why: " in line for line in kb("search", "soap").stdout.splitlines())


def test_search_can_be_narrowed_down(kb: Kb, write: Write) -> None:
    write("care/a.md", "---\ntitle: Clean the kettle\nproduct: [K 1]\nkind: how-to\n---\nx")
    write("shop/b.md", "---\ntitle: Buy a kettle\n---\nx")
    kb("index")
    for option, value in (("--collection", "care"), ("--kind", "how-to"), ("--product", "K 1")):
        found = json.loads(kb("search", "kettle", "--json", option, value).stdout)
        assert [hit["slug"] for hit in found["hits"]] == ["a"], option
    for option in ("--collection", "--kind", "--product"):
        result = kb("search", "kettle", option, "toaster")
        assert result.exit_code == 2
        assert option in result.output


def test_search_reads_a_batch_and_keeps_its_order(kb: Kb, write: Write) -> None:
    write("a.md", "---\ntitle: Kettle\n---\nx")
    kb("index")
    lines = kb(
        "search", "--batch", "-", "--json", input="kettle\n\nnothing at all\n"
    ).stdout.splitlines()
    assert [json.loads(line)["query"] for line in lines] == ["kettle", "", "nothing at all"]
    assert [json.loads(line)["total"] for line in lines] == [1, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        ((), 2, "Commands"),
        (("nonsense",), 2, "No such command"),
        (("search",), 2, "Give either TEXT or --batch"),
        (("search", "x", "--limit", "0"), 2, "--limit"),
        (("search", "x"), 1, "run `kb index`"),
        (("evaluate", "/nonexistent", "/nonexistent"), 2, "does not exist"),
        (("index", "extra"), 2, "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_explained(
    kb: Kb, arguments: tuple[str, ...], exit_code: int, words: str
) -> None:
    result = kb(*arguments)
    assert result.exit_code == exit_code
    assert words in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("KB_CONTENT_DIR", "/nonexistent", "does not exist"),
        ("KB_CONTENT_REF", "main", "no git repository"),
        ("KB_CONTENT_REF", "--upload-pack=x", "KB_CONTENT_REF"),
        ("KB_SEARCH_ENGINE", "lucene", "KB_SEARCH_ENGINE"),
        ("KB_WEAK_CONFIDENCE", "2", "from 0 to 1"),
        ("KB_BASE_URL", "ftp://x", "KB_BASE_URL"),
        ("KB_BASE_URL", "http://[", "https://help.example.com"),
        ("KB_BASE_URL", "https://help.example.com:port", "https://help.example.com"),
        ("KB_WEBHOOK_URL", "https://[::1", "https://hooks.example.com/help"),
        ("KB_VISIT_MINUTES", "soon", "whole number"),
        ("KB_VISIT_MINUTES", "5²", "whole number"),
        ("KB_VISIT_MINUTES", "9" * 5_000, "whole number"),
        ("KB_INDEX_DIR", "~nobody-of-that-name/index", "KB_INDEX_DIR"),
        ("KB_RATE_LIMIT", "maybe", "on or off"),
    ],
)
def test_wrong_settings_are_named(
    kb: Kb, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = kb("index")
    assert result.exit_code == 2
    assert words in result.stderr


def test_evaluate_measures_judged_questions(kb: Kb, write: Write, tmp_path: Path) -> None:
    write("kettle.md", "---\ntitle: Kettle\n---\nx")
    write("pump.md", "---\ntitle: Pump\n---\nx")
    kb("index")
    (tmp_path / "q.jsonl").write_text(
        '{"id": "1", "text": "kettle"}\n{"id": "2", "text": "kettle"}\n'
    )
    (tmp_path / "r.tsv").write_text("qid\tdocid\tgrade\n1\tkettle\t2\n2\tpump\t2\n")
    measures = json.loads(
        kb("evaluate", str(tmp_path / "q.jsonl"), str(tmp_path / "r.tsv"), "--json").stdout
    )
    assert measures == {
        "queries": 2, "success@1": 0.5, "success@5": 0.5, "mrr@10": 0.5, "ndcg@10": 0.5, "recall@10": 0.5,
        "mode": "lexical",
    }  # fmt: skip
    (tmp_path / "r.tsv").write_text("1\tkettle\tgood\n")
    refused = kb("evaluate", str(tmp_path / "q.jsonl"), str(tmp_path / "r.tsv"))
    assert (refused.exit_code, "r.tsv:1" in refused.stderr) == (1, True)


# -- the server as a process ---------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.status, answer.read().decode()


def wait_for(port: int, path: str, words: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if words in fetch(port, path)[1]:
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, f"{path} did not show {words!r} within {seconds} s"
        time.sleep(0.1)


def assert_no_database_is_open(pid: int) -> None:
    """A worker forked from a process that uses SQLite may find it locked forever."""
    files = Path(f"/proc/{pid}/fd")
    if files.is_dir():
        opened = [str(file.resolve()) for file in files.iterdir()]
        assert not [name for name in opened if ".db" in name]


def test_serve_publishes_serves_and_switches(
    write: Write, settings: Settings, tmp_path: Path
) -> None:
    write("a.md", "---\ntitle: First title\n---\nx")
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "KB_CONTENT_DIR": str(settings.content_dir),
        "KB_INDEX_DIR": str(settings.index_dir), "KB_DATABASE": str(settings.database),
    }  # fmt: skip
    command = [sys.executable, "-c", "from kb.cli.main import main; main()"]
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--workers", "1"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        wait_for(port, "/articles/a", "First title")
        assert fetch(port, "/readyz")[0] == 200
        assert_no_database_is_open(server.pid)
        taken = subprocess.run([*command, "serve", "--port", str(port)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # fmt: skip
        assert taken.returncode == 2
        assert f"--port {port + 1}" in taken.stderr
        write("a.md", "---\ntitle: Second title\n---\nx")
        subprocess.run(
            [*command, "index"], cwd=ROOT, env=environment, check=True, capture_output=True
        )
        wait_for(
            port, "/articles/a", "Second title", seconds=15
        )  # promised is 5, on a machine with nothing else to do
    finally:
        server.terminate()
        output = server.communicate(timeout=20)[0]
    assert f"http://127.0.0.1:{port}" in output
    assert "Traceback" not in output


def test_serve_says_what_keeps_it_from_publishing(settings: Settings, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "KB_CONTENT_DIR": str(tmp_path / "none"),
        "KB_INDEX_DIR": str(settings.index_dir), "KB_DATABASE": str(settings.database),
    }  # fmt: skip
    command = [sys.executable, "-c", "from kb.cli.main import main; main()"]
    refused = subprocess.run([*command, "serve", "--port", str(free_port())], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # fmt: skip
    assert refused.returncode == 2
    assert refused.stderr.startswith("Error: ")
    assert "Traceback" not in refused.stderr
