"""Tables of articles, for narrow screens and for people who hear them."""

import re

import lxml.html

from kb.content.sections import HEADINGS

_ALIGN = re.compile(r"text-align:\s*(left|center|right)")


def frame_tables(root: lxml.html.HtmlElement) -> None:
    """Let wide tables scroll by themselves, by keyboard too, and name what scrolls."""
    for cell in root.iter("td", "th"):
        align = _ALIGN.search(cell.get("style") or "")
        if align:
            cell.set("class", f"align-{align[1]}")
    heading = None
    for table in list(root.iter("table", *HEADINGS)):
        if table.tag != "table":
            heading = table
            continue
        parent = table.getparent()
        if parent is None or any(a.tag == "table" for a in table.iterancestors()):
            continue
        box = lxml.html.Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region"})
        if name := _name_table(table, heading):
            box.set("aria-label", name)
        box.tail, table.tail = table.tail, None
        parent.replace(table, box)
        box.append(table)


def _name_table(table: lxml.html.HtmlElement, heading: lxml.html.HtmlElement | None) -> str:
    """What a table is called: its first head, the heading above it, or its first cell.

    In words of the article, because those are in its language.
    """
    above = () if heading is None else (heading,)
    for part in (*table.iter("caption", "th"), *above, *table.iter("td")):
        if name := " ".join(part.text_content().split()):
            return name[:80]
    return ""
