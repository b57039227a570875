"""The last step of rendering: only harmless HTML leaves it, whatever went in.

nh3 (ammonia, a maintained Rust library) parses as a browser does and keeps an
allowlist.  It runs after every other change to the HTML, so nothing that is added
earlier can slip past.
"""

from functools import cache

import nh3

CLASSES = frozenset(
    [
        "admonition",
        "admonition-title",
        "note",
        "tip",
        "warning",
        "caution",
        "important",
        "danger",
        "hint",
        "attention",
        "footnote",
        "footnote-ref",
        "footnote-backref",
        "table-scroll",
        "missing-file",
        "external",
        "align-left",
        "align-center",
        "align-right",
        "highlight",
    ]
)
"""Classes that the style sheet knows; every other class is dropped."""

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
_ATTRIBUTES = {
    "*": {"id", "class", "title", "lang", "dir"},
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "div": {"tabindex", "role", "aria-label"},
    "details": {"open"},
}


def sanitise(html: str) -> str:
    """``html`` reduced to what an article may contain."""
    return str(_cleaner().clean(html))


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags={"script", "style", "template", "noscript", "svg", "math", "textarea"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )


def _filter_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = [c for c in value.split() if c in CLASSES or c.startswith("language-")]
        return " ".join(kept) or None
    if name == "id":
        return value if value.startswith(("h-", "fn")) else None
    if name == "src":
        return value if value.startswith("/files/") else None
    if name in ("tabindex", "role", "aria-label") and tag == "div":
        allowed = {"tabindex": "0", "role": "region"}
        return value if allowed.get(name, value) == value else None
    return value
