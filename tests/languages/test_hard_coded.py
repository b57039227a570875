"""Python and scripts put no text of their own on pages, nor mails on paper."""

import ast

import pytest

from kb.languages.extraction import _KEYWORDS, _UNSEEN
from tests.conftest import ROOT

from .hard_coded import DESCRIBED, find_built_messages, find_in_python, find_in_script
from .test_catalogs import MESSAGES, find_hard_coded

VIEWS = sorted((ROOT / "kb" / "web").rglob("*.py"))
FEATURES = sorted(
    path
    for path in (ROOT / "kb").rglob("*.py")
    if not path.relative_to(ROOT).as_posix().startswith(_UNSEEN)
)
SCRIPTS = sorted((ROOT / "static").glob("*.js"))
MAILS = sorted((ROOT / "templates" / "email").glob("*.txt"))
SPECIMENS = {
    # The page of components quotes content, which has a language of its own.
    "kb/web/staff/design.py": {"Where it is"},
}


def name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", VIEWS, ids=name)
def test_views_hold_no_text_of_their_own(path):
    known = SPECIMENS.get(name(path), ())
    found = find_in_python(path.read_text())
    assert [entry for entry in found if entry.partition(": ")[2] not in known] == []


def test_messages_for_people_are_whole_so_that_catalogs_have_them():
    found = {name(path): find_built_messages(path.read_text()) for path in FEATURES}
    assert {path: built for path, built in found.items() if built} == {}


def test_every_error_that_a_view_describes_is_in_the_catalogs():
    assert set(_KEYWORDS) >= DESCRIBED
    described = set()
    for path in VIEWS:
        for handler in ast.walk(ast.parse(path.read_text())):
            if isinstance(handler, ast.ExceptHandler) and "describe_error(" in ast.unparse(handler):
                described |= {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
    assert described
    # What is never raised itself stands for the errors that descend from it.
    called = set(_calls())
    raised = {name for name in described if f"{name}(" in called}
    assert raised - set(_KEYWORDS) == set()
    assert MESSAGES.get("Give the article a title.") is not None


def _calls():
    """Every call in the features, as text."""
    for path in FEATURES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func) + "("


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_say_only_what_the_page_hands_over(path):
    assert find_in_script(path.read_text()) == []


@pytest.mark.parametrize("path", MAILS, ids=name)
def test_mails_hold_no_text_of_their_own(path):
    found = find_hard_coded(path.read_text())
    assert [line for line in found if not line.startswith("/")] == [], "paths of links are no text"


@pytest.mark.parametrize(
    "source",
    (
        'flash("Saved")',
        'flash(f"Saved {count} articles", "success")',
        'abort(400, "Nope")',
        'raise BadRequest(description="Choose one")',
        'title = "Not found here"',
        'names = {"a": "Second thoughts"}',
        'form.email.errors = ["Enter your address."]',
    ),
)
def test_text_in_a_view_is_found(source):
    assert find_in_python(source)


@pytest.mark.parametrize(
    "source",
    (
        'flash(_("Saved"))',
        'app.logger.error("Request failed: %s", error)',
        '"""What this module is for."""',
        'raise InvalidInput("Give the filter a name.", "name")',
        'headers["Cache-Control"] = "private, no-store"',
    ),
)
def test_what_is_no_text_of_a_view_is_left_alone(source):
    assert find_in_python(source) == []


def test_a_message_that_is_put_together_is_found():
    assert find_built_messages('raise InvalidInput(f"There is no {name}.", "name")')
    assert find_built_messages('raise InvalidInput("There is no " + name, "name")')


@pytest.mark.parametrize(
    "source",
    (
        'status.textContent = "Saved";',
        "box.setAttribute('aria-label', 'Close');",
        'const text = "Please try again"; // a comment',
        "alert(`Gone`)",
    ),
)
def test_text_in_a_script_is_found(source):
    assert find_in_script(source)


def test_what_is_no_text_of_a_script_is_left_alone():
    source = """// Please try again: a comment
      /* Another one, too */ form.closest("input, textarea"); status.textContent = ""; x("a/b");"""
    assert find_in_script(source) == []
