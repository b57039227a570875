"""Collects every text that people see, from the code and the templates."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

ROOT = Path(__file__).resolve().parents[2]
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    # Messages of features, which know no language; the view translates them.
    "InvalidInput": (1,),
    "ChangedMeanwhile": (1,),
    "ChangeRefused": (1,),
    "TrialError": (1,),
}
_UNSEEN = ("kb/api", "kb/cli", "kb/relevance", "kb/languages", "kb/digest")
"""For programs, and for the command line, which speaks English."""
_JINJA_OPTIONS = {"newstyle_gettext": "true", "trimmed": "false"}


def extract_messages(root: Path = ROOT) -> Catalog:
    """All texts in the order of the files, with the places where they stand."""
    found = Catalog(project="Helpshelf", charset="utf-8", fuzzy=False)
    for path, method in _list_sources(root):
        name = path.relative_to(root).as_posix()
        options = _JINJA_OPTIONS if method != "python" else {}
        for _line, message, comments, context in extract_from_file(
            method, path, _KEYWORDS, ("Translators:",), options
        ):
            if message and context is None:
                # Without line numbers: a line more above changes no catalog.
                found.add(message, None, [(name, 0)], auto_comments=comments)
    return found


def _list_sources(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((root / "kb").rglob("*.py")):
        if not path.relative_to(root).as_posix().startswith(_UNSEEN):
            yield path, "python"
    for path in sorted(p for p in (root / "templates").rglob("*") if p.is_file()):
        yield path, "jinja2"
