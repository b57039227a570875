"""Changes to an lxml tree that its own methods make awkward: text after an element stays."""

import lxml.html
from lxml import etree


def inner_html(root: lxml.html.HtmlElement) -> str:
    """The HTML inside an element."""
    outer = str(etree.tostring(root, encoding="unicode", method="html", with_tail=False))
    return outer[outer.index(">") + 1 : outer.rindex("</")]


def drop(element: lxml.html.HtmlElement, *, keep_text: bool) -> None:
    """Take an element out; with ``keep_text`` its content takes its place."""
    if element.getparent() is None:
        return
    if keep_text:
        element.drop_tag()
    else:
        element.drop_tree()


def replace_by(
    element: lxml.html.HtmlElement, tag: str, text: str, attributes: dict[str, str]
) -> None:
    """Put another element with this text in an element's place."""
    replacement = lxml.html.Element(tag, attributes)
    replacement.text = text
    replacement.tail = element.tail
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, replacement)
