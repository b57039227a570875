"""Problems as the command line shows them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from kb.content.models import Problem, Severity


def problem_object(problem: Problem) -> dict[str, Any]:
    """A problem as JSON values; scripts depend on the keys."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.path,
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
        "fix": problem.fix,
    }


def problem_line(problem: Problem) -> str:
    """A problem on one line, beginning with the place in the form editors can jump to."""
    place = f"{problem.path}:{problem.line}" if problem.line else problem.path
    message, fix = problem.message.rstrip("."), problem.fix.rstrip(".")
    return f"{place}: {problem.severity.value} {problem.code}: {message}. To do: {fix}."


def counted(count: int, noun: str, plural: str = "") -> str:
    """``1 article``, ``2 articles``; ``plural`` where it is not the noun with an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"


def count_severities(problems: Sequence[Problem]) -> tuple[int, int]:
    """How many errors and how many warnings there are."""
    counts = Counter(problem.severity for problem in problems)
    return counts[Severity.ERROR], counts[Severity.WARNING]
