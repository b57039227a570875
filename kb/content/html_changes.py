"""What changed from one version of a text to another, as its readers see it.

Headings, paragraphs, items and rows are paired first, and only pairs compared word by word
(lxml's ``htmldiff``): compared as a whole, a new row of a table would take words from the one
before.  Both texts must have gone through the sanitiser; nothing is added but ``<ins>`` and
``<del>``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html import escape

import lxml.html
from lxml import etree
from lxml.html import HtmlElement
from lxml.html.diff import htmldiff

_ALIKE = 0.4
"""Share of equal words from which two passages are two versions of one."""
_MOST_PAIRS = 10_000
"""Pairs of passages that are weighed; a text that was written anew has more."""
_LONGEST = 20_000
"""Characters of a passage that is compared word by word."""
_SHOWN_AFTER_HEADING = 3
"""Unchanged passages between a heading and a change that are shown with it."""
_CONTAINERS = frozenset({"ul", "ol", "table"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MARKED = re.compile(r"<(ins|del)>(.*?)</\1>", re.DOTALL)
_WORD = re.compile(r"\w+|[^\w\s]")
_LETTERS = re.compile(r"\w+")
_TAG = re.compile(r"<[^>]*>")

Pair = tuple[HtmlElement | None, HtmlElement | None]


class PassageState(StrEnum):
    """What became of a passage."""

    SAME = "same"
    FOLDED = "folded"
    """The same, and far from any change."""
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Passage:
    """One or more blocks in a row."""

    state: PassageState
    html: str
    blocks: int


@dataclass(frozen=True, slots=True)
class Changes:
    """The whole text, with what was put in and taken out."""

    passages: tuple[Passage, ...]
    added: int
    """Words."""
    removed: int
    """Words."""

    @property
    def is_same(self) -> bool:
        """Whether nothing changed that is read."""
        return all(passage.state is not PassageState.CHANGED for passage in self.passages)


def compare_html(old: str, new: str) -> Changes:
    """The changes from ``old`` to ``new``, both sanitised HTML."""
    passages: list[Passage] = []
    same: list[HtmlElement] = []
    for before, after in _align(_blocks(old), _blocks(new)):
        if before is not None and after is not None and _text(before) == _text(after):
            same.append(after)
            continue
        passages += _fold(same, is_last=False)
        same = []
        passages.append(Passage(PassageState.CHANGED, _compare(before, after), 1))
    passages += _fold(same, is_last=True)
    counts = {"ins": 0, "del": 0}
    for passage in passages:
        for tag, content in _MARKED.findall(passage.html):
            counts[tag] += len(_LETTERS.findall(_TAG.sub(" ", content)))
    return Changes(tuple(passages), counts["ins"], counts["del"])


def _blocks(html: str) -> list[HtmlElement]:
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in root.iter():
        if isinstance(element.tag, str):
            # The same heading may be there twice, old and new.
            element.attrib.pop("id", None)
    if root.text and root.text.strip():
        first = lxml.html.Element("p")
        first.text = root.text
        root.insert(0, first)
    return [block for block in root if isinstance(block.tag, str)]


def _fold(same: Sequence[HtmlElement], *, is_last: bool) -> Iterator[Passage]:
    """Unchanged blocks; of those before a change, the heading that it stands under is shown."""
    headings = [at for at, block in enumerate(same) if block.tag in _HEADINGS]
    shown_from = len(same)
    if not is_last and headings and len(same) - headings[-1] - 1 <= _SHOWN_AFTER_HEADING:
        shown_from = headings[-1]
    elif not is_last:
        shown_from = max(0, len(same) - 1)
    for state, blocks in (
        (PassageState.FOLDED, same[:shown_from]),
        (PassageState.SAME, same[shown_from:]),
    ):
        if blocks:
            yield Passage(state, "".join(map(_html, blocks)), len(blocks))


def _compare(before: HtmlElement | None, after: HtmlElement | None) -> str:
    if before is None or after is None:
        return _mark(after, "ins") if after is not None else _mark(before, "del")
    if before.tag != after.tag or len(_html(before)) + len(_html(after)) > _LONGEST:
        return _mark(before, "del") + _mark(after, "ins")
    if after.tag in _CONTAINERS:
        return _compare_parts(before, after)
    if _is_frame(before) and _is_frame(after):
        return _rewrap(after, _compare(before[0], after[0]))
    return _rewrap(after, _compare_words(before, after))


def _compare_parts(before: HtmlElement, after: HtmlElement) -> str:
    """Lists item by item, tables row by row."""
    parts = []
    for old, new in _align(_parts(before), _parts(after)):
        if old is None or new is None:
            parts.append(_mark(new, "ins") if new is not None else _mark(old, "del"))
        elif new.tag == "tr" and len(old) == len(new):
            cells = (_rewrap(b, _compare_words(a, b)) for a, b in zip(old, new, strict=True))
            parts.append(_rewrap(new, "".join(cells)))
        elif new.tag == "tr":
            parts.append(_mark(old, "del") + _mark(new, "ins"))
        else:
            parts.append(_rewrap(new, _compare_words(old, new)))
    return _rewrap(after, "".join(parts))


def _is_frame(element: HtmlElement) -> bool:
    """Whether it is what a table stands in, so that it can be scrolled."""
    return element.tag == "div" and len(element) == 1 and element[0].tag in _CONTAINERS


def _parts(container: HtmlElement) -> list[HtmlElement]:
    tag = "tr" if container.tag == "table" else "li"
    return [part for part in container.iter(tag) if tag == "tr" or part.getparent() is container]


def _compare_words(before: HtmlElement, after: HtmlElement) -> str:
    old, new = _inner(before), _inner(after)
    return new if old == new else str(htmldiff(old, new)).strip()


def _mark(element: HtmlElement | None, tag: str) -> str:
    """The whole of it put in or taken out."""
    if element is None:
        return ""
    if _is_frame(element):
        return _rewrap(element, _mark(element[0], tag))
    if element.tag in (*_CONTAINERS, "tr"):
        parts = _parts(element) if element.tag in _CONTAINERS else list(element)
        return _rewrap(element, "".join(_mark(part, tag) for part in parts))
    return _rewrap(element, f"<{tag}>{_inner(element)}</{tag}>")


def _rewrap(element: HtmlElement, inner: str) -> str:
    shell = lxml.html.Element(element.tag, dict(element.attrib))
    begin = str(etree.tostring(shell, encoding="unicode", method="html")).split("</")[0]
    return f"{begin}{inner}</{element.tag}>"


def _inner(element: HtmlElement) -> str:
    parts = (
        str(etree.tostring(child, encoding="unicode", method="html", with_tail=True))
        for child in element
    )
    return escape(element.text or "", quote=False) + "".join(parts)


def _html(element: HtmlElement) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def _text(element: HtmlElement) -> str:
    images = " ".join(str(image.get("src")) for image in element.iter("img"))
    return f"{element.tag} {' '.join(' '.join(element.itertext()).split())} {images}"


def _align(old: Sequence[HtmlElement], new: Sequence[HtmlElement]) -> Iterator[Pair]:
    """The passages of both in their order; those that are versions of one in pairs."""
    before, after = [_text(one) for one in old], [_text(one) for one in new]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation == "equal":
            yield from zip(old[a:b], new[c:d], strict=True)
        else:
            alike = _pair_alike(before[a:b], after[c:d])
            yield from _in_order(old[a:b], new[c:d], alike)


def _pair_alike(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which of the one are versions of which of the other, in order, as alike as can be."""
    if len(old) * len(new) > _MOST_PAIRS:
        return {}
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(a, b) for b in new] for a in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: dict[int, int] = {}
    i = j = 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs[i] = j
            i, j = i + 1, j + 1
    return pairs


def _likeness(old: str, new: str) -> float:
    """From 0 to 1; 0 for passages of different kinds."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    if a[:1] != b[:1]:
        return 0.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _in_order(
    old: Sequence[HtmlElement], new: Sequence[HtmlElement], pairs: dict[int, int]
) -> Iterator[Pair]:
    i = j = 0
    for a, b in (*pairs.items(), (len(old), len(new))):
        yield from ((one, None) for one in old[i:a])
        yield from ((None, one) for one in new[j:b])
        if a < len(old):
            yield old[a], new[b]
        i, j = a + 1, b + 1
