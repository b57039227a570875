"""Changes YAML texts of people by inserting characters, so that everything else stays as it is.

Comments, order, quoting, indenting and line ends are the author's; a review shows the
change and nothing else.  The place is found with the positions that the parser gives.
Every result is parsed by the strict loader and compared with the old values plus the
change: what cannot be changed safely is refused, never spoilt.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from kb.content.yaml_document import MAX_DOCUMENT_BYTES, YamlError, parse_yaml
from kb.errors import ChangeRefused

Item = str | Sequence[str] | Mapping[str, str | Sequence[str]]

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.'-]*(?: [A-Za-z0-9_.'-]+)*")
_NOT_TEXT = frozenset(("yes", "no", "on", "off", "y", "n", "true", "false", "null"))
"""Plain words that other YAML readers take for something else than text."""
_SLUG = re.compile(r"[a-z0-9]+(?:[-/][a-z0-9]+)*(?:\.md)?|\d{4}-\d\d-\d\d")


def append_items(
    text: str,
    key: str,
    items: Sequence[Item],
    *,
    newline: str = "\n",
    max_bytes: int = MAX_DOCUMENT_BYTES,
) -> str:
    """The mapping ``text`` with items added at the end of the list below ``key``.

    Raises:
        ChangeRefused: the text is not what is accepted here, or is written in a way that
            cannot be changed without touching the rest.
    """
    if not items:
        return text
    old = _parse(text, max_bytes)
    known = old.get(key)
    if isinstance(known, Mapping):
        raise ChangeRefused("`%(key)s` is not a list: make it one by hand first.", key=key)
    before = [known] if isinstance(known, str) and known else list(known or ())
    changed = _append(text, key, items, newline)
    _check(changed, {**old, key: [*before, *map(_plain_value, items)]}, max_bytes)
    return changed


def set_value(
    text: str, key: str, value: str, *, newline: str = "\n", max_bytes: int = MAX_DOCUMENT_BYTES
) -> str:
    """The mapping ``text`` with one line of text below ``key``.

    Raises:
        ChangeRefused: as for ``append_items``.
    """
    old = _parse(text, max_bytes)
    node = _find(_compose(text), key)
    if node is None:
        changed = _append_lines(text, [f"{key}: {_scalar(value)}"], newline)
    elif isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
        start, end = node.start_mark.index, node.end_mark.index
        gap = "" if text[start - 1 : start].isspace() else " "
        changed = text[:start] + gap + _scalar(value) + text[end:]
    else:
        raise ChangeRefused("`%(key)s` is not on one line: set it by hand.", key=key)
    _check(changed, {**old, key: value}, max_bytes)
    return changed


def newline_of(text: str) -> str:
    """The line end that a text uses."""
    if "\r\n" in text:
        return "\r\n"
    return "\r" if "\r" in text and "\n" not in text else "\n"


def _append(text: str, key: str, items: Sequence[Item], newline: str) -> str:
    node = _find(_compose(text), key)
    if node is None:
        return _append_lines(text, [f"{key}:", *_block(items, 2, quoted=False)], newline)
    if isinstance(node, yaml.SequenceNode) and node.flow_style:
        return _append_to_flow(text, node, items)
    if isinstance(node, yaml.SequenceNode):
        quoted = any(isinstance(n, yaml.ScalarNode) and n.style == '"' for n in node.value)
        lines = _block(items, node.start_mark.column, quoted=quoted)
        return _insert_lines(text, _line_after(text, node), lines, newline)
    assert isinstance(node, yaml.ScalarNode)
    start, end = node.start_mark.index, node.end_mark.index
    written = text[start:end]
    if node.style in ("|", ">") or "\n" in written or "\r" in written:
        raise ChangeRefused("`%(key)s` is a long text: make it a list by hand first.", key=key)
    indent = 2 + len(_indent_of_line(text, start))
    lines = [" " * indent + f"- {written}"] if node.value else []
    lines += _block(items, indent, quoted=False)
    stop = _end_of_line(text, end)
    kept = text[:start].rstrip(" \t") + text[end:stop].rstrip(" \t")
    return kept + newline + newline.join(lines) + text[stop:]


def _append_to_flow(text: str, node: yaml.SequenceNode, items: Sequence[Item]) -> str:
    written = ", ".join(_flow(item) for item in items)
    if not node.value:
        at = node.start_mark.index + 1
        return text[:at] + written + text[at:]
    at = _end(node.value[-1])
    return f"{text[:at]}, {written}{text[at:]}"


def _append_lines(text: str, lines: Sequence[str], newline: str) -> str:
    root = _compose(text)
    if root is not None and root.flow_style:
        raise ChangeRefused("It is written in braces: write one `key: value` a line first.")
    column = root.value[0][0].start_mark.column if root is not None and root.value else 0
    return _insert_lines(text, len(text), [" " * column + line for line in lines], newline)


def _insert_lines(text: str, at: int, lines: Sequence[str], newline: str) -> str:
    before = text[:at]
    if before and not before.endswith(("\n", "\r")):
        before += newline
    return before + "".join(line + newline for line in lines) + text[at:]


def _line_after(text: str, node: yaml.Node) -> int:
    """Where the line after the last line of a node begins."""
    last = _last(node)
    if isinstance(last, yaml.ScalarNode) and last.style in ("|", ">"):
        # Its end is where the next thing begins, which may be indented.
        at = last.end_mark.index
        while at > 0 and text[at - 1] not in "\r\n":
            at -= 1
        return at
    at = _end_of_line(text, last.end_mark.index)
    at += 2 if text[at : at + 2] == "\r\n" else 1
    return min(at, len(text))


def _end(node: yaml.Node) -> int:
    last = _last(node)
    return int(last.end_mark.index)


def _last(node: yaml.Node) -> yaml.Node:
    """The innermost node that ends where ``node`` does; the end of block nodes is not exact."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node


def _end_of_line(text: str, at: int) -> int:
    while at < len(text) and text[at] not in "\r\n":
        at += 1
    return at


def _indent_of_line(text: str, at: int) -> str:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    line = text[start:at]
    return line[: len(line) - len(line.lstrip(" "))]


def _block(items: Sequence[Item], column: int, *, quoted: bool) -> list[str]:
    lines: list[str] = []
    for item in items:
        if isinstance(item, Mapping):
            pairs = [f"{name}: {_flow(value)}" for name, value in item.items()]
            lines += [" " * column + f"- {pairs[0]}"]
            lines += [" " * (column + 2) + pair for pair in pairs[1:]]
        elif isinstance(item, str):
            lines.append(" " * column + f"- {_quote(item) if quoted else _scalar(item)}")
        else:
            lines.append(" " * column + f"- {_flow(item)}")
    return lines


def _flow(item: Item) -> str:
    if isinstance(item, str):
        return _scalar(item)
    if isinstance(item, Mapping):
        return "{" + ", ".join(f"{name}: {_flow(value)}" for name, value in item.items()) + "}"
    return "[" + ", ".join(_scalar(part) for part in item) + "]"


def _scalar(text: str) -> str:
    is_plain = (_PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT) or _SLUG.fullmatch(text)
    return text if is_plain else _quote(text)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _plain_value(item: Item) -> object:
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        return {name: _plain_value(value) for name, value in item.items()}
    return list(item)


def _parse(text: str, max_bytes: int) -> Mapping[str, Any]:
    try:
        return parse_yaml(text, "", max_bytes=max_bytes).value
    except YamlError as error:
        raise ChangeRefused(
            "line %(line)s: %(problem)s; %(fix)s.",
            line=error.line,
            problem=error.message,
            fix=error.fix,
        ) from error


def _check(changed: str, expected: Mapping[str, Any], max_bytes: int) -> None:
    if _parse(changed, max_bytes) != expected:
        raise ChangeRefused("It is written in an unusual way: make this change by hand.")


def _compose(text: str) -> yaml.MappingNode | None:
    # The Python loader, since positions have to be in characters of this very text.
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    assert node is None or isinstance(node, yaml.MappingNode)  # checked by _parse before
    return node


def _find(root: yaml.MappingNode | None, key: str) -> yaml.Node | None:
    pairs = root.value if root is not None else []
    return next((value for name, value in pairs if name.value == key), None)
