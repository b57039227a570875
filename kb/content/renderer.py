"""Markdown to safe HTML with sections, and what is wrong with the article on the way.

Pure and slow: it runs in a worker process at publish time, never in a request
(``rendering_pool``).  Order: lists brought into Python-Markdown's form, Markdown to
HTML, links and headings resolved on the tree, sections taken, sanitised last.
"""

import posixpath
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

import lxml.html

from kb.content.dialect import to_python_markdown
from kb.content.html_tree import drop, inner_html, replace_by
from kb.content.links import Fate, LinkMap, ResolvedLink, anchor_id
from kb.content.markdown_converter import markdown_converter
from kb.content.models import Problem, Section, Severity
from kb.content.sanitizer import TAGS, sanitise
from kb.content.sections import HEADINGS, build_sections
from kb.content.tables import frame_tables

RENDERER_VERSION = "12"
"""Part of the key under which rendered articles are kept: raise it when the output changes,
or the terms that are taken from it (``kb.search.analysis``), or when files that did not change
have to be read anew for another reason."""

_WITHOUT_TEXT = r"!\[\s*\]\(\s*<?"
"""How a picture begins that has no alternative text."""
_EMBEDS = ("iframe", "video", "audio", "embed", "object")
_ACTIVE = (
    "script",
    "style",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "svg",
    "math",
    "link",
    "meta",
    "base",
    "noscript",
    "template",
)
_CONTAINERS = ("form", "noscript", "template")
"""Active elements whose text is an author's, so it stays."""
_HARMLESS = frozenset(
    [
        "h1",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "main",
        "aside",
        "center",
        "font",
        "big",
        "tt",
        "strike",
        "label",
        "picture",
        "source",
        "track",
        "param",
        "map",
        "area",
        "wbr",
        "bdi",
        "bdo",
        "ruby",
        "rt",
        "rp",
        "time",
        "data",
        "address",
        "hgroup",
        "option",
        "optgroup",
        "fieldset",
        "legend",
        "output",
        "progress",
        "meter",
        "dialog",
        "canvas",
        "menu",
        "acronym",
    ]
)
"""HTML that is dropped without a word while its text stays."""


@dataclass(frozen=True, slots=True)
class RenderedArticle:
    """One article's HTML, safe to embed, and what was found in it."""

    html: str
    sections: tuple[Section, ...]
    links: tuple[ResolvedLink, ...] = ()
    anchors: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def render_article(
    path: str, body: str, body_line: int, title: str, links: LinkMap
) -> RenderedArticle:
    """Render one article's Markdown.

    ``body_line`` is the line of the file on which ``body`` begins, for problems.
    May raise whatever the parser raises on hostile input, RecursionError included.
    """
    return _Rendering(path, body, body_line, links).run(title)


class _Rendering:
    def __init__(self, path: str, body: str, body_line: int, links: LinkMap) -> None:
        self.path = path
        self.body = body
        self.body_line = body_line
        self.map = links
        self.links: list[ResolvedLink] = []
        self.anchors: dict[str, None] = {}
        self.problems: list[Problem] = []

    def run(self, title: str) -> RenderedArticle:
        converter = markdown_converter()
        converter.reset()
        html = converter.convert(to_python_markdown(self.body))
        root = lxml.html.fragment_fromstring(html, create_parent="div")
        self._remove_active(root)
        self._drop_repeated_title(root, title)
        self._number_headings(root)
        for element in list(root.iter("a")):
            self._link(element)
        for element in list(root.iter("img")):
            self._image(element)
        frame_tables(root)
        sections = tuple(build_sections(root))
        cleaned = sanitise(inner_html(root))
        return RenderedArticle(
            cleaned, sections, tuple(self.links), tuple(self.anchors), tuple(self.problems)
        )

    def _report(self, code: str, place: int | str, message: str, fix: str) -> None:
        """``place`` is a line, or a text that is looked for."""
        line = place if isinstance(place, int) else self._line_of(place)
        problem = Problem(self.path, line, code, Severity.WARNING, message, fix)
        if problem not in self.problems:
            self.problems.append(problem)

    def _line_of_target(self, raw: str, before: str = "") -> int:
        """Line of a link's or picture's target: the first behind the pattern ``before``.

        A target is whole: `a.md` is not found in `data.md`, nor `img/` in `img/lamp.png`.
        """
        target = rf"(?<![^\s(<\"'=]){re.escape(raw)}(?![^\s)>\"'])"
        found = re.search(before + target, self.body)
        if not raw or found is None:
            return self._line_of_target(raw) if before else self._line_of(raw)
        return self.body_line + self.body.count("\n", 0, found.end())

    def _line_of(self, text: str) -> int:
        position = self.body.find(text) if text else -1
        if position < 0 and text.startswith("<"):  # the parser writes tags in lower case
            position = self.body.lower().find(text)
        if position < 0:
            return 0
        return self.body_line + self.body.count("\n", 0, position)

    def _remove_active(self, root: lxml.html.HtmlElement) -> None:
        for element in list(root.iter()):
            if not isinstance(element.tag, str):
                drop(element, keep_text=False)
                continue
            tag = element.tag.lower()
            handlers = [name for name in element.attrib if name.lower().startswith("on")]
            if handlers:
                self._report(
                    "unsafe-html",
                    handlers[0],
                    f"the attribute `{handlers[0]}` is removed",
                    "articles contain no scripts",
                )
            if tag in _EMBEDS:
                self._replace_embed(element)
            elif tag in _ACTIVE:
                self._report(
                    "unsafe-html",
                    f"<{tag}",
                    f"<{tag}> is removed",
                    "write it in Markdown; active HTML is not published",
                )
                drop(element, keep_text=tag in _CONTAINERS)
            elif tag not in TAGS and tag not in _HARMLESS:
                self._show_as_text(element, tag)

    def _show_as_text(self, element: lxml.html.HtmlElement, tag: str) -> None:
        """Text such as ``<your name>`` is meant to be read, not to vanish as an unknown tag."""
        self._report(
            "unknown-tag",
            f"<{tag}",
            f"<{tag}> is not HTML and is shown as text",
            f"write `<{tag}>` in backquotes",
        )
        written = " ".join([tag, *(f'{k}="{v}"' if v else k for k, v in element.attrib.items())])
        element.text = f"<{written}>{element.text or ''}"
        drop(element, keep_text=True)

    def _replace_embed(self, element: lxml.html.HtmlElement) -> None:
        nested = element.find(".//source")
        source = (
            element.get("src")
            or element.get("data")
            or (nested.get("src") if nested is not None else "")
            or ""
        )
        self._report(
            "embedded-frame",
            f"<{element.tag}",
            f"<{element.tag}> is replaced by a link",
            "link to it instead",
        )
        link = lxml.html.Element("a", href=source)
        link.text = element.get("title") or source
        link.tail = element.tail
        parent = element.getparent()
        if parent is not None:
            parent.replace(element, link)

    def _drop_repeated_title(self, root: lxml.html.HtmlElement, title: str) -> None:
        first = next(iter(root), None)
        if first is None or first.tag != "h1" or (root.text or "").strip():
            return
        text = " ".join(first.text_content().split())
        if text.casefold() == title.casefold():
            # Links to it stay true: without a target of that name they lead to the page's top.
            self._unique(anchor_id(first.get("id") or text))
            drop(first, keep_text=False)

    def _number_headings(self, root: lxml.html.HtmlElement) -> None:
        headings = list(root.iter(*HEADINGS))
        # The page's own h1 is the title, so an article that uses h1 moves down a level.
        shift = 1 if any(e.tag == "h1" for e in headings) else 0
        for element in headings:
            level = min(int(element.tag[1]) + shift, 6)
            element.tag = f"h{level}"
            self._drop_seventh_level(element)
            name = element.get("id") or element.text_content()
            element.set("id", self._unique(anchor_id(name)))
        for element in root.iter():
            if isinstance(element.tag, str) and element.tag not in HEADINGS:
                name = element.get("id") or (element.get("name") if element.tag == "a" else None)
                if name and not name.startswith(("fn:", "fnref")):
                    element.set("id", self._unique(anchor_id(name)))

    def _drop_seventh_level(self, element: lxml.html.HtmlElement) -> None:
        """Seven and more ``#`` mean the sixth level, not a heading that begins with ``#``."""
        text = element.text or ""
        if not text.startswith("#") or not re.search(_escape_line(f"######{text}"), self.body):
            return
        self._report(
            "heading-too-deep",
            f"######{text}",
            "a heading has more than six `#`; it is shown as one of the sixth level",
            "use at most six; articles with fewer levels are easier to read",
        )
        element.text = text.lstrip("#").lstrip()

    def _unique(self, anchor: str) -> str:
        candidate, count = anchor, 0
        while candidate in self.anchors:  # numbered as on GitHub: steps, steps-1, steps-2
            count += 1
            candidate = f"{anchor}-{count}"
        self.anchors[candidate] = None
        return candidate

    def _link(self, element: lxml.html.HtmlElement) -> None:
        raw = element.get("href")
        if raw is None or "footnote" in (element.get("class") or ""):
            return
        link = replace(self.map.resolve(raw, self.path), line=self._line_of_target(raw))
        self.links.append(link)
        if link.url:
            element.set("href", link.url)
        else:
            del element.attrib["href"]
        if link.external:
            element.set("rel", "noopener noreferrer")
            element.set("class", "external")
        self._report_link(link, "link")

    def _image(self, element: lxml.html.HtmlElement) -> None:
        raw = element.get("src") or ""
        link = self.map.resolve(raw, self.path, image=True)
        link = replace(link, line=self._line_of_target(raw))
        self.links.append(link)
        alt = (element.get("alt") or "").strip()
        if link.external:
            self._report(
                "remote-image",
                link.line,
                f"the image {_short(raw)} lies on another site and is shown as a link",
                "put a copy beside the article",
            )
            replace_by(
                element,
                "a",
                alt or _file_name(raw),
                {"href": link.url, "rel": "noopener noreferrer", "class": "external"},
            )
        elif not link.url:
            self._report_link(link, "image")
            replace_by(element, "span", alt, {"class": "missing-file"})
        else:
            element.set("src", link.url)
            element.set("loading", "lazy")
            element.set("alt", alt)
            if not alt:
                self._report(
                    "image-without-text",
                    self._line_of_target(raw, _WITHOUT_TEXT),
                    f"the image {_short(raw)} has no alternative text",
                    "describe it: ![what it shows](file)",
                )

    def _report_link(self, link: ResolvedLink, what: str) -> None:
        shown = _short(link.raw)
        near = link.near and posixpath.relpath(link.near, posixpath.dirname(self.path) or ".")
        if link.fate is Fate.BROKEN:
            self._report(
                str(link.fate),
                link.line,
                f"the {what} to {shown} leads to nothing that is published",
                f"write {near}, or remove the link"
                if near
                else "correct the path, mend the article it leads to, or remove the link",
            )
        elif link.fate is Fate.MISSING_FILE:
            self._report(
                str(link.fate),
                link.line,
                f"the file {shown} does not exist",
                f"write {near}, or add the file" if near else "add the file, or correct the path",
            )
        elif link.fate is Fate.OUTSIDE:
            self._report(
                str(link.fate),
                link.line,
                f"{shown} leads out of the content folder",
                "use a path below it, relative to the article",
            )
        elif link.fate is Fate.UNSAFE:
            self._report(
                str(link.fate),
                link.line,
                f"the {what} {shown} is removed: its scheme is not allowed",
                "use http, https, mailto or tel",
            )


def _escape_line(text: str) -> str:
    return rf"(?m)^[ ]{{0,3}}{re.escape(text)}"


def _file_name(address: str) -> str:
    """What an address ends with, which says more than all of it to who reads or hears a page."""
    return unquote(address.partition("?")[0].rstrip("/").rpartition("/")[2]) or address


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
