"""Text files as other systems write them: encodings, delimiters, damaged and cut lines.

Nothing is read whole: a file of a million rows takes no more memory than one of ten.
"""

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_RECORD = 100_000
"""Characters of one row; no search is longer, and a mark that never closes ends here."""
_MOST_LINES = 50
"""Lines of one row, for texts with line breaks in quotation marks."""
_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file: its values, or what is wrong with it."""

    line: int
    values: tuple[str, ...] = ()
    problem: str = ""
    is_ended: bool = True
    """False for a last line without its end, which may have been cut off."""


def find_encoding(path: Path) -> str:
    """UTF-8, UTF-16 or, when the file can be neither, Windows-1252.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(4_096)
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding
        if b"\0" in head:
            return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while head:
                # Not final: a file that was cut may end in the middle of a character.
                decoder.decode(head)
                head = file.read(_CHUNK)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def find_delimiter(header: str) -> str:
    """The character between the columns of a first line."""
    return max(_DELIMITERS, key=header.count)


def read_records(lines: Iterable[str], delimiter: str, first_line: int) -> Iterator[Record]:
    """The rows of a table in order.

    A quotation mark that does not close costs its own row and not those behind it.
    """
    pending: deque[str] = deque()
    source = iter(lines)
    number = first_line - 1
    while True:
        line = pending.popleft() if pending else next(source, None)
        if line is None:
            return
        number += 1
        parts = [line]
        if '"' in line and not _closes(line, delimiter):
            parts += _read_on(line, pending, source, delimiter)
            if not _closes("".join(parts), delimiter):
                pending.extendleft(reversed(parts[1:]))
                yield Record(number, problem="a quotation mark does not close")
                continue
        text = "".join(parts)
        if text.strip():
            yield _parse(number, text, delimiter)
        number += len(parts) - 1


def _read_on(line: str, pending: deque[str], source: Iterator[str], delimiter: str) -> list[str]:
    more: list[str] = []
    text = line
    while len(more) < _MOST_LINES and len(text) <= LONGEST_RECORD:
        following = pending.popleft() if pending else next(source, None)
        if following is None:
            break
        more.append(following)
        text += following
        if '"' in following and _closes(text, delimiter):
            break
    return more


def _closes(text: str, delimiter: str) -> bool:
    """Whether no value is left open; a mark within a value is only a character: 24" monitor."""
    ends = (delimiter, "\r", "\n", "")
    at = 0
    while True:
        if text[at : at + 1] == '"':
            at += 1
            while (at := text.find('"', at)) >= 0 and text[at + 1 : at + 2] not in ends:
                at += 2 if text[at + 1] == '"' else 1
            if at < 0:
                return False
        at = text.find(delimiter, at)
        if at < 0:
            return True
        at += 1


def _parse(number: int, text: str, delimiter: str) -> Record:
    is_ended = text.endswith(("\n", "\r"))
    if len(text) > LONGEST_RECORD:
        return Record(number, problem=f"the row is longer than {LONGEST_RECORD} characters")
    if '"' not in text:
        return Record(number, tuple(text.rstrip("\r\n").split(delimiter)), is_ended=is_ended)
    try:
        values = next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error as error:
        return Record(number, problem=f"not CSV: {error}")
    return Record(number, tuple(values), is_ended=is_ended)
