"""Splits an article's file into front matter and body, and checks the front matter.

Every problem of a file is found in one go, each with its line and field.  The file is
never changed; what cannot be used is reported and, if it matters to customers (state,
dates, slug), keeps the article from being published until it is mended.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from kb.content.models import Kind, Problem, Severity, State
from kb.content.yaml_document import FieldReader, YamlDocument, YamlError, parse_yaml
from kb.text import slugify

MAX_ARTICLE_BYTES = 200_000
"""Python-Markdown's time grows faster than the text; nobody reads an article this long."""

MIN_BOOST, MAX_BOOST = 0.25, 4.0
"""Beyond these an article is hidden, or stands above better answers: that is what states and
best bets are for."""

_LFS_POINTER = "version https://git-lfs.github.com/spec/"
"""First words of what Git LFS keeps in a file's place (its specification, "The Pointer")."""
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*(\{[^}]*\})?[ \t]*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_MARKUP = re.compile(r"[*_`]+|!?\[([^\]]*)\]\([^)]*\)|<[^>]+>")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")

_KEYS = frozenset(
    [
        "title", "slug", "kind", "state", "draft", "published", "summary", "tags", "aliases",
        "questions", "regression_queries", "number", "related", "product", "language",
        "reviewed", "review_by", "effective_from", "effective_until", "boost", "topic",
        "series", "part",
    ]
)  # fmt: skip

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The checked head of an article, before the Library gives it its slug and collection."""

    title: str
    slug: str = ""
    """Only when the editor set it; otherwise the file's stem decides."""
    kind: Kind = Kind.FAQ
    state: State = State.PUBLISHED
    summary: str = ""
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    regression_queries: tuple[str, ...] = ()
    regression_lines: tuple[int, ...] = ()
    """Line of each regression query."""
    number: int | None = None
    related: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    language: str = ""
    reviewed: date | None = None
    review_by: date | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    boost: float = 1.0
    topic: int | None = None
    """Number of the topic that the article was written for."""
    series: str = ""
    part: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each key, for problems that show only beside other articles."""


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """One file, read: its front matter, its Markdown and where that begins."""

    path: str
    front_matter: FrontMatter
    body: str
    body_line: int
    problems: tuple[Problem, ...]

    @property
    def is_broken(self) -> bool:
        """Whether a problem keeps it from being published."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def parse_article(path: str, data: bytes) -> ParsedArticle:
    """Read one article. Never raises: what is wrong is in ``problems``."""
    problems: list[Problem] = []
    text = _decode(path, data, problems)
    document, body, body_line = _split(path, text, problems)
    reader = FieldReader(document)
    front_matter = _read_fields(reader, path, body)
    if problems:  # a head that cannot be read misses everything; once is enough
        reader.problems.clear()
    problems += reader.problems
    if not body.strip() and not any(p.severity is Severity.ERROR for p in problems):
        problems.append(
            Problem(
                path,
                body_line,
                "empty-article",
                Severity.ERROR,
                "the article has no text",
                "write the answer, or delete the file",
            )
        )
    return ParsedArticle(path, front_matter, body, body_line, tuple(problems))


def _decode(path: str, data: bytes, problems: list[Problem]) -> str:
    if len(data) > MAX_ARTICLE_BYTES:
        problems.append(
            Problem(
                path,
                0,
                "too-large",
                Severity.ERROR,
                f"the file has {len(data) // 1000} kB, at most {MAX_ARTICLE_BYTES // 1000} kB are published",
                "split the article",
            )
        )
        data = data[:MAX_ARTICLE_BYTES]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        if len(data) < MAX_ARTICLE_BYTES:
            line = data.count(b"\n", 0, error.start) + 1
            problems.append(
                Problem(
                    path,
                    line,
                    "not-utf8",
                    Severity.ERROR,
                    f"byte {error.start + 1} is not UTF-8 text",
                    "save the file as UTF-8",
                )
            )
    if text.startswith(_LFS_POINTER):
        problems.append(_pointer_problem(path))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.append(
            Problem(
                path,
                line,
                "not-utf8",
                Severity.ERROR,
                "the file contains NUL characters",
                "save the file as UTF-8 text",
            )
        )
        text = text.replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _pointer_problem(path: str) -> Problem:
    return Problem(
        path,
        1,
        "lfs-pointer",
        Severity.ERROR,
        "the file is a pointer of Git LFS, not the text itself",
        "run `git lfs pull` where the content is published, or keep texts out of Git LFS",
    )


def _split(path: str, text: str, problems: list[Problem]) -> tuple[YamlDocument, str, int]:
    """The front matter, the body and the body's first line."""
    lines = text.split("\n")
    if lines[0].rstrip() == "+++":
        # Its text would be published with everything in it, `draft = true` included.
        problems.append(
            Problem(
                path,
                1,
                "front-matter",
                Severity.ERROR,
                "the front matter is TOML, which is not read",
                "write it as `key: value` lines between two lines `---`",
            )
        )
        return YamlDocument(path, {}), "", len(lines)
    if lines[0].rstrip() != "---":
        return YamlDocument(path, {}), text, 1
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        problems.append(
            Problem(
                path,
                1,
                "front-matter",
                Severity.ERROR,
                "the front matter is not closed",
                "end it with a line `---`",
            )
        )
        return YamlDocument(path, {}), "", len(lines)
    body = "\n".join(lines[end + 1 :])
    try:
        document = _with_lower_keys(parse_yaml("\n".join(lines[1:end]), path, first_line=2))
    except YamlError as error:
        problems.append(
            Problem(
                path,
                error.line,
                "front-matter",
                Severity.ERROR,
                f"front matter: {error.message}",
                error.fix,
                error.field,
            )
        )
        document = YamlDocument(path, {})
    return document, body, end + 2


def _with_lower_keys(document: YamlDocument) -> YamlDocument:
    """``State: draft`` means what it says; an article must not get public by a capital."""
    written = {key: key.lower() for key in document.value if key.lower() in _KEYS}
    names = {k: lower for k, lower in written.items() if k == lower or lower not in document.value}
    if len(set(names.values())) < len(names) or all(k == lower for k, lower in names.items()):
        return document
    return YamlDocument(
        document.path,
        {names.get(key, key): value for key, value in document.value.items()},
        {(names.get(str(k[0]), k[0]), *k[1:]) if k else k: v for k, v in document.lines.items()},
    )


def _read_fields(reader: FieldReader, path: str, body: str) -> FrontMatter:
    title, state = _read_title(reader, path, body), _read_state(reader)
    front_matter = FrontMatter(
        title=title,
        slug=_slug(reader),
        kind=_choice(reader, "kind", Kind, Kind.FAQ),
        state=state,
        summary=" ".join(reader.text("summary").split()),
        tags=reader.texts("tags"),
        aliases=tuple(filter(None, (slugify(alias) for alias in reader.texts("aliases")))),
        questions=reader.texts("questions"),
        regression_queries=reader.texts("regression_queries"),
        regression_lines=_lines_of_regression_queries(reader),
        number=reader.whole("number", 1),
        related=reader.texts("related"),
        product=reader.texts("product"),
        language=reader.parsed("language", _language, "a language code such as en or pt-BR") or "",
        reviewed=reader.date("reviewed"),
        review_by=reader.date("review_by"),
        effective_from=reader.date("effective_from"),
        effective_until=reader.date("effective_until"),
        boost=_boost(reader),
        topic=reader.whole("topic", 1),
        series=" ".join(reader.text("series").split()),
        part=reader.whole("part", 1),
        lines={str(k[0]): v for k, v in reader.document.lines.items() if len(k) == 1},
        extra=dict(reader.unread()),
    )
    _check_dates(reader, front_matter)
    return front_matter


def _lines_of_regression_queries(reader: FieldReader) -> tuple[int, ...]:
    if any(problem.field == "regression_queries" for problem in reader.problems):
        return ()  # reading them once more would report them once more
    return reader.lines_of_texts("regression_queries")


def _read_title(reader: FieldReader, path: str, body: str) -> str:
    title = " ".join(reader.text("title").split())
    if title:
        return title
    title, origin = _fallback_title(path, body)
    if body.strip():
        reader.report(
            "missing-title",
            "title",
            f"no title; {origin} is used: {title!r}",
            "add `title:` to the front matter",
            Severity.WARNING,
        )
    return title


def _read_state(reader: FieldReader) -> State:
    """The state, also in the words of other tools: nothing they hide may get public here."""
    hides = {
        "draft: true": reader.has("draft") and reader.flag("draft"),
        "published: false": reader.text("published").lower() in ("false", "no"),
    }
    for written, is_hidden in hides.items():
        if is_hidden:
            reader.report(
                "draft-key",
                written.partition(":")[0],
                f"`{written}` is read as `state: draft`: the article is not published",
                "write `state: draft`, or remove the line",
                Severity.WARNING,
            )
    state = _choice(reader, "state", State, State.PUBLISHED)
    return State.DRAFT if any(hides.values()) else state


def _check_dates(reader: FieldReader, front_matter: FrontMatter) -> None:
    start, end = front_matter.effective_from, front_matter.effective_until
    if start and end and end < start:
        reader.report(
            "invalid-value",
            "effective_until",
            f"effective_until {end} is before effective_from {start}",
            "swap the dates",
        )
    if front_matter.kind is Kind.POLICY and start is None and not reader.has("effective_from"):
        reader.report(
            "policy-without-date",
            "effective_from",
            "a policy without `effective_from`",
            "add the date from which it applies: `effective_from: 2026-01-31`",
            Severity.WARNING,
        )


def _choice(reader: FieldReader, name: str, choices: type[E], default: E) -> E:
    allowed = ", ".join(choice.value for choice in choices)
    found = reader.parsed(name, lambda text: choices(text.lower()), f"one of: {allowed}")
    return default if found is None else found


def _slug(reader: FieldReader) -> str:
    def check(text: str) -> str:
        if slugify(text) != text:
            raise ValueError(text)
        return text

    slug = reader.text("slug")
    wanted = f"a slug such as {slugify(slug) or 'reset-your-password'}"
    return reader.parsed("slug", check, wanted) or ""


def _boost(reader: FieldReader) -> float:
    def parse(text: str) -> float:
        boost = float(text)
        if not MIN_BOOST <= boost <= MAX_BOOST:  # also refuses nan
            raise ValueError(text)
        return boost

    found = reader.parsed("boost", parse, f"a number from {MIN_BOOST:g} to {MAX_BOOST:g}")
    return 1.0 if found is None else found


def _language(text: str) -> str:
    if not _LANGUAGE.match(text):
        raise ValueError(text)
    return text


def _fallback_title(path: str, body: str) -> tuple[str, str]:
    heading = find_first_heading(body)
    if heading:
        return heading, "the first heading"
    stem = path.rpartition("/")[2].rpartition(".")[0]
    words = re.sub(r"[-_\s]+", " ", stem).strip()
    return (words[:1].upper() + words[1:]) or "Untitled", "the file name"


def find_first_heading(body: str) -> str:
    """The text of the first Markdown heading outside code, without markup; "" if none."""
    fence = ""
    previous = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
            continue
        if fence:
            continue
        if heading := _HEADING.match(line):
            return _plain(heading[1])
        if (
            _UNDERLINE.match(line)
            and previous
            and not previous.startswith((">", "-", "*", "|", "#"))
        ):
            return _plain(previous)
        previous = line.strip()
    return ""


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(r"\1", text).split())
