"""Takes the sections out of a rendered article: each heading with the text up to the next."""

from collections.abc import Iterator

import lxml.html

from kb.content.models import Section

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
    ]
)


def build_sections(root: lxml.html.HtmlElement) -> Iterator[Section]:
    """The text before the first heading, then one section for each heading."""
    heading, anchor, level = "", "", 1
    parts: list[str] = []
    for kind, value, element in _walk(root):
        if kind == "text":
            parts.append(value)
            continue
        text = _squeeze(parts)
        if text or heading:
            yield Section(anchor, heading, level, text)
        heading = _heading_text(element)
        anchor, level, parts = element.get("id") or "", int(element.tag[1]), []
    text = _squeeze(parts)
    if text or heading:
        yield Section(anchor, heading, level, text)


def _walk(element: lxml.html.HtmlElement) -> Iterator[tuple[str, str, lxml.html.HtmlElement]]:
    """Text in reading order; headings come as one event without their text."""
    stack: list[tuple[lxml.html.HtmlElement, bool]] = [(element, True)]
    while stack:
        node, opening = stack.pop()
        is_block = isinstance(node.tag, str) and node.tag not in _INLINE
        if not opening:
            if is_block:
                yield "text", "\n", node
            if node.tail and node is not element:
                yield "text", node.tail, node
            continue
        if node.tag in HEADINGS:
            yield "heading", "", node
            stack.append((node, False))
            continue
        if is_block:
            yield "text", "\n", node
        if node.tag == "img" and node.get("alt"):
            yield "text", f" {node.get('alt')} ", node
        if isinstance(node.tag, str) and node.text:
            yield "text", node.text, node
        stack.append((node, False))
        stack.extend((child, True) for child in reversed(node))


def _heading_text(element: lxml.html.HtmlElement) -> str:
    # A line break stands between words; text_content() would join them.
    parts = [element.text or ""]
    for node in element.iterdescendants():
        if isinstance(node.tag, str):
            parts += [" " if node.tag == "br" else "", node.text or ""]
        parts.append(node.tail or "")
    return " ".join("".join(parts).split())


def _squeeze(parts: list[str]) -> str:
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)
