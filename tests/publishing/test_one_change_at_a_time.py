"""Publishes of single changes end with what one publish of everything makes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from kb.bootstrap.publishing import build_publisher
from kb.clock import FixedClock
from kb.config import Settings
from kb.storage.library_file import SqliteLibraryFiles
from tests.conftest import Write

LAMP = "---\ntitle: Two lamps\n{more}---\nA lamp is shining, see [the kettle](../a/kettle.md).\n"
CHANGES: list[tuple[str, str]] = [
    ("_site.yml", "name: Lamps\nlanguage: de\n"),
    ("_site.yml", "name: Lamps\nlanguage: en\ntimezone: Asia/Tokyo\n"),
    ("_synonyms.yml", "- [kettle, pot, lamp]\n"),
    ("a/_collection.yml", "title: Kettles and pots\ninternal: true\n"),
    ("a/_collection.yml", "title: Kettles and pots\n"),
    ("a/kettle.md", "---\ntitle: Running kettles\nslug: pot\n---\n## Boiling\n\nIt boils.\n"),
    ("b/lamp.md", LAMP.format(more="aliases: [light]\ntags: [bulb]\n")),
    ("b/lamp.md", LAMP.format(more="state: draft\n")),
    ("b/lamp.md", LAMP.format(more="language: de\n")),
    ("b/lamp.md", ""),  # a file that says nothing
    ("b/lamp.md", LAMP.format(more="questions: [Is it on]\n")),
    ("b/terms.md", "---\ntitle: Terms\nkind: policy\neffective_from: 2026-02-01\n---\nNew.\n"),
    ("b/_index.md", "# About lamps\n\nAll of them.\n"),
    ("a/pot.md", "---\ntitle: Pots\n---\nSee [the lamp](Lamp.md).\n"),
    ("c/lamp.md", "---\ntitle: Third lamp\n---\nNow there are two of that name.\n"),
]


def test_single_changes_end_with_what_one_publish_of_everything_makes(
    settings: Settings, clock: FixedClock, write: Write, tmp_path: Path
) -> None:
    write("_site.yml", "name: Kettles\nlanguage: en\n")
    write("a/kettle.md", "---\ntitle: Running kettles\nquestions: [Is it on]\n---\nIt boils.\n")
    write("b/lamp.md", LAMP.format(more=""))
    write("b/terms.md", "---\ntitle: Terms\nkind: policy\neffective_from: 2026-01-01\n---\nOld.\n")
    afresh = replace(settings, index_dir=tmp_path / "afresh")
    build_publisher(settings, clock).publish()
    for path, text in CHANGES:
        write(path, text)
        build_publisher(settings, clock).publish()
        build_publisher(afresh, clock).publish(full=True)
        assert read(settings) == read(afresh), f"after {path!r} said {text!r}"


def read(settings: Settings) -> dict[str, Any]:
    """Everything that the library file of the current generation holds of the content."""
    folder = settings.index_dir
    current = (folder / "CURRENT").read_text(encoding="utf-8").strip()
    reader = SqliteLibraryFiles().open(folder / "generations" / current)
    try:
        catalogue = reader.load_catalogue()
        return {
            "articles": catalogue.articles,
            "texts": {path: reader.load_text(path) for path in catalogue.articles},
            "words": reader.load_vocabulary(),
            "collections": catalogue.collections,
            "documents": catalogue.documents,
            "problems": sorted(catalogue.problems, key=str),
        }
    finally:
        reader.close()
