"""Reads YAML written by people: strings, lists and mappings only, with the line of everything.

Plain YAML turns ``no`` into False, 1.10 into 1.1 and 12:30 into a number, accepts the
same key twice and expands a few aliases into gigabytes.  Here every scalar stays the
text that was typed, and aliases, duplicate keys, tags and oversized documents are
refused with the line they stand on.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml

from kb.content.models import Problem, Severity

MAX_DOCUMENT_BYTES = 16_384
"""A front matter is a screenful; anything larger is a mistake or an attack."""
MAX_SETTINGS_BYTES = 1_048_576
"""For ``_synonyms.yml`` and its like, which grow with the help center."""
_MAX_DEPTH = 12

Path = tuple[str | int, ...]
T = TypeVar("T")


class YamlError(Exception):
    """The text is not YAML as it is accepted here; ``line`` is 1-based in the file."""

    def __init__(self, line: int, message: str, fix: str, field: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.fix = fix
        self.field = field


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A mapping and where its parts stand: ``lines`` is keyed by the path of keys and indexes."""

    path: str
    value: Mapping[str, Any]
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line_of(self, *keys: str | int) -> int:
        """The 1-based line of a part, of the nearest part around it if unknown, else 0."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.lines:
                return self.lines[keys[:length]]
        return 0


# libyaml where there is one: a front matter takes a tenth of the time.
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def parse_yaml(
    text: str, path: str, *, first_line: int = 1, max_bytes: int = MAX_DOCUMENT_BYTES
) -> YamlDocument:
    """Parse one mapping. ``first_line`` is the line of the file on which ``text`` begins.

    Raises:
        YamlError: with the line in the file, what is wrong and what to do.
    """
    offset = first_line - 1
    if len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise YamlError(first_line, f"longer than {max_bytes // 1024} kB", "shorten it")
    try:
        _refuse_dangerous(text)
        node = yaml.compose(text, Loader=_Loader)
        lines: dict[Path, int] = {}
        value = {} if node is None else _build(node, (), lines, offset)
    except YamlError as error:
        error.line += offset
        raise
    except yaml.YAMLError as error:
        raise _translate(error, text, first_line) from error
    if not isinstance(value, dict):
        raise YamlError(
            first_line, "not a list of `key: value` lines", "write one `key: value` a line"
        )
    return YamlDocument(path, value, lines)


def _refuse_dangerous(text: str) -> None:
    # Before a tree is built: aliases expand without end, and building recurses.
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(
                line,
                f"the alias *{event.anchor} is used",
                "write the value out; anchors and aliases are not accepted",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise YamlError(line, "nested too deeply", "flatten it")


def _build(node: yaml.Node, path: Path, lines: dict[Path, int], offset: int) -> object:
    lines.setdefault(path, node.start_mark.line + 1 + offset)
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, i), lines, offset) for i, item in enumerate(node.value)]
    assert isinstance(node, yaml.MappingNode)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError(line, "a key is not plain text", "use a word as key")
        key = str(key_node.value)
        if key in mapping:
            raise YamlError(
                line,
                f"the key `{key}` stands twice (first on line {lines[(*path, key)]})",
                "keep one of them",
                key,
            )
        lines[(*path, key)] = line + offset
        mapping[key] = _build(value_node, (*path, key), lines, offset)
    return mapping


def _translate(error: yaml.YAMLError, text: str, first_line: int) -> YamlError:
    mark = getattr(error, "problem_mark", None)
    line_index = mark.line if mark is not None else 0
    source = text.split("\n")
    here = source[line_index] if line_index < len(source) else ""
    what = str(getattr(error, "problem", None) or "not valid YAML")
    if "\t" in here[: len(here) - len(here.lstrip())] or "\\t" in what:
        return YamlError(first_line + line_index, "a tab is used for indenting", "use spaces")
    if "nesting depth" in what:  # PyYAML from 6.0.4 on stops before we do
        return YamlError(first_line + line_index, "nested too deeply", "flatten it")
    if "mapping values are not allowed" in what:
        fix = 'put the value in quotes when it contains a colon: `title: "Error: what to do"`'
    else:
        fix = "put values with special characters in quotes"
    return YamlError(first_line + line_index, f"not valid YAML: {what}", fix)


class FieldReader:
    """Reads typed values out of a document and collects every problem instead of stopping.

    A value that cannot be used is reported and replaced by the default; whether the
    problems keep the whole from being published is decided by their severity.
    """

    def __init__(self, document: YamlDocument, *keys: str | int) -> None:
        self.document = document
        self.keys = keys
        self.problems: list[Problem] = []
        value: Any = document.value
        for key in keys:
            value = value[key]
        self._values: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self._read: set[str] = set()
        if not isinstance(value, dict):
            self.report(
                "invalid-value",
                "",
                "not a list of `key: value` lines",
                "write one `key: value` a line",
            )

    def report(
        self,
        code: str,
        name: str,
        message: str,
        fix: str,
        severity: Severity = Severity.ERROR,
        item: int | None = None,
    ) -> None:
        """Add a problem about the field ``name`` ("" = the mapping itself), or one item of it."""
        keys = (*self.keys, name) if name else self.keys
        if item is not None:
            keys = (*keys, item)
        label = ".".join(str(key) for key in keys)
        self.problems.append(
            Problem(
                self.document.path,
                self.document.line_of(*keys),
                code,
                severity,
                message,
                fix,
                label,
            )
        )

    def has(self, name: str) -> bool:
        """Whether the key stands there with any value."""
        return name in self._values

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        """A string without surrounding white space."""
        self._read.add(name)
        value = self._values.get(name)
        if value is None or value == "":
            if required:
                self.report("missing-field", name, f"`{name}` is missing", f"add `{name}:`")
            return default
        if not isinstance(value, str):
            self._wrong(name, "text on one line")
            return default
        return value.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; a single string counts as a list of one."""
        self._read.add(name)
        value = self._values.get(name)
        if value is None or value == "":
            return ()
        if isinstance(value, str):
            return (value.strip(),)
        if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
            self._wrong(name, "a list such as [one, two]")
            return ()
        return tuple(dict.fromkeys(item.strip() for item in value if item.strip()))

    def lines_of_texts(self, name: str) -> tuple[int, ...]:
        """The line of each of ``texts(name)``, in the same order."""
        texts = self.texts(name)
        value = self._values.get(name)
        if not isinstance(value, list):
            return tuple(self.document.line_of(*self.keys, name) for _ in texts)
        places = {item.strip(): place for place, item in reversed(list(enumerate(value)))}
        return tuple(self.document.line_of(*self.keys, name, places[text]) for text in texts)

    def date(self, name: str) -> datetime.date | None:
        """A date written YYYY-MM-DD."""
        return self.parsed(name, datetime.date.fromisoformat, "a date such as 2026-01-31")

    def whole(self, name: str, minimum: int = 0) -> int | None:
        """A whole number of at least ``minimum``."""

        def parse(text: str) -> int:
            if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < minimum:
                raise ValueError(text)
            return int(text)

        return self.parsed(name, parse, f"a whole number from {minimum}")

    def flag(self, name: str) -> bool:
        """Yes or no, written true/false or yes/no; false when absent."""
        choices = {"true": True, "yes": True, "false": False, "no": False}
        found = self.parsed(name, lambda text: choices[text.lower()], "true or false")
        return bool(found)

    def parsed(self, name: str, parse: Callable[[str], T], wanted: str) -> T | None:
        """What ``parse`` makes of the text; a ValueError or KeyError from it is a problem."""
        text = self.text(name)
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError):
            self._wrong(name, wanted)
            return None

    def children(self, name: str) -> "tuple[FieldReader, ...]":
        """A reader for each mapping of a list; their problems are theirs to be collected."""
        count = len(self.items(name))
        return tuple(FieldReader(self.document, *self.keys, name, i) for i in range(count))

    def named_children(self, name: str) -> "tuple[tuple[str, FieldReader], ...]":
        """The keys of a mapping of mappings, each with a reader of what is below it."""
        self._read.add(name)
        value = self._values.get(name)
        if value is None or value == "":
            return ()
        if not isinstance(value, dict):
            self._wrong(name, "a list of `key:` lines with more below each")
            return ()
        return tuple((key, FieldReader(self.document, *self.keys, name, key)) for key in value)

    def items(self, name: str) -> tuple[Any, ...]:
        """The items of a list, whatever they are."""
        self._read.add(name)
        value = self._values.get(name)
        if value is None or value == "":
            return ()
        if not isinstance(value, list):
            self._wrong(name, "a list")
            return ()
        return tuple(value)

    def report_unknown(self) -> None:
        """Warn of every key that nobody asked for."""
        for key in self.unread():
            self.report(
                "unknown-key",
                key,
                f"the key `{key}` is not known",
                "remove it, or correct its spelling",
                Severity.WARNING,
            )

    def unread(self) -> Mapping[str, Any]:
        """The keys that nobody asked for, with their values."""
        return {key: value for key, value in self._values.items() if key not in self._read}

    def _wrong(self, name: str, wanted: str) -> None:
        shown = str(self._values.get(name))
        shown = shown if len(shown) <= 40 else shown[:39] + "…"
        self.report("invalid-value", name, f"`{name}: {shown}` is not {wanted}", f"write {wanted}")
