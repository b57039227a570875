"""docs/editors.md names every key that is read, and its examples are free of problems."""

import ast
import re
from datetime import date

import pytest

from kb.accounts.models import Role
from kb.contacts.directory import parse_directory
from kb.content.arrangement import build_collections
from kb.content.front_matter import parse_article
from kb.content.models import ArticleSummary, Kind, Problem, State
from kb.content.site_settings import parse_site
from kb.content.yaml_document import YamlDocument, parse_yaml
from kb.search.analysis import Analyzer
from kb.search.best_bets import parse_best_bets
from kb.search.synonyms import parse_synonyms
from tests.conftest import ROOT

from .markdown_page import Block, load_page

PAGE = load_page("docs/editors.md")
READING = {"text", "texts", "date", "whole", "flag", "parsed", "children", "named_children", "has"}
CHOOSING = {"_choice", "_links"}
ICON = re.compile(r'^  "([a-z]+)": "<', re.MULTILINE)


def keys_read(*modules: str) -> set[str]:
    """The names that code asks a FieldReader for."""
    found: set[str] = set()
    for module in modules:
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr in READING:
                arguments = node.args[:1]
            elif isinstance(node.func, ast.Name) and node.func.id in CHOOSING:
                arguments = node.args[1:2]
            else:
                continue
            found |= {a.value for a in arguments if isinstance(a, ast.Constant)}
    return found


def table_keys(heading: str) -> set[str]:
    """The first column of the tables below a heading, where it is a key."""
    rows = re.findall(r"^\| \[?`([a-z_]+)`\]?", PAGE.section(heading), re.MULTILINE)
    return set(rows)


def test_every_front_matter_key_has_a_row_and_a_heading() -> None:
    keys = keys_read("kb/content/front_matter.py") - {"draft", "published"}
    headings = [h.text for h in PAGE.headings if h.level == 3 and h.text in keys]
    assert table_keys("Front matter") == keys
    assert set(headings) == keys


def test_every_key_of_a_collection_is_in_its_table() -> None:
    icons = set(ICON.findall((ROOT / "templates" / "components.html").read_text(encoding="utf-8")))
    assert table_keys("_collection.yml") == keys_read("kb/content/arrangement.py")
    named = PAGE.section("_collection.yml").partition("Icons: ")[2]
    assert set(re.findall(r"`([a-z]+)`", named)) == icons


def test_every_key_of_the_site_is_in_its_table() -> None:
    section = next(h.text for h in PAGE.headings if h.text.endswith(": _site.yml"))
    links = {"label", "href"}
    modules = ("kb/content/site_settings.py", "kb/content/identity.py")
    assert table_keys(section) == keys_read(*modules) - links
    assert all(f"`{name}`" in PAGE.section(section) for name in links)


def test_every_key_of_a_department_is_in_its_table() -> None:
    keys = keys_read("kb/contacts/directory.py", "kb/contacts/contact_points.py")
    assert table_keys("Departments: _contacts.yml") == keys - {"departments"}


def test_every_key_of_a_best_bet_is_in_its_table() -> None:
    keys = keys_read("kb/search/best_bets.py")
    assert table_keys("Best bets: _best_bets.yml") == keys - {"best_bets"}


def test_every_state_and_kind_has_a_row() -> None:
    states = re.findall(r"^\| `([a-z]+)` \|", PAGE.section("States"), re.MULTILINE)
    kinds = re.findall(r"^\| `([a-z-]+)` \|", PAGE.section("Kinds"), re.MULTILINE)
    assert sorted(states) == sorted(State)
    assert sorted(kinds) == sorted(Kind)


def test_every_role_is_explained_to_operators() -> None:
    rows = re.findall(
        r"^\| `([a-z]+)` \|",
        load_page("docs/operations.md").section("Staff accounts"),
        re.MULTILINE,
    )
    assert sorted(rows) == sorted(Role)


ARTICLES = [b for b in PAGE.blocks if b.language == "markdown" and b.text.startswith("---\n")]
FILE_STEMS = ("site", "contacts", "synonyms", "best_bets", "collection")
FILES = [b for b in PAGE.blocks if re.match(r"# _\w+\.yml\n", b.text)]
LINES = [
    b for b in PAGE.blocks if b.language == "yaml" and b not in FILES and "jobs:" not in b.text
]


@pytest.mark.parametrize("block", ARTICLES, ids=lambda block: f"line {block.line}")
def test_articles_in_examples_have_no_problems(block: Block) -> None:
    parsed = parse_article("example.md", block.text.encode())
    assert parsed.problems == ()
    assert parsed.front_matter.extra == {}


@pytest.mark.parametrize("block", LINES, ids=lambda block: f"line {block.line}")
def test_lines_of_front_matter_in_examples_have_no_problems(block: Block) -> None:
    parsed = parse_article("example.md", f"---\ntitle: T\n{block.text}---\nText.\n".encode())
    if block.text.startswith("title:"):
        parsed = parse_article("example.md", f"---\n{block.text}---\nText.\n".encode())
    assert parsed.problems == ()
    assert parsed.front_matter.extra == {}


@pytest.mark.parametrize("block", FILES, ids=lambda block: block.text.splitlines()[0])
def test_settings_files_in_examples_have_no_problems(block: Block) -> None:
    name = block.text.splitlines()[0].removeprefix("# ")
    assert list(check_settings(name, parse_yaml(block.text, name))) == []


def check_settings(name: str, document: YamlDocument) -> tuple[Problem, ...] | list[Problem]:
    if name == "_site.yml":
        return parse_site(document)[1]
    if name == "_contacts.yml":
        return parse_directory(document)[1]
    if name == "_synonyms.yml":
        return parse_synonyms(document, Analyzer.for_language("en"))[1]
    if name == "_best_bets.yml":
        articles = [
            ArticleSummary(path[path.rfind("/") + 1 : -3], "T", Kind.FAQ, State.PUBLISHED, "", path)
            for path in ("bulletins/fk-120-base-recall.md", "orders/holiday-order-dates.md")
        ]
        english = Analyzer.for_language("en")
        return parse_best_bets(document, english, articles, date(2026, 11, 23))[1]
    assert name == "_collection.yml"
    return build_collections(["folder"], {"folder": document}, {})[1]


def test_there_are_examples_of_every_file() -> None:
    names = {block.text.splitlines()[0] for block in FILES}
    assert names == {f"# _{stem}.yml" for stem in FILE_STEMS}
    assert len(ARTICLES) >= 4
    assert len(LINES) >= 15
