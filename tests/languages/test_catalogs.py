"""Every text of the interface has its translations, and none is written past the catalogs."""

import re

import pytest

from kb.languages.catalogs import list_codes, load_catalog
from kb.languages.checking import check_catalog
from kb.languages.extraction import extract_messages
from kb.languages.maintenance import catalog_path, read_catalog, update_catalog
from tests.conftest import ROOT

MESSAGES = extract_messages()
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.html"))
_HIDDEN = re.compile(
    r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}|<code>.*?</code>"
    r"|\{%-?\s*block (?:[a-z_]*class|language|direction)\b.*?endblock\s*-?%\}",
    re.DOTALL,
)
_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_SPOKEN = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"')
_WORD = re.compile(r"[A-Za-z]{2}")


def find_hard_coded(source):
    """Text of a template that no catalog sees."""
    text = _CODE.sub("", _HIDDEN.sub("", source))
    # A macro that makes attributes is no text.
    text = re.sub(r'\b[a-z-]+="[^"<>]*"(?=[^<>]*(?:<|$))', "", _TAG.sub(_keep_spoken, text))
    return [line.strip() for line in text.splitlines() if _WORD.search(re.sub(r"&\w+;", "", line))]


def _keep_spoken(tag):
    return " ".join(_SPOKEN.findall(tag[0]))


@pytest.mark.parametrize("code", list_codes())
def test_catalogs_are_complete_and_nothing_in_them_is_broken(code):
    assert [f"{p.message}: {p.problem}" for p in check_catalog(code, MESSAGES)] == []


def test_german_and_spanish_are_there():
    assert {"de", "es"} <= set(list_codes())
    assert load_catalog("de").gettext("Search") == "Suchen"
    assert load_catalog("es").ngettext("%(count)s article", "%(count)s articles", 2) == (
        "%(count)s artículos"
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_templates_hold_no_text_of_their_own(path):
    assert find_hard_coded(path.read_text()) == []


@pytest.mark.parametrize(
    "source", ["<p>Hello</p>", '<a title="Hello"></a>', "{% if x %}Hello{% endif %}"]
)
def test_hard_coded_text_is_found(source):
    assert find_hard_coded(source)


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        ("", "is not translated"),
        ("Seite %(nummer)s von %(count)s", "names %(nummer)s"),
        ("Seite %(number)s", "lacks %(count)s"),
        (" Seite %(number)s von %(count)s", "spaces"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said(tmp_path, translation, problem):
    catalog_path("de", tmp_path).write_bytes(catalog_path("de").read_bytes())
    text = catalog_path("de", tmp_path).read_text()
    assert "Seite %(number)s von %(count)s" in text
    changed = text.replace('"Seite %(number)s von %(count)s"', f'"{translation}"')
    catalog_path("de", tmp_path).write_text(changed)
    (found,) = check_catalog("de", MESSAGES, tmp_path)
    assert problem in found.problem


def test_a_new_language_begins_empty_and_an_update_changes_nothing_twice(tmp_path):
    made = update_catalog("fr", MESSAGES, tmp_path)
    assert (made.is_new, made.untranslated) == (True, len(MESSAGES))
    assert not update_catalog("fr", MESSAGES, tmp_path).is_changed
    assert len(read_catalog("fr", tmp_path)) == len(MESSAGES)
