"""docs/settings.md and the settings table say the same."""

import re

import pytest

from kb.accounts.rate_limits import LIMITS
from kb.config import SETTINGS, Setting

from .markdown_page import list_pages, load_page

PAGE = load_page("docs/settings.md")
VARIABLE = re.compile(r"\bKB_[A-Z_]+\b")


def test_settings_have_a_heading_each_in_the_order_of_the_table() -> None:
    headings = [heading.text for heading in PAGE.headings if heading.level == 2]
    assert headings == [setting.variable for setting in SETTINGS]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.variable)
def test_a_setting_shows_its_default_and_an_example(setting: Setting) -> None:
    text = PAGE.section(setting.variable)
    default = f"`{setting.default}`" if setting.default else "empty"
    assert text.strip().startswith(f"Default: {default}\n")
    assert f"{setting.variable}=" in text
    shown = f"| [`{setting.variable}`](#{setting.variable.lower()}) | {default} |"
    assert any(line.startswith(shown) for line in PAGE.lines)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.variable)
def test_the_examples_of_a_setting_are_accepted(setting: Setting) -> None:
    for block in PAGE.blocks:
        for line in block.text.splitlines():
            name, _, value = line.partition(" #")[0].strip().partition("=")
            if name == setting.variable and "$" not in value and " " not in value:
                setting.parse(value)


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = {setting.variable for setting in SETTINGS} | {"KB_"}
    used = {
        (page.name, name)
        for page in list_pages()
        for name in VARIABLE.findall("\n".join(page.lines))
        if name not in known
    }
    assert used == set()


def test_the_limits_are_those_of_the_code() -> None:
    shown = re.findall(r"\| (\d+)(?: attempts)? in (?:a|(\d+)) (minute|day)", _limits_table())
    seconds = {"minute": 60, "day": 24 * 60 * 60}
    documented = {(int(n), int(times or 1) * seconds[unit]) for n, times, unit in shown}
    assert documented <= {(limit.count, limit.seconds) for limit in LIMITS.values()}
    assert len(shown) >= 4


def _limits_table() -> str:
    return PAGE.section("KB_RATE_LIMIT")
