"""An administrator manages accounts from the shell."""

import json

import pytest
from click.testing import CliRunner

from kb.cli.main import main

from .conftest import EMAIL, PASSWORD


@pytest.fixture
def kb(tmp_path):
    runner = CliRunner()
    environ = {
        "KB_DATABASE": str(tmp_path / "instance" / "helpshelf.db"),
        "KB_INDEX_DIR": str(tmp_path / "index"),
        "KB_CONTENT_DIR": str(tmp_path),
    }
    return lambda *arguments, stdin="": runner.invoke(
        main, ["user", *arguments], input=stdin, env=environ
    )


def test_an_account_is_made_listed_and_disabled(kb):
    made = kb("add", EMAIL, "--role", "editor", "--name", "Ada", "--password-stdin", stdin=PASSWORD)
    assert (made.exit_code, made.stdout) == (0, "")
    assert PASSWORD not in made.output
    listed = json.loads(kb("list", "--json").stdout)
    assert [(a["email"], a["role"], a["name"], a["disabled_at"]) for a in listed] == [
        (EMAIL, "editor", "Ada", None)
    ]
    assert kb("disable", EMAIL).exit_code == 0
    assert json.loads(kb("list", "--json").stdout)[0]["disabled_at"]
    assert "disabled" in kb("list").stdout


def test_the_password_is_asked_twice_and_not_shown(kb):
    asked = kb("add", EMAIL, "--role", "agent", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output
    again = kb("password", EMAIL, stdin=f"{PASSWORD}\nsomething else\n")
    assert again.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "exit_code", "words"),
    [
        (("add", EMAIL, "--role", "agent", "--password-stdin"), "short", 1, "at least 15"),
        (("add", EMAIL, "--role", "agent", "--password-stdin"), "", 1, "no password"),
        (("add", "nobody", "--role", "agent", "--password-stdin"), PASSWORD, 1, "not an e-mail"),
        (("add", EMAIL, "--role", "king", "--password-stdin"), PASSWORD, 2, "king"),
        (("add", EMAIL, "--password-stdin"), PASSWORD, 2, "--role"),
        (("disable", "bob@example.com"), "", 1, "no account for bob@example.com"),
        (("password", "bob@example.com", "--password-stdin"), PASSWORD, 1, "no account"),
    ],
)
def test_what_cannot_be_done_is_said(kb, arguments, stdin, exit_code, words):
    refused = kb(*arguments, stdin=stdin)
    assert refused.exit_code == exit_code
    assert words in refused.stderr
    assert "Traceback" not in refused.output
