"""Colours as numbers, and whether people can tell one from another (WCAG 2.2, 1.4.3)."""

import re
from collections.abc import Iterable

Color = tuple[int, int, int]

TEXT_CONTRAST = 4.5
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\Z")
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_STEPS = 40


def parse_color(text: str) -> Color:
    """``#0b6157`` or ``#07c``.

    Raises:
        ValueError: it is something else.
    """
    found = _HEX.match(text.lower())
    if found is None:
        raise ValueError(text)
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def format_color(color: Color) -> str:
    """As style sheets write it."""
    return "#" + "".join(f"{part:02x}" for part in color)


def contrast(one: Color, other: Color) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: Color, other: Color, share: float) -> Color:
    """``one`` with a share of ``other`` from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def text_on(ground: Color) -> Color:
    """White or black, whichever reads better."""
    return max(_WHITE, _BLACK, key=lambda color: contrast(color, ground))


def find_readable(color: Color, grounds: Iterable[Color]) -> Color:
    """The colour nearest to ``color``, darker or lighter, that reads as text on all grounds."""
    all_grounds = tuple(grounds)
    towards = text_on(all_grounds[0])
    for step in range(_STEPS + 1):
        tried = mix(color, towards, step / _STEPS)
        if lowest_contrast(tried, all_grounds) >= TEXT_CONTRAST:
            return tried
    return towards


def lowest_contrast(color: Color, grounds: Iterable[Color]) -> float:
    """The contrast with the ground that it is hardest to read on."""
    return min(contrast(color, ground) for ground in grounds)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
