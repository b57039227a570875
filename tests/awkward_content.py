"""A help center in a git repository with everything at once that content should not have."""

import io
from pathlib import Path

from PIL import Image

from tests.conftest import run_git

MANY = 2_000
"""Articles in one collection."""
LONG_TITLE = ("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz " * 5)[:300].strip()
UNBROKEN_TITLE = "W" * 300
EMOJI_TITLE = "🧯🔥🫠"
COLUMNS = 30
SITE = """\
name: "🧯 {name}"
company: Awkward Inc.
timezone: Mars/Olympus_Mons
"""
CONTACTS = """\
departments:
  - slug: general
    name: "{name}"
    email: {local}@example.com
    default: true
    hours: "Mo-Fr 08:00-20:00"
"""


def write_awkward_content(folder: Path) -> None:
    """Write all of it into ``folder`` and commit it."""
    files: dict[str, str | bytes] = {
        "_site.yml": SITE.format(name="B" * 80),
        "_contacts.yml": CONTACTS.format(name="D" * 120, local="d" * 60),
        "many/_collection.yml": f'name: "{LONG_TITLE}"\ndescription: "{"y" * 400}"\n',
        "odd/_collection.yml": 'name: "🦄🌈"\n',
        "odd/long.md": _article(LONG_TITLE, _headings() + _table(), kind="how-to"),
        "odd/unbroken.md": _article(UNBROKEN_TITLE, f"{'v' * 5_000}\n\n`{'c' * 500}`\n"),
        "odd/🧯🔥.md": _article(EMOJI_TITLE, _emoji_sections()),
        "odd/emoji-alone.md": _article("🎛️", "## 🧯\n\nOne.\n\n## 🔥\n\nTwo.\n\n## 🧯\n\nThree.\n"),
        "odd/pictures.md": _article("Awkward pictures", _pictures()),
        "odd/staff-only.md": _article(LONG_TITLE[:280] + " inside", _table(), state="internal"),
        "odd/unfinished.md": _article(UNBROKEN_TITLE[:290], _table() + _headings(), state="draft"),
        "odd/terms.md": _article(LONG_TITLE[:270], _table(), kind="policy"),
        "odd/news.md": _article("🚨" * 40, "Text.\n", kind="bulletin"),
        "odd/dot.png": _picture(1, 1),
        "odd/wall.png": _picture(10_000, 10_000),
    }
    for number in range(MANY):
        title = f"Question {number:04} about a thing"
        files[f"many/question-{number:04}.md"] = _article(title, f"Answer {number}.\n")
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    run_git(folder, "init", "-q")
    run_git(folder, "add", "-A")
    run_git(folder, "commit", "-q", "-m", "Awkward", at="2026-10-01T12:00:00Z")


def _article(title: str, body: str, **keys: str) -> str:
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f'---\ntitle: "{title}"\n{head}---\n{body}'


def _headings() -> str:
    return "".join(f"{'#' * level} Level {level}\n\nText {level}.\n\n" for level in range(1, 13))


def _table() -> str:
    head = "".join(f"| Column {number} " for number in range(1, COLUMNS + 1))
    cells = "".join(f"| Cell{number}value " for number in range(1, COLUMNS + 1))
    return f"\n{head}|\n{'|---' * COLUMNS}|\n{cells}|\n{cells}|\n"


def _emoji_sections() -> str:
    return "".join(f"## {emoji}\n\nAbout it.\n\n" for emoji in ("🧯", "🔥", "🧯", "fire 🔥"))


def _pictures() -> str:
    return (
        "![One dot](dot.png)\n\n![A wall of pixels](wall.png)\n\n"
        "[![A wall that links](wall.png)](long.md)\n\n![The lost picture](lost.png)\n"
    )


def _picture(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()
