"""Links between the pages of the documentation lead somewhere."""

from urllib.parse import unquote

import pytest

from tests.conftest import ROOT

from .markdown_page import MarkdownPage, list_pages, load_page


@pytest.mark.parametrize("page", list_pages(), ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: MarkdownPage) -> None:
    broken = [
        f"{page.name}:{line}: {target}"
        for line, target in page.links()
        if not target.startswith(("https://", "http://", "mailto:")) and not _exists(page, target)
    ]
    assert broken == []


def _exists(page: MarkdownPage, target: str) -> bool:
    path, _, anchor = unquote(target).partition("#")
    file = (page.path.parent / path).resolve() if path else page.path
    if not file.is_relative_to(ROOT) or not file.exists():
        return False
    return not anchor or anchor in {heading.anchor for heading in MarkdownPage(file).headings}


def test_the_index_of_decisions_names_every_decision() -> None:
    listed = {target for _, target in load_page("docs/decisions/README.md").links()}
    files = {path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")}
    assert files - listed == set()


def test_the_readme_leads_to_every_page() -> None:
    linked = {target.partition("#")[0] for _, target in load_page("README.md").links()}
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages - linked == set()
