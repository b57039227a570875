"""Commands, options, make targets and addresses are documented, and what is documented exists."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from kb.cli.main import main
from tests.conftest import ROOT, RunningSite

from .markdown_page import list_pages, load_page

OPERATIONS = load_page("docs/operations.md")
_TARGET = re.compile(r"^([a-z-]+):.*## ", re.MULTILINE)
_CONVERTER = re.compile(r"<[a-z]+:")
_CALL = re.compile(r"(?:^|[\s/`])kb ([a-z][^`\n|]*)")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")


def list_commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield name, command
            yield from ((f"{name} {inner}", sub) for inner, sub in command.commands.items())
        else:
            yield name, command


COMMANDS = dict(list_commands())


def options_of(command: click.Command) -> set[str]:
    options = (p for p in command.params if isinstance(p, click.Option))
    return {name for option in options for name in option.opts}


def test_every_command_has_a_heading_and_every_heading_a_command() -> None:
    headings = [h.text for h in OPERATIONS.headings if h.text.startswith("kb ")]
    assert sorted(headings) == sorted(f"kb {name}" for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_explained_with_its_command(name: str) -> None:
    text = OPERATIONS.section(f"kb {name}")
    named = set(re.findall(r"--[a-z-]+", text))
    assert options_of(COMMANDS[name]) - named == set()


def test_commands_in_examples_exist_with_their_options() -> None:
    calls = [(page.name, call) for page in list_pages() for call in _calls(page.lines)]
    assert len(calls) > 30
    assert [(page, f"kb {call}") for page, call in calls if not _exists(call)] == []


def _exists(call: str) -> bool:
    words = shlex.split(call.partition(" #")[0])
    name = next((n for n in (" ".join(words[:2]), words[0]) if n in COMMANDS), None)
    if name is None:
        return words[0] in {command.partition(" ")[0] for command in COMMANDS}
    given = {word for word in words if word.startswith("--")}
    return given <= options_of(COMMANDS[name])


def _calls(lines: list[str]) -> Iterator[str]:
    is_code = False
    for line in lines:
        if line.lstrip().startswith("```"):
            is_code = not is_code
        for text in [line] if is_code else _CODE_SPAN.findall(line):
            yield from (match[1].split(">")[0].strip() for match in _CALL.finditer(text))


def test_every_make_target_is_in_the_table_for_contributors() -> None:
    targets = _TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8"))
    rows = re.findall(
        r"^\| `make ([a-z-]+)` \|", load_page("CONTRIBUTING.md").section("Set up"), re.M
    )
    assert sorted(rows) == sorted(targets)


def test_every_address_is_in_the_table_and_every_row_is_an_address(site: RunningSite) -> None:
    rules = {_CONVERTER.sub("<", rule.rule) for rule in site.app.url_map.iter_rules()}
    api = {rule for rule in rules if rule.startswith("/api/")}
    table = load_page("docs/architecture.md").section("Addresses")
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `/")]
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == rules - api
    described = {h.text.partition(" ")[2] for h in load_page("docs/api.md").headings}
    assert api - described == set()
