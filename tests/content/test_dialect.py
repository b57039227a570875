"""Markdown as authors write it elsewhere."""

import pytest
from lxml import html

from kb.content.links import LinkMap
from kb.content.renderer import render_article


def outline(body: str) -> str:
    """The structure of a rendered text: ``ul(li(a) li(b))``."""
    tree = html.fragment_fromstring(
        render_article("x.md", body, 1, "", LinkMap()).html, create_parent="root"
    )

    def show(element: html.HtmlElement) -> str:
        inner = "".join(
            [(element.text or "").strip(), *(show(c) + (c.tail or "").strip() for c in element)]
        )
        return inner if element.tag in ("p", "span") else f"{element.tag}({inner})"

    return "".join(show(child) for child in tree)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("- a\n  - b\n- c", "ul(li(aul(li(b)))li(c))"),
        ("- a\n    - b", "ul(li(aul(li(b))))"),
        ("1. a\n\n   - b\n\n1. c", "ol(li(aul(li(b)))li(c))"),
        ("Do this:\n- a\n- b", "Do this:ul(li(a)li(b))"),
        ("Do this:\n1. a\n2. b", "Do this:ol(li(a)li(b))"),
        ("It was\n2020. A good year", "It was\n2020. A good year"),
        ("- a\nlazy\n- b", "ul(li(a\nlazy)li(b))"),
        ("1. a\n\n   more\n\n2. b", "ol(li(amore)li(b))"),
        ("1) a\n2) b", "ol(li(a)li(b))"),
        ("* * *", "hr()"),
        ("    code - a", "pre(code(code - a))"),
        ("- a\n\ntext", "ul(li(a))text"),
    ],
)
def test_outline(body: str, expected: str) -> None:
    assert outline(body).replace(" \n", "\n") == expected


def test_code_in_a_list_keeps_its_indentation() -> None:
    rendered = render_article(
        "x.md", "1. a\n\n   ```\n   if x:\n     y\n   ```\n2. b", 1, "", LinkMap()
    )
    assert "<code>if x:\n  y</code>" in rendered.html
    assert rendered.html.count("<ol>") == 1


def test_a_heading_id_needs_no_space() -> None:
    rendered = render_article("x.md", "## Go back{#back}\n\n## What's `new`?", 1, "", LinkMap())
    assert rendered.anchors == ("h-back", "h-whats-new")
