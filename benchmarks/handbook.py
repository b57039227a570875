"""One text in many languages: does search find in those that the sentence model has not learned?

Debian's handbook (package ``debian-handbook``, GPL-2+ or CC-BY-SA-3.0, not part of this repository)
has the same sections in each.  A section becomes an article under the title of its page; its own
heading is taken out and is the question.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import yaml

from kb.relevance.judgments import JudgedQuery
from kb.search.unspaced import UNSPACED

LANGUAGES = {
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "ja": "ja-JP",
    "ru": "ru-RU",
    "zh": "zh-CN",
}
"""By the tag that the site gets, the handbook's folder."""
_FOLDER = Path(os.environ.get("HELPSHELF_HANDBOOK", "/usr/share/doc/debian-handbook/html"))
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_NUMBER = re.compile(r"\A(?:[^\W\d]+ )?\d[\d.]*\s+")
_WORD = re.compile(rf"[{UNSPACED}]{{1,2}}|[^\s{UNSPACED}]+")
_FEWEST_WORDS = 40
_MOST_CHARACTERS = 150_000


def find_handbooks() -> dict[str, Path]:
    """The handbook's folders by language; none, with a word about it, when it is not there."""
    found = {tag: _FOLDER / name for tag, name in LANGUAGES.items() if (_FOLDER / name).is_dir()}
    if not found:
        print(f"\nOther languages are left out: no handbook in {_FOLDER} (package debian-handbook,")
        print("or a copy of its folder html in HELPSHELF_HANDBOOK).")
    return found


def write_sections(handbook: Path, language: str, folder: Path) -> list[JudgedQuery]:
    """Write the content of one language into ``folder``; the questions about it."""
    folder.mkdir(parents=True)
    (folder / "_site.yml").write_text(f"name: Handbook\nlanguage: {language}\n", encoding="utf-8")
    queries = []
    for page in sorted(handbook.glob("*.html")):
        for number, (title, heading, text) in enumerate(_sections(page)):
            slug = re.sub(r"[^a-z0-9]+", "-", f"{page.stem}-{number}".lower())
            front = yaml.safe_dump({"title": title, "slug": slug}, allow_unicode=True)
            (folder / f"{slug}.md").write_text(f"---\n{front}---\n{text}\n", encoding="utf-8")
            if _count_words(heading) > 1:
                queries.append(JudgedQuery(slug, heading, {slug: 2}))
    return queries


def _sections(page: Path) -> Iterator[tuple[str, str, str]]:
    """Title of the page, heading and text of each section that is long enough."""
    root = lxml.html.parse(str(page)).getroot()
    for element in root.xpath("//*[contains(@class, 'docnav') or contains(@class, 'toc')]"):
        element.drop_tree()
    title, found = "", []
    for element in root.body.iter(*_HEADINGS, "div", "p", "pre"):
        text = " ".join(element.text_content().split())
        if element.tag in _HEADINGS:
            heading = _NUMBER.sub("", text)
            found.append(("" if not title else heading, []))
            title = title or heading
        elif found and text and (element.tag != "div" or element.get("class") == "para"):
            found[-1][1].append(text.replace("<", "&lt;").replace("#", r"\#"))
    for heading, parts in found:
        text = "\n\n".join(parts)[:_MOST_CHARACTERS]
        if _count_words(text) >= _FEWEST_WORDS:
            yield title, heading, text


def _count_words(text: str) -> int:
    """Two characters are about a word where there is no space between words."""
    return len(_WORD.findall(text))
