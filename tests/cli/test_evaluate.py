"""``kb evaluate``: says when judgments belong to other content, lists what is answered badly."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli.main import main
from kb.config import Settings

Kb = Callable[..., Result]


@pytest.fixture
def kb(
    settings: Settings, content: Path, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Kb:
    monkeypatch.setenv("KB_CONTENT_DIR", str(content))
    monkeypatch.setenv("KB_INDEX_DIR", str(settings.index_dir))
    monkeypatch.setenv("KB_SEMANTIC", "off")
    write("kettle.md", "---\ntitle: Kettle is loud\n---\nDescale it.")
    write("pump.md", "---\ntitle: Pump is loud\n---\nThe pump hums.")
    write("draft.md", "---\ntitle: Draft\nstate: draft\n---\nx")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    assert run("index").exit_code == 0
    return run


@pytest.fixture
def files(tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    queries, qrels = tmp_path / "q.jsonl", tmp_path / "r.tsv"
    texts = ("kettle", "pump loud", "zzz")
    queries.write_text("".join(f'{{"id": "{n}", "text": "{t}"}}\n' for n, t in enumerate(texts, 1)))

    def write_qrels(text: str) -> tuple[str, str]:
        qrels.write_text(text)
        return str(queries), str(qrels)

    return write_qrels


def test_judgments_of_other_content_are_an_error(
    kb: Kb, files: Callable[[str], tuple[str, str]]
) -> None:
    result = kb("evaluate", *files("1\tfirefox\t2\n2\tcookies\t1\n"), "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "None of the 2 judged articles is published here" in result.stderr


def test_missing_articles_are_counted(kb: Kb, files: Callable[[str], tuple[str, str]]) -> None:
    result = kb("evaluate", *files("1\tkettle\t2\n2\tdraft\t2\n"), "--json")
    assert result.exit_code == 0
    assert "1 of 2 judged articles is not published" in result.stderr
    assert json.loads(result.stdout)["success@1"] == 0.5


def test_without_any_answer_there_is_nothing_to_measure(
    kb: Kb, files: Callable[[str], tuple[str, str]]
) -> None:
    result = kb("evaluate", *files("1\tkettle\t0\n"))
    assert result.exit_code == 1
    assert "nothing to measure" in result.stderr


def test_the_worst_questions_are_listed(kb: Kb, files: Callable[[str], tuple[str, str]]) -> None:
    judgments = files("1\tkettle\t2\n2\tkettle\t2\n3\tpump\t2\n")
    table = kb("evaluate", *judgments, "--worst", "5").stdout
    assert "success@1      0.333" in table
    lines = table.splitlines()
    assert lines[-2].split() == ["zzz", "pump", "-", "nothing"]
    assert lines[-1].split() == ["pump", "loud", "kettle", "2", "pump"]
    worst = json.loads(kb("evaluate", *judgments, "--worst", "1", "--json").stdout)["worst"]
    assert worst == [
        {"text": "zzz", "wanted": "pump", "rank": None, "first": None, "first_grade": 0}
    ]
