"""The changes that agents make, as pure functions from text to text.

What stands there already is not added again, so doing the same twice changes nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.content.front_matter import parse_article
from kb.content.models import Severity, State
from kb.content.yaml_document import MAX_SETTINGS_BYTES, YamlError, parse_yaml
from kb.content_changes.yaml_surgery import Item, append_items, newline_of, set_value
from kb.errors import ChangeRefused
from kb.text import fold

QUESTIONS = "questions"
REGRESSION_QUERIES = "regression_queries"
TOPIC = "topic"

_BOM = "\ufeff"
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_CLOSING = ("---", "...")


def add_wordings(
    text: str, questions: Sequence[str], regression_queries: Sequence[str] = ()
) -> str:
    """The article with wordings as its ``questions`` and ``regression_queries``.

    Args:
        text: the article's file.
        questions: how customers ask; they are searched.
        regression_queries: what has to keep finding the article; not searched.

    Raises:
        ChangeRefused: the article is broken, or its front matter cannot be added to.
    """
    before, head, after = _split(text)
    for key, texts in ((QUESTIONS, questions), (REGRESSION_QUERIES, regression_queries)):
        name, known = _find_list(head, key)
        new = _missing(texts, known)
        # The rest of the front matter tells which line ends it has, an empty one does not.
        head = append_items(head, name, new, newline=newline_of(text))
    return _checked(text, before + head + after)


def publish_article(text: str) -> str:
    """The article with the state "published", whatever key keeps it a draft.

    Raises:
        ChangeRefused: as for ``add_wordings``.
    """
    before, head, after = _split(text)
    values = _parse(head)
    for key, hidden, shown in (
        ("draft", ("true", "yes"), "false"),
        ("published", ("false", "no"), "true"),
    ):
        name = _name(values, key)
        if str(values.get(name, "")).lower() in hidden:
            head = set_value(head, name, shown, newline=newline_of(text))
    head = set_value(head, _name(values, "state"), State.PUBLISHED.value, newline=newline_of(text))
    changed = before + head + after
    article = parse_article("", changed.encode("utf-8", "surrogatepass"))
    if article.front_matter.state is not State.PUBLISHED:
        raise ChangeRefused("The state could not be set: write `state: published` by hand.")
    return changed


def add_synonym(text: str, words: Sequence[str], *, one_way: bool = False) -> str:
    """``_synonyms.yml`` with words that mean the same; "" is a file that is not there yet.

    A group that has one of the words is not enlarged, since others of its words need not
    mean what the new one means.

    Args:
        text: the file.
        words: two or more words or phrases.
        one_way: a search for the first also finds the others, but not the reverse.

    Raises:
        ChangeRefused: fewer than two words, or the file cannot be added to.
    """
    words = list(_clean(words))
    if len(words) < 2:
        raise ChangeRefused("A synonym needs two different words.")
    bom, body = _without_bom(text)
    values = _parse_settings(body)
    if one_way:
        item: Item = {"from": words[0], "to": words[1:]}
        if any(_is_same_pair(entry, words) for entry in values.get("one_way") or ()):
            return text
        return bom + append_items(
            body, "one_way", [item], newline=newline_of(body), max_bytes=MAX_SETTINGS_BYTES
        )
    keys = {_key(word) for word in words}
    groups = values.get("synonyms") or ()
    if any(isinstance(g, list) and keys <= {_key(str(word)) for word in g} for g in groups):
        return text
    return bom + append_items(
        body, "synonyms", [words], newline=newline_of(body), max_bytes=MAX_SETTINGS_BYTES
    )


@dataclass(frozen=True, slots=True)
class Pin:
    """An article to put first for certain questions, up to and including a day."""

    queries: tuple[str, ...]
    article: str
    """Its slug."""
    until: date
    start: date | None = None
    note: str = ""


def add_best_bet(text: str, pin: Pin) -> str:
    """``_best_bets.yml`` with one more entry; "" is a file that is not there yet.

    Raises:
        ChangeRefused: there is no query, or the file cannot be added to.
    """
    queries = list(_clean(pin.queries))
    if not queries:
        raise ChangeRefused("A best bet needs the question that it is for.")
    entry: dict[str, str | Sequence[str]] = {"queries": queries, "article": pin.article}
    if pin.start is not None:
        entry["from"] = pin.start.isoformat()
    entry["until"] = pin.until.isoformat()
    if note := " ".join(_clean([pin.note])):
        entry["note"] = note
    bom, body = _without_bom(text)
    if entry in (_parse_settings(body).get("best_bets") or ()):
        return text
    return bom + append_items(
        body, "best_bets", [entry], newline=newline_of(body), max_bytes=MAX_SETTINGS_BYTES
    )


def with_line_ends_of(text: str, original: str) -> str:
    """What came from a browser (CRLF) with the line ends and byte order mark of the file."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix(_BOM)
    mark = _BOM if original.startswith(_BOM) else ""
    return mark + plain.replace("\n", newline_of(original))


def one_line(text: str) -> str:
    """A text without what cannot be seen, on one line."""
    visible = (" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join("".join(visible).split())


def _split(text: str) -> tuple[str, str, str]:
    """What stands before the values of the front matter, these, and the rest."""
    bom, body = _without_bom(text)
    lines = _LINES.findall(body)
    newline = newline_of(body)
    first = lines[0].rstrip() if lines else ""
    if first == "+++":
        raise ChangeRefused("The front matter is TOML: write it as YAML first.")
    if first != "---":
        return f"{bom}---{newline}", "", f"---{newline}{body}"
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in _CLOSING), None)
    if end is None:
        raise ChangeRefused("The front matter is not closed: end it with a line `---` first.")
    return bom + lines[0], "".join(lines[1:end]), "".join(lines[end:])


def _checked(old: str, new: str) -> str:
    """``new`` if it is the same article with other wordings."""
    before = parse_article("", old.encode("utf-8", "surrogatepass"))
    after = parse_article("", new.encode("utf-8", "surrogatepass"))
    errors = [p for p in after.problems if p.severity is Severity.ERROR]
    if errors:
        raise ChangeRefused(
            "line %(line)s: %(problem)s; %(fix)s.",
            line=errors[0].line,
            problem=errors[0].message,
            fix=errors[0].fix,
        )
    if before.body != after.body or before.front_matter.state != after.front_matter.state:
        raise ChangeRefused("It is written in an unusual way: make this change by hand.")
    return new


def _find_list(head: str, key: str) -> tuple[str, list[str]]:
    values = _parse(head)
    name = _name(values, key)
    known = values.get(name)
    return name, [known] if isinstance(known, str) else [str(item) for item in known or ()]


def _name(values: Mapping[str, Any], key: str) -> str:
    """The key as it is written there: ``Questions:`` means the same."""
    if key in values:
        return key
    return next((name for name in values if name.lower() == key), key)


def _missing(texts: Iterable[str], known: Iterable[str]) -> list[str]:
    seen = {_key(text) for text in known}
    return [text for text in _clean(texts) if _key(text) not in seen]


def _clean(texts: Iterable[str]) -> Iterable[str]:
    """Texts without repetitions and empty ones, each on one line."""
    by_key = {_key(text): one_line(text) for text in reversed(list(texts))}
    return [text for text in reversed(list(by_key.values())) if text]


def _key(text: str) -> str:
    return " ".join(fold(one_line(text)).split())


def _is_same_pair(entry: object, words: Sequence[str]) -> bool:
    if not isinstance(entry, Mapping):
        return False
    targets = entry.get("to") or ()
    targets = [targets] if isinstance(targets, str) else targets
    known = {_key(str(word)) for word in targets}
    return _key(str(entry.get("from", ""))) == _key(words[0]) and known >= set(map(_key, words[1:]))


def _without_bom(text: str) -> tuple[str, str]:
    return (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)


def _parse(head: str) -> Mapping[str, Any]:
    try:
        return parse_yaml(head, "", first_line=2).value
    except YamlError as error:
        raise ChangeRefused(
            "line %(line)s: %(problem)s; %(fix)s.",
            line=error.line,
            problem=error.message,
            fix=error.fix,
        ) from error


def _parse_settings(text: str) -> Mapping[str, Any]:
    try:
        return parse_yaml(text, "", max_bytes=MAX_SETTINGS_BYTES).value
    except YamlError as error:
        raise ChangeRefused(
            "line %(line)s: %(problem)s; %(fix)s.",
            line=error.line,
            problem=error.message,
            fix=error.fix,
        ) from error
