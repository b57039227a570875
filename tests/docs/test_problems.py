"""docs/problems.md explains every problem that the product can report, and no other."""

import pytest

from .markdown_page import load_page
from .problem_codes import find_codes

PAGE = load_page("docs/problems.md")
CODES = find_codes()


def test_every_code_has_a_heading_and_every_heading_a_code() -> None:
    headings = [heading.text for heading in PAGE.headings if heading.level == 3]
    assert sorted(headings) == sorted(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_has_its_severity_and_a_way_out(code: str) -> None:
    text = PAGE.section(code)
    assert CODES[code] == {text.strip().splitlines()[0].removeprefix("Severity: ")}
    assert "\nTo fix it: " in text or "| to fix it |" in text
