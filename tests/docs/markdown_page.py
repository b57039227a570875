"""Reads the documentation as GitHub shows it: headings with anchors, links, code blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.conftest import ROOT

_FENCE = re.compile(r"^ *(`{3,}|~{3,})(\S*)")
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$")
_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Block:
    """A fenced code block, and the line of the page on which it begins."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Heading:
    """A heading, and the anchor that GitHub gives it."""

    level: int
    text: str
    anchor: str
    line: int


@dataclass(frozen=True)
class MarkdownPage:
    """One page of the documentation."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()

    @cached_property
    def headings(self) -> list[Heading]:
        found: list[Heading] = []
        taken: dict[str, int] = {}
        for number, line in self._prose():
            if match := _HEADING.match(line):
                text = match[2].replace("`", "")
                anchor = _NOT_IN_ANCHOR.sub("", text.lower()).replace(" ", "-")
                count = taken.get(anchor, 0)
                taken[anchor] = count + 1
                anchor = f"{anchor}-{count}" if count else anchor
                found.append(Heading(len(match[1]), text, anchor, number))
        return found

    @cached_property
    def blocks(self) -> list[Block]:
        found: list[Block] = []
        fence, language, start, text = "", "", 0, list[str]()
        for number, line in enumerate(self.lines, 1):
            match = _FENCE.match(line)
            if not fence and match:
                fence, language, start, text = match[1], match[2], number, []
            elif fence and line.strip() == fence:
                found.append(Block(language, "\n".join(text) + "\n", start))
                fence = ""
            elif fence:
                text.append(line)
        return found

    def links(self) -> Iterator[tuple[int, str]]:
        """Target of every link and image, with its line."""
        for number, line in self._prose():
            for match in _LINK.finditer(_CODE.sub("", line)):
                yield number, match[1]

    def section(self, heading: str) -> str:
        """The text below a heading, up to the next one of the same level or above."""
        start = next((h for h in self.headings if h.text == heading), None)
        assert start is not None, f"{self.name} has no heading {heading!r}"
        later = (h.line for h in self.headings if h.line > start.line and h.level <= start.level)
        return "\n".join(self.lines[start.line : next(later, len(self.lines) + 1) - 1])

    def _prose(self) -> Iterator[tuple[int, str]]:
        fence = ""
        for number, line in enumerate(self.lines, 1):
            match = _FENCE.match(line)
            if not fence and match:
                fence = match[1]
            elif fence and line.strip() == fence:
                fence = ""
            elif not fence:
                yield number, line


def load_page(name: str) -> MarkdownPage:
    """A page by its path below the repository."""
    return MarkdownPage(ROOT / name)


def list_pages() -> list[MarkdownPage]:
    """All pages of the documentation."""
    return [MarkdownPage(path) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]]
