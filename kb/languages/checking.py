"""Finds what a catalog lacks, and what a translation has broken."""

import re
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from kb.languages.catalogs import FOLDER
from kb.languages.maintenance import is_translated, read_catalog

_PLACEHOLDER = re.compile(r"%\([A-Za-z_]+\)[sdg]|%%|\{[A-Za-z_]+\}")
_MARKUP = re.compile(r"</?[a-z]+[^>]*>|https?://\S+")


@dataclass(frozen=True, slots=True)
class CatalogProblem:
    """One entry that needs a translator."""

    code: str
    message: str
    problem: str
    """In words, with what is wrong."""


def check_catalog(code: str, messages: Catalog, folder: Path = FOLDER) -> list[CatalogProblem]:
    """Everything that is wrong with a catalog.

    Args:
        code: of the catalog.
        messages: what was extracted: every text that needs a translation.
        folder: of the catalogs.
    """
    catalog = read_catalog(code, folder)
    problems: list[CatalogProblem] = []
    for wanted in messages:
        if wanted.id:
            found = catalog.get(_first(wanted))
            problems += [
                CatalogProblem(code, _first(wanted), text) for text in _check(wanted, found)
            ]
    known = {_first(message) for message in messages}
    problems += [
        CatalogProblem(code, _first(message), "is used nowhere any more: run `kb i18n update`")
        for message in catalog
        if message.id and _first(message) not in known
    ]
    return problems


def _check(wanted: Message, found: Message | None) -> list[str]:
    if found is None:
        return ["is missing: run `kb i18n update`"]
    if found.fuzzy:
        return ["is fuzzy: read the translation, mend it, and take the line `#, fuzzy` out"]
    if wanted.pluralizable != found.pluralizable:
        return ["has plural forms on one side only: run `kb i18n update`"]
    if not is_translated(found.string):
        return ["is not translated"]
    return [problem for text in _forms(found.string) if (problem := _compare(wanted, text))]


def _compare(wanted: Message, text: str) -> str:
    # A plural form may leave the number out ("one article"), and add nothing else.
    sources = _forms(wanted.id)
    allowed = {p for source in sources for p in _PLACEHOLDER.findall(source)}
    needed = set.intersection(*(set(_PLACEHOLDER.findall(source)) for source in sources))
    if wanted.pluralizable:
        needed -= {"%(count)s", "%(num)s"}
    given = set(_PLACEHOLDER.findall(text))
    if given - allowed:
        return f"names {_words(given - allowed)}, which the source does not have: {text}"
    if needed - given:
        return f"lacks {_words(needed - given)}: {text}"
    if sorted(_MARKUP.findall(text)) != sorted(_MARKUP.findall(sources[-1])):
        return f"has other markup than the source: {text}"
    if _edges(text) != _edges(sources[-1]):
        return f"begins or ends with other spaces than the source: {text!r}"
    return ""


def _forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


def _first(message: Message) -> str:
    return _forms(message.id)[0]


def _words(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()
