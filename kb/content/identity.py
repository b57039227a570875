"""A company's own colours in ``_site.yml``: taken where people can read them, else reported.

Each is checked against every ground that the style sheet puts it on; whoever chooses one
that cannot be read is told the nearest that can.  Text on a colour, its stronger and its
paler form are made from it, so that three choices are enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kb.content.colors import (
    TEXT_CONTRAST,
    Color,
    find_readable,
    format_color,
    lowest_contrast,
    mix,
    parse_color,
    text_on,
)
from kb.content.models import Problem, Severity
from kb.content.yaml_document import FieldReader


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a colour scheme of the style sheet gives: grounds, and where stronger colours tend."""

    name: str
    grounds: tuple[Color, ...]
    raised: Color
    stronger: Color


SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        "light": Scheme(
            "light", ((255, 255, 255), (251, 251, 249), (241, 243, 240)), (255, 255, 255), (0, 0, 0)
        ),
        "dark": Scheme(
            "dark", ((23, 33, 32), (15, 22, 21), (27, 38, 37)), (23, 33, 32), (255, 255, 255)
        ),
    }
)
"""``--color-raised``, ``--color-surface`` and ``--color-sunken`` of the style sheet."""
_ON_GROUNDS = ("accent", "link")
_STRONGER, _PALE, _MUTED = 0.28, 0.12, 0.2


def read_colors(reader: FieldReader) -> tuple[Mapping[str, Mapping[str, str]], list[Problem]]:
    """The style sheet's properties that ``colors:`` changes, by scheme, and what is wrong with it."""
    found: dict[str, Mapping[str, str]] = {}
    problems: list[Problem] = []
    for name, child in reader.named_children("colors"):
        scheme = SCHEMES.get(name)
        if scheme is None:
            reader.report(
                "unknown-key",
                "colors",
                f"`colors` has no `{name}`",
                "write the colours below `light:` and `dark:`",
                Severity.WARNING,
            )
            continue
        found[name] = _read_scheme(child, scheme)
        child.report_unknown()
        problems += child.problems
    return found, problems


def _read_scheme(reader: FieldReader, scheme: Scheme) -> dict[str, str]:
    properties: dict[str, Color] = {}
    for name in (*_ON_GROUNDS, "hero"):
        color = reader.parsed(name, parse_color, "a colour such as #0b6157")
        if color is not None and (name == "hero" or _is_readable(reader, name, color, scheme)):
            properties |= _derive(name, color, scheme)
    return {name: format_color(color) for name, color in properties.items()}


def _is_readable(reader: FieldReader, name: str, color: Color, scheme: Scheme) -> bool:
    lowest = lowest_contrast(color, scheme.grounds)
    if lowest >= TEXT_CONTRAST:
        return True
    better = format_color(find_readable(color, scheme.grounds))
    reader.report(
        "low-contrast",
        name,
        f"{format_color(color)} has a contrast of {lowest:.1f} to 1 on the {scheme.name} pages, "
        f"{TEXT_CONTRAST} is needed; the product's own colour is used",
        f"choose a {'darker' if scheme.name == 'light' else 'lighter'} colour, such as {better}",
        Severity.WARNING,
    )
    return False


def _derive(name: str, color: Color, scheme: Scheme) -> dict[str, Color]:
    if name == "link":
        return {"link": color}
    if name == "hero":
        text = text_on(color)
        muted = mix(text, color, _MUTED)
        readable = lowest_contrast(muted, (color,)) >= TEXT_CONTRAST
        hero = {"hero": color, "hero-text": text, "hero-muted": muted if readable else text}
        return hero | {"hero-focus": text}
    pale = mix(scheme.raised, color, _PALE)
    color = find_readable(color, (*scheme.grounds, pale))
    strong = find_readable(mix(color, scheme.stronger, _STRONGER), (pale,))
    return {
        "accent": color,
        "accent-strong": strong,
        "accent-text": text_on(color),
        "accent-surface": pale,
    }
