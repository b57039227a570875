"""How a company's own order and account numbers look, so that they can be removed.

Templates and not regular expressions: whoever sets them thinks of numbers, and no
template can be slow to match.
"""

import re
from dataclasses import dataclass

_PLACEHOLDERS = {"#": r"\d", "@": r"[^\W\d_]", "*": r"[^\W_]"}
_SEPARATORS = frozenset(" -./")
_LONGEST_TEMPLATE = 40
_FEWEST_PLACEHOLDERS = 3
_MOST_TEMPLATES = 50


@dataclass(frozen=True, slots=True)
class PrivatePattern:
    """One template, such as ``ORD-####``, and what it matches."""

    template: str
    regex: re.Pattern[str]


def parse_private_patterns(text: str) -> tuple[PrivatePattern, ...]:
    """Templates separated by commas: ``#`` is a digit, ``@`` a letter, ``*`` either of them.

    Everything else stands for itself, in any case; a space, hyphen, dot or slash also for
    another of them or none.

    Raises:
        ValueError: a template would match ordinary words, or is too long; says which.
    """
    templates = [part.strip() for part in text.split(",") if part.strip()]
    if len(templates) > _MOST_TEMPLATES:
        raise ValueError(f"use at most {_MOST_TEMPLATES} patterns")
    return tuple(PrivatePattern(template, _compile(template)) for template in templates)


def _compile(template: str) -> re.Pattern[str]:
    if len(template) > _LONGEST_TEMPLATE:
        raise ValueError(f"{template[:20]}… is longer than {_LONGEST_TEMPLATE} characters")
    if sum(character in _PLACEHOLDERS for character in template) < _FEWEST_PLACEHOLDERS:
        raise ValueError(
            f"{template} needs at least {_FEWEST_PLACEHOLDERS} of # (a digit), @ (a letter) "
            "and * (either), such as ORD-######"
        )
    own = set(template) - set(_PLACEHOLDERS) - _SEPARATORS
    if "#" not in template and not ("*" in template and own):
        raise ValueError(f"{template} would match ordinary words: it needs a # for a digit")
    parts = (
        r"[ \-./]?" if c in _SEPARATORS else _PLACEHOLDERS.get(c) or re.escape(c) for c in template
    )
    return re.compile(rf"(?<![^\W_]){''.join(parts)}(?![^\W_])", re.IGNORECASE)
