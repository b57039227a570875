"""Lets authors write Markdown as they do everywhere else; Python-Markdown gets its own dialect.

CommonMark (GitHub, most editors) nests under ``- `` at two spaces and under ``1. `` at
three, and a list may follow a paragraph at once.  Python-Markdown wants four spaces
and an empty line.  HTML such as ``<details>`` that is followed by an empty line holds
Markdown; Python-Markdown waits for an attribute that says so.  The text is brought into Python-Markdown's form before it is
parsed; what was already written that way stays as it is.  ``## Title{#id}`` gets the
space before the brace that Python-Markdown waits for.
"""

import re
from dataclasses import dataclass

_MARKER = re.compile(r"(?P<marker>[-+*]|\d{1,9}[.)])(?P<space> +|$)")
_RULE = re.compile(r"([-*_])(?: *\1){2,} *$")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_HEADING_ID = re.compile(r"(#{1,6} .*[^ ])(\{#[^{}]+\} *)$")
_BLOCK = re.compile(r"<(?:details|div|center|section)\b(?![^<>]*\bmarkdown=)[^<>]*(?=> *$)", re.I)
_BLOCK_TAG = re.compile(r"<(/?)(details|div|center|section)\b", re.I)
_SUMMARY = re.compile(r" *<summary>.*</summary> *$", re.I)
_STEP = 4


@dataclass(slots=True)
class _Item:
    marker: int
    """Column of the marker."""
    content: int
    """Column at which its text begins, and what belongs to it."""


def to_python_markdown(text: str) -> str:
    """``text`` in the dialect that Python-Markdown reads."""
    return "\n".join(_Normaliser(blocks=_are_nested(text)).run(text.split("\n")))


class _Normaliser:
    def __init__(self, *, blocks: bool) -> None:
        self.blocks = blocks
        self.items: list[_Item] = []
        self.out: list[str] = []
        self.after_blank = True
        self.fence = ""
        self.after_fence = False

    def run(self, lines: list[str]) -> list[str]:
        for number, line in enumerate(lines):
            expanded = line.expandtabs(_STEP)
            content = expanded.lstrip(" ")
            indent = len(expanded) - len(content)
            if self.fence:
                self._code(line, expanded, content, indent)
            elif not content:
                self.out.append("")
                self.after_blank = True
            elif (
                self.blocks
                and indent < _STEP
                and not self.items
                and _holds_markdown(lines, number, content)
            ):
                self.out.append(_BLOCK.sub(r'\g<0> markdown="1"', content, count=1))
                self.after_blank = False
            else:
                self._text(line, content, indent)
                self.after_blank = False
        return self.out

    def _code(self, line: str, expanded: str, content: str, indent: int) -> None:
        if (
            content.rstrip()
            and set(content.rstrip()) == {self.fence[0]}
            and content.startswith(self.fence)
        ):
            self.fence = ""
            self.after_fence = True
        if not self.items:
            self.out.append(line)
            return
        inner = min(indent, self.items[-1].content)
        self.out.append(" " * (_STEP * len(self.items)) + expanded[inner:] if content else "")

    def _text(self, line: str, content: str, indent: int) -> None:
        if self.after_fence and self.items and not self.after_blank:
            self.out.append("")
            self.after_blank = True
        self.after_fence = False
        if heading := _HEADING_ID.match(content):
            line = content = f"{heading[1]} {heading[2]}"
        marker = _MARKER.match(content) if not _RULE.match(content) else None
        was_in_list = bool(self.items)
        self._leave(indent, content, is_marker=marker is not None)
        if self.items and indent < self.items[-1].content and marker is None:
            self.out.append(line)  # a lazy continuation of the item's paragraph
            return
        offset = indent - (self.items[-1].content if self.items else 0)
        if marker and offset < _STEP:
            self._open_item(content, indent, marker, was_in_list)
            return
        if (fence := _FENCE.match(content)) and offset < _STEP:
            self.fence = fence[1]
            if self.items and not self.after_blank:
                self.out.append("")
        if self.items:
            # Less than a step of extra indenting means nothing outside code.
            line = " " * (_STEP * len(self.items) + (offset if offset >= _STEP else 0)) + content
        self.out.append(line)

    def _leave(self, indent: int, content: str, *, is_marker: bool) -> None:
        starts_block = (
            is_marker or self.after_blank or content[0] in "#>|<" or bool(_FENCE.match(content))
        )
        while self.items and indent < self.items[-1].content and starts_block:
            self.items.pop()

    def _open_item(
        self, content: str, indent: int, marker: re.Match[str], was_in_list: bool
    ) -> None:
        mark, space = marker["marker"].replace(")", "."), len(marker["space"])
        before = self.out[-1].lstrip() if self.out else ""
        if not was_in_list and not self.after_blank and not before.startswith((">", "|", "<")):
            if mark[:-1].isdigit() and mark != "1.":
                self.out.append(content)  # "2020. A good year" in a paragraph is no list
                return
            self.out.append("")
        rest = content[len(mark) :].lstrip(" ")
        self.out.append(" " * (_STEP * len(self.items)) + f"{mark} {rest}".rstrip())
        width = len(mark) + (space if 0 < space <= _STEP else 1)
        self.items.append(_Item(indent, indent + width))


def _are_nested(text: str) -> bool:
    """Whether every HTML block is closed in order: of others Python-Markdown loses the text."""
    opened: list[str] = []
    for tag in _BLOCK_TAG.finditer(text):
        if not tag[1]:
            opened.append(tag[2].lower())
        elif not opened or opened.pop() != tag[2].lower():
            return False
    return not opened


def _holds_markdown(lines: list[str], number: int, content: str) -> bool:
    """Whether the line opens an HTML block that an empty line follows."""
    if content[0] != "<" or not _BLOCK.match(content):
        return False
    after = number + 1
    if after < len(lines) and _SUMMARY.match(lines[after]):
        after += 1
    return after < len(lines) and not lines[after].strip()
