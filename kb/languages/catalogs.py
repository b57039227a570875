"""Catalogs are read from their ``.po`` files when they are first needed.

There are no compiled files: nothing can be older than what a translator wrote, nobody has
to remember a step, and git shows every change as text.  Reading one takes about a tenth of
a second, once a process.
"""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from kb.languages.pseudo import PSEUDO_CHANGES, PseudoCatalog

SOURCE_LANGUAGE = "en"
"""What the texts in code and templates are written in; it needs no catalog."""
FOLDER = Path(__file__).resolve().parents[2] / "translations"

Catalog = gettext.NullTranslations


def catalog_path(code: str, folder: Path = FOLDER) -> Path:
    """The file of the catalog with this code, whether it is there or not."""
    return folder / f"{code}.po"


def list_codes(folder: Path = FOLDER) -> tuple[str, ...]:
    """The codes of all catalogs."""
    return tuple(sorted(path.stem for path in folder.glob("*.po")))


def find_code(tag: str) -> str | None:
    """Which catalog serves a language: its own, else that of the language without region."""
    if tag in PSEUDO_CHANGES:
        return tag
    known = (SOURCE_LANGUAGE, *list_codes())
    return next((code for code in (tag, tag.split("-")[0]) if code in known), None)


@lru_cache(maxsize=32)
def load_catalog(code: str) -> Catalog:
    """The catalog with this code; entries that are fuzzy or missing show English."""
    if code == SOURCE_LANGUAGE:
        return Catalog()
    if code in PSEUDO_CHANGES:
        return PseudoCatalog(PSEUDO_CHANGES[code])
    with catalog_path(code).open("rb") as file:
        entries = read_po(file, locale=code.replace("-", "_"))
    compiled = BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
