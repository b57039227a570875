"""Relevance judgments: which article answers which question, and how well.

Formats: queries are JSON lines with ``id`` and ``text``; judgments are tab-separated
``qid docid grade`` with a heading line, where docid is an article's slug and the grade
is 0 (no), 1 (partly), 2 or 3 (answers).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A question with the grade of every judged article."""

    id: str
    text: str
    grades: Mapping[str, int]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The articles with the highest grade, in the order of the file; empty without any."""
        best = max(self.grades.values(), default=0)
        return tuple(slug for slug, grade in self.grades.items() if grade == best > 0)


def load_judgments(queries: Path, qrels: Path) -> list[JudgedQuery]:
    """All questions that have a judgment, in the order of the file.

    Raises:
        InvalidInput: a file cannot be read or a line is malformed; names file and line.
    """
    grades = _load_grades(qrels)
    judged: list[JudgedQuery] = []
    for number, line in enumerate(_lines(queries), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            query_id, text = str(row["id"]), str(row["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f'{queries}:{number}: not a JSON object with "id" and "text" ({error}).'
            ) from error
        if query_id in grades:
            judged.append(JudgedQuery(query_id, text, grades[query_id]))
    return judged


def _load_grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[0] in ("qid", "query_id")):
            continue
        try:
            query_id, slug, grade = cells
            grades.setdefault(query_id, {})[slug] = int(grade)
        except ValueError as error:
            raise InvalidInput(
                f"{path}:{number}: not `qid <tab> docid <tab> grade` with a whole grade."
            ) from error
    return grades


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}.") from error
