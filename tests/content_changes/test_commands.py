"""`kb preview` and `kb push`."""

import json

import pytest
from click.testing import CliRunner

from kb.cli.main import main

ARTICLE = "---\ntitle: Gift\n---\nSee [nowhere](none.md).\n"


@pytest.fixture
def run(checkout, tmp_path, monkeypatch):
    for name, value in {
        "KB_CONTENT_DIR": str(checkout / "help"),
        "KB_CONTENT_REMOTE": "origin",
        "KB_INDEX_DIR": str(tmp_path / "index"),
        "KB_DATABASE": str(tmp_path / "helpshelf.db"),
        "KB_SECRET_KEY": "only for tests",
        "KB_SEMANTIC": "off",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments, text="": CliRunner().invoke(main, arguments, input=text)


def test_a_preview_is_json_and_writes_nothing(run, tmp_path, checkout, git):
    result = run("preview", "care/gift.md", text=ARTICLE)
    value = json.loads(result.stdout)
    assert (result.exit_code, value["title"]) == (0, "Gift")
    assert "<p>See" in value["html"]
    assert [(p["code"], p["line"]) for p in value["problems"]] == [("broken-link", 4)]
    assert not (tmp_path / "index").exists()
    assert git(checkout, "status", "--porcelain") == ""


def test_a_preview_beside_another_branch(run, checkout, git):
    git(checkout, "switch", "-q", "-c", "faq/7-x")
    (checkout / "help" / "care" / "none.md").write_text("# Now it is there\n")
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "x")
    git(checkout, "switch", "-q", "main")
    value = json.loads(run("preview", "care/gift.md", "--ref", "faq/7-x", text=ARTICLE).stdout)
    assert value["problems"] == []


def test_pushing_tells_what_waits(run, checkout, git, tmp_path, make_changes):
    assert run("push").exit_code == 0
    changes = make_changes(checkout / "help", "", "origin")
    git(checkout, "remote", "add", "origin", "/nowhere")
    changes.pushes.request("main")
    result = run("push", "--json")
    assert result.exit_code == 1
    (waiting,) = json.loads(result.stdout)
    assert (waiting["branch"], waiting["attempts"]) == ("main", 1)
    assert "/nowhere" in waiting["reason"]
    assert run("push", "--due", "--json").exit_code == 1  # waits, and is not tried again yet
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "remote.git")
    git(checkout, "remote", "set-url", "origin", str(tmp_path / "remote.git"))
    assert run("push").exit_code == 0
