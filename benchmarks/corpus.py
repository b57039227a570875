"""Benchmark content of any size, mixed from real sections.

Speed depends on how words are spread, so invented words would measure something else.
Every heading and text written here was written by people for a help center; only the
mix, the model number in each title and some questions are made up.  The same sources,
size and seed always give the same files.  Large folders repeat sections (about 50 times
at 50,000 articles), so a word is in more articles there than it would be in life: queries
are slower on this content, not faster.

    python benchmarks/corpus.py build/corpus-5000 --size 5000

Sources are the repository's own articles and, where ``HELPSHELF_SHARED_DATA`` names a
folder, the help centers in it.  Those have licences of their own: write into ``build/``,
which git ignores, and commit none of it.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

VERSION = 1
"""Goes into the marker: raise it when the same arguments give other files than before."""
MIN_SECTION_CHARACTERS = 80
"""Shorter ones are a heading with one link below it."""
MAX_SECTION_BYTES = 30_000
"""Six of them stay below the 200 kB that an article may have."""
ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA_FOLDERS = ("arduino-help/content", "firefox-help/articles")

_FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[^`]*$")
_HEADING = re.compile(r"#{1,6}\s+(.+?)(?:\s+#+)?\s*$")
_ATTRIBUTES = re.compile(r"\{[^{}]*\}")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>")
_LOCAL_LINK = re.compile(r"\[([^\]]*)\]\((?!https?://|mailto:)[^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^>]*?(/?)>")
_MARKUP = re.compile(r"<[^>]*>|[*_`#>|\\]+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_VOID_TAGS = frozenset({"br", "hr", "input", "source", "wbr"})
_VERBS = re.compile(
    "(add|adjust|allow|avoid|block|build|buy|cancel|change|check|choose|clear|close|configure|"
    "connect|contact|control|copy|create|customize|delete|disable|download|edit|enable|export|"
    "find|fix|get|give|hide|identify|import|install|keep|learn|link|log|make|manage|move|open|"
    "order|organize|pay|print|prevent|program|protect|recover|remove|rename|replace|report|"
    "request|reset|restore|return|save|search|see|select|send|set|share|sign|sort|start|stop|"
    "switch|sync|test|track|troubleshoot|turn|uninstall|update|upgrade|upload|use|verify|view|"
    "write) ",
    re.IGNORECASE,
)
_NOUN_QUESTIONS = ("what is {}", "where do I find {}", "I need help with {}", "{} not working")
_FILLERS = frozenset(
    {"about", "after", "before", "from", "have", "into", "that", "their", "this", "what", "your"}
)


@dataclass(frozen=True, slots=True)
class SourceSection:
    """A real heading and the text below it; ``topics`` are the tags or folders of its article."""

    heading: str
    text: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """What ``write_corpus`` did; as text, the lines to print above a benchmark's figures."""

    target: Path
    size: int
    seed: int
    sections: int
    """Different real sections that the articles were mixed from."""
    written: bool
    """False when the folder already held exactly this corpus."""
    skipped: tuple[str, ...]
    """What was left out of the sources, and why."""

    def __str__(self) -> str:
        state = "written" if self.written else "already there"
        head = f"{self.target}: {self.size} articles of {self.sections} real sections, {state}"
        return "\n".join([head, *(f"  skipped: {line}" for line in self.skipped)])


class CorpusError(Exception):
    """The sources or the target folder cannot be used; the message says why."""


def write_corpus(
    target: Path, size: int, seed: int = 1, sources: Sequence[Path] | None = None
) -> CorpusReport:
    """Makes ``target`` a content folder of ``size`` articles, unless it is that already.

    A marker beside the folder, not in it where it would be content, says what the folder
    holds.  A folder with files but without marker belongs to somebody and is refused.
    """
    folders, skipped = _default_sources() if sources is None else (list(sources), [])
    sections, dropped = read_sections(folders)
    if not sections:
        raise CorpusError("no sections in " + ", ".join(map(str, folders)))
    marker = target.parent / f".{target.name}.corpus.json"
    wanted = {
        "version": VERSION,
        "size": size,
        "seed": seed,
        "sections": _fingerprint(sections),
        "complete": True,
    }
    written = _read_marker(marker) != wanted or not target.is_dir()
    if written:
        _empty(target, marker)
        _write_json(marker, {**wanted, "complete": False})
        _write_articles(target, sections, size, random.Random(seed))
        _write_json(marker, wanted)
    skipped += [f"{count} sections: {reason}" for reason, count in sorted(dropped.items())]
    return CorpusReport(target, size, seed, len(sections), written, tuple(skipped))


def sample_queries(target: Path, count: int, seed: int = 1) -> list[str]:
    """Searches as people type them, each made from an article of the corpus in ``target``.

    About a quarter are the beginning of a title, a third questions, the rest headings,
    keywords and texts with one typo.
    """
    paths = sorted(target.glob("c*/*.md"))
    if not paths:
        raise CorpusError(f"no articles in {target}")
    rng = random.Random(seed)
    kinds = (_title_query, _heading_query, _question_query, _keyword_query, _typo_query)
    queries: list[str] = []
    while len(queries) < count:
        front, body = _split_front_matter(rng.choice(paths).read_text(encoding="utf-8"))
        headings = [front["title"].rsplit(" for the ", 1)[0]]
        headings += [heading for heading, _ in _split_sections(body) if heading]
        make = rng.choices(kinds, weights=(24, 14, 32, 14, 16))[0]
        if query := " ".join(make(front, headings, rng).split()):
            queries.append(query)
    return queries


def read_articles(target: Path) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
    """Front matter and sections (heading, text) of every article, in the order of their paths."""
    for path in sorted(target.glob("c*/*.md")):
        front, body = _split_front_matter(path.read_text(encoding="utf-8"))
        yield front, list(_split_sections(body))


def read_sections(folders: Sequence[Path]) -> tuple[list[SourceSection], Counter[str]]:
    """All usable sections below the folders, each text once, and how many were dropped why."""
    sections: dict[str, SourceSection] = {}
    dropped: Counter[str] = Counter()
    for folder in folders:
        if not folder.is_dir():
            raise CorpusError(f"{folder} is no folder")
        for path in sorted(folder.rglob("*.md")):
            for section in _sections_of(path, folder):
                reason = _reason_to_drop(section)
                if reason is None and section.text in sections:
                    reason = "the same text as another"
                if reason is None:
                    sections[section.text] = section
                else:
                    dropped[reason] += 1
    return list(sections.values()), dropped


def _default_sources() -> tuple[list[Path], list[str]]:
    folders, skipped = [ROOT / "articles"], []
    data = os.environ.get("HELPSHELF_SHARED_DATA")
    if not data:
        skipped.append("other help centers: HELPSHELF_SHARED_DATA is not set")
    for name in SHARED_DATA_FOLDERS if data else ():
        folder = Path(data or "") / name
        if folder.is_dir():
            folders.append(folder)
        else:
            skipped.append(f"{folder}: no such folder")
    return folders, skipped


def _sections_of(path: Path, root: Path) -> Iterator[SourceSection]:
    front, body = _split_front_matter(path.read_text(encoding="utf-8", errors="replace"))
    title = _plain(str(front.get("title") or path.stem.replace("-", " ")))
    tags = front.get("tags")
    names = tags if isinstance(tags, list) and tags else path.relative_to(root).parent.parts
    topics = tuple(dict.fromkeys(filter(None, (_slug(str(name)) for name in names))))
    for heading, text in _split_sections(body):
        text = _LOCAL_LINK.sub(r"\1", _IMAGE.sub("", text)).strip()
        yield SourceSection(heading or title, text, topics)


def _split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    try:
        front = yaml.load(match[1], Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        front = None
    return front if isinstance(front, dict) else {}, text[match.end() :]


def _split_sections(body: str) -> Iterator[tuple[str, str]]:
    """Heading and text of each section; a ``#`` inside a code block is no heading."""
    heading, lines, fence = "", [], ""
    for line in body.splitlines():
        match = _FENCE.match(line)
        if match and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1]
        title = None if fence else _HEADING.match(line)
        if title is None:
            lines.append(line)
        else:
            yield heading, "\n".join(lines)
            heading, lines = _plain(title[1]), []
    yield heading, "\n".join(lines)


def _reason_to_drop(section: SourceSection) -> str | None:
    if len(section.text) < MIN_SECTION_CHARACTERS or not section.heading:
        return f"shorter than {MIN_SECTION_CHARACTERS} characters"
    if len(section.text.encode()) > MAX_SECTION_BYTES:
        return f"longer than {MAX_SECTION_BYTES} bytes"
    if section.text.count("```") % 2:
        return "a code block that another section closes"
    open_tags: Counter[str] = Counter()
    for closing, name, empty in _TAG.findall(section.text):
        if not empty and name.lower() not in _VOID_TAGS:
            open_tags[name.lower()] += -1 if closing else 1
    return "HTML that another section closes" if any(open_tags.values()) else None


def _write_articles(
    target: Path, sections: Sequence[SourceSection], size: int, rng: random.Random
) -> None:
    """One article at a time: 50,000 of them would not be kept in memory."""
    topics = Counter(topic for section in sections for topic in section.topics)
    count = 20 + min(20, size // 2_500)
    collections = [topic for topic, _ in topics.most_common(count)]
    for index in range(count):
        folder = target / f"c{index:02}"
        folder.mkdir(parents=True)
        topic = collections[index] if index < len(collections) else f"more answers {index}"
        name = topic.replace("-", " ").capitalize()
        lines = [f"name: {json.dumps(name)}", f"description: {json.dumps(f'About {name}.')}"]
        lines.append(f"order: {10 * (index + 1)}\n")
        (folder / "_collection.yml").write_text("\n".join(lines), encoding="utf-8")
    for index in range(size):
        parts = rng.sample(sections, min(rng.randint(2, 6), len(sections)))
        slug, text, tags = _article(index, parts, rng)
        own = [collections.index(tag) for tag in tags if tag in collections]
        folder = target / f"c{own[0] if own else index % count:02}"
        (folder / f"{slug}.md").write_text(text, encoding="utf-8")


def _article(
    index: int, parts: Sequence[SourceSection], rng: random.Random
) -> tuple[str, str, list[str]]:
    """File stem, text and tags of one article."""
    first = next((part for part in parts if len(part.heading.split()) > 2), parts[0])
    parts = [first, *(part for part in parts if part is not first)]
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTVWXZ", k=2))
    model = f"{letters}-{1000 + index}"
    title = f"{_shorten(first.heading, 90).rstrip('?')} for the {model}"
    tags = list(dict.fromkeys(topic for part in parts for topic in part.topics))[:3]
    tags += ["guide", "help"][: max(0, 2 - len(tags))]
    summary = _shorten(_plain(first.text), 160) or title
    front = [f"title: {_quoted(title)}", f"summary: {_quoted(summary)}"]
    front.append("tags: [" + ", ".join(map(_quoted, tags)) + "]")
    if index % 3 == 0:
        questions = dict.fromkeys(_question(part.heading, rng) for part in parts[:3])
        front += ["questions:", *(f"  - {_quoted(question)}" for question in questions)]
    body = [first.text, *(f"## {part.heading}\n\n{part.text}" for part in parts[1:])]
    slug = f"{_slug(first.heading)[:60].strip('-')}-{model.lower()}".lstrip("-")
    return slug, "---\n" + "\n".join(front) + "\n---\n" + "\n\n".join(body) + "\n", tags


def _question(heading: str, rng: random.Random) -> str:
    """What a customer who needs this section might ask."""
    text = heading.strip(" .:!")
    if text.endswith("?"):
        return text
    lowered = text[:1].lower() + text[1:]
    if lowered.startswith("how to "):
        return f"how do I {lowered[7:]}"
    if lowered.startswith(("if ", "when ")):
        return f"what can I do {lowered}"
    if _VERBS.match(lowered):
        return f"how do I {lowered}"
    return rng.choice(_NOUN_QUESTIONS).format(lowered)


def _title_query(front: dict[str, Any], headings: list[str], rng: random.Random) -> str:
    words = front["title"].split()
    start = " ".join(words[: max(2, round(len(words) * rng.uniform(0.4, 1.0)))])
    return start.lower() if rng.random() < 0.5 else start


def _heading_query(front: dict[str, Any], headings: list[str], rng: random.Random) -> str:
    return rng.choice(headings)


def _question_query(front: dict[str, Any], headings: list[str], rng: random.Random) -> str:
    if front.get("questions") and rng.random() < 0.5:
        return str(rng.choice(front["questions"]))
    question = _question(rng.choice(headings), rng).rstrip("?")
    return question + "?" if rng.random() < 0.5 else question


def _keyword_query(front: dict[str, Any], headings: list[str], rng: random.Random) -> str:
    words = _WORD.findall(f"{rng.choice(headings)} {front['summary']}".lower())
    words = [word for word in dict.fromkeys(words) if len(word) > 3 and word not in _FILLERS]
    return " ".join(rng.sample(words, min(len(words), rng.randint(1, 3))))


def _typo_query(front: dict[str, Any], headings: list[str], rng: random.Random) -> str:
    text = rng.choice([_heading_query, _question_query])(front, headings, rng)
    words = [match for match in _WORD.finditer(text) if len(match[0]) > 4]
    if not words:
        return text
    match = rng.choice(words)
    word, at = match[0], rng.randrange(1, len(match[0]) - 1)
    typos = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + rng.choice("aeinorst") + word[at + 1 :],
    )
    return text[: match.start()] + rng.choice(typos) + text[match.end() :]


def _plain(text: str) -> str:
    """Markdown without its marks, on one line."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", _ATTRIBUTES.sub("", text)))
    return " ".join(_MARKUP.sub(" ", text).split())


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _quoted(text: str) -> str:
    """A YAML string; control characters are the one thing that JSON and YAML quote differently."""
    return json.dumps("".join(c for c in text if c.isprintable()), ensure_ascii=False)


def _fingerprint(sections: Sequence[SourceSection]) -> str:
    """Changes with the sources, so that a corpus of older sources is not taken for this one."""
    digest = hashlib.sha256()
    for section in sections:
        digest.update(repr((section.heading, section.text, section.topics)).encode())
    return digest.hexdigest()


def _read_marker(marker: Path) -> Any:
    try:
        return json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _empty(target: Path, marker: Path) -> None:
    if target.exists() and any(target.iterdir()):
        if not marker.exists():
            raise CorpusError(f"{target} has files and no {marker.name} beside it: not touched")
        shutil.rmtree(target)
    target.mkdir(parents=True, exist_ok=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: writes the corpus and says what it is made of."""
    parser = argparse.ArgumentParser(description="Make benchmark content from real sections.")
    parser.add_argument("target", type=Path, help="content folder to make, best below build/")
    parser.add_argument("--size", type=int, default=5_000, help="articles (default 5000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--source", type=Path, action="append", metavar="DIR", help="repeatable")
    options = parser.parse_args(arguments)
    try:
        print(write_corpus(options.target, options.size, options.seed, options.source))
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
