"""Makes catalogs and brings them up to date with the texts in code and templates."""

import copy
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from kb.languages.catalogs import FOLDER, catalog_path

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Update:
    """What became of one catalog."""

    code: str
    entries: int
    untranslated: int
    """Without a translation, or with one that was guessed and has to be read."""
    is_new: bool
    is_changed: bool


def read_catalog(code: str, folder: Path = FOLDER) -> Catalog:
    """The catalog with this code, fuzzy entries included."""
    with catalog_path(code, folder).open("rb") as file:
        return read_po(file, locale=code.replace("-", "_"))


def update_catalog(code: str, messages: Catalog, folder: Path = FOLDER) -> Update:
    """Bring one catalog up to date; make it when it is not there.

    New texts come in empty, or marked as fuzzy when they resemble an old one; texts that
    are gone go, since git keeps them.

    Args:
        code: of the catalog.
        messages: what was extracted.
        folder: of the catalogs.
    """
    path = catalog_path(code, folder)
    before = path.read_bytes() if path.exists() else b""
    catalog = read_catalog(code, folder) if before else _make_catalog(code)
    catalog.update(copy.deepcopy(messages), no_fuzzy_matching=False)
    catalog.fuzzy = False
    written = _write(catalog)
    if written != before:
        path.write_bytes(written)
    return Update(
        code,
        entries=len(catalog),
        untranslated=sum(1 for m in catalog if m.id and (m.fuzzy or not is_translated(m.string))),
        is_new=not before,
        is_changed=written != before,
    )


def write_template(messages: Catalog, path: Path) -> None:
    """The extracted texts as a ``.pot`` file, for services and programs of translators."""
    path.write_bytes(_write(messages))


def is_translated(text: object) -> bool:
    """Whether a translation, or each of its plural forms, is there."""
    return all(text) if isinstance(text, tuple | list) else bool(text)


def _make_catalog(code: str) -> Catalog:
    return Catalog(locale=code.replace("-", "_"), project="Helpshelf", charset="utf-8", fuzzy=False)


def _write(catalog: Catalog) -> bytes:
    file = BytesIO()
    # No dates and names in the head: they conflict at every merge, and git knows them.
    write_po(file, catalog, width=_WIDTH, omit_header=True, ignore_obsolete=True)
    head = _HEAD
    if catalog.locale is not None:
        head += _HEAD_OF_LANGUAGE.format(
            code=str(catalog.locale).replace("_", "-"), plurals=catalog.plural_forms
        )
    return head.encode() + b"\n" + file.getvalue().strip() + b"\n"


_HEAD = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""
_HEAD_OF_LANGUAGE = r""""Language: {code}\n"
"Plural-Forms: {plurals}\n"
"""
