"""Does the confidence mean what it says: of ten searches with 0.7, do seven find the answer?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean

BINS = 8
"""Of equally many searches each: with some hundred searches, ten bins of equal width would
have some that hold nearly none."""


@dataclass(frozen=True)
class Judged:
    """The confidence in a first hit, and whether it is right."""

    confidence: float
    right: bool


@dataclass(frozen=True)
class Bin:
    """Searches of similar confidence."""

    count: int
    said: float
    """Mean confidence."""
    true: float
    """Share whose first hit is right."""

    @property
    def margin(self) -> float:
        """Half the width of the usual 95 % interval of the share (Wilson)."""
        z, n, p = 1.96, self.count, self.true
        return z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))


def bins_of(searches: Sequence[Judged]) -> list[Bin]:
    """The searches, sorted by confidence and cut into equal parts."""
    ordered = sorted(searches, key=lambda search: search.confidence)
    edges = [round(len(ordered) * part / BINS) for part in range(BINS + 1)]
    parts = [ordered[a:b] for a, b in pairwise(edges) if b > a]
    return [
        Bin(len(part), fmean(s.confidence for s in part), fmean(s.right for s in part))
        for part in parts
    ]


def calibration_error(searches: Sequence[Judged]) -> float:
    """Expected calibration error: the mean distance of what was said and what is true."""
    return sum(abs(b.said - b.true) * b.count for b in bins_of(searches)) / len(searches)


def print_calibration(name: str, searches: Sequence[Judged]) -> None:
    """The expected calibration error, and the bins as a table with bars."""
    error = calibration_error(searches)
    print(f"\nCalibration, {name}: {len(searches)} searches, expected error {error:.3f}")
    print(f"{'searches':>8} {'said':>6} {'true':>6}")
    for part in bins_of(searches):
        bar = ["·"] * 41
        bar[round(part.true * 40)] = "●"
        bar[round(part.said * 40)] = "|"
        print(f"{part.count:8} {part.said:6.2f} {part.true:6.2f}  {''.join(bar)}")
    print(f"{'':23} 0 {'| said  ● true':^37} 1")


SIZE, MARGIN = 360, 48
_COLORS = ("#1f6f8b", "#b5541c", "#5b7f2b")


def write_plot(path: Path, series: dict[str, Sequence[Judged]]) -> None:
    """The reliability plot as SVG: share of right first hits over confidence."""
    side = SIZE + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" '
        f'viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="12">',
        f'<rect width="{side}" height="{side}" fill="#fff"/>',
        _line(0, 0, 1, 1, "#999", "4 4"),
        _line(0, 0, 1, 0, "#333"),
        _line(0, 0, 0, 1, "#333"),
        *(_tick(value / 5) for value in range(6)),
        f'<text x="{side / 2}" y="{side - 8}" text-anchor="middle">confidence</text>',
        f'<text transform="translate(14 {side / 2}) rotate(-90)" text-anchor="middle">'
        "share of right first hits</text>",
    ]
    for number, (name, searches) in enumerate(series.items()):
        parts.extend(_curve(name, searches, number))
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _curve(name: str, searches: Sequence[Judged], number: int) -> list[str]:
    color = _COLORS[number % len(_COLORS)]
    bins = bins_of(searches)
    points = " ".join(f"{_x(b.said):.1f},{_y(b.true):.1f}" for b in bins)
    label = f"{name}: {len(searches)} searches, error {calibration_error(searches):.3f}"
    return [
        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>',
        *(
            _line(b.said, max(0, b.true - b.margin), b.said, min(1, b.true + b.margin), color)
            for b in bins
        ),
        *(
            f'<circle cx="{_x(b.said):.1f}" cy="{_y(b.true):.1f}" r="4" fill="{color}"/>'
            for b in bins
        ),
        f'<text x="{MARGIN + 8}" y="{MARGIN + 16 + 18 * number}" fill="{color}">{label}</text>',
    ]


def _tick(value: float) -> str:
    return (
        f'<text x="{_x(value):.1f}" y="{_y(0) + 18:.1f}" text-anchor="middle">{value:.1f}</text>'
        f'<text x="{_x(0) - 8:.1f}" y="{_y(value) + 4:.1f}" text-anchor="end">{value:.1f}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, color: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{_x(x1):.1f}" y1="{_y(y1):.1f}" x2="{_x(x2):.1f}" y2="{_y(y2):.1f}" '
        f'stroke="{color}"{dashed}/>'
    )


def _x(value: float) -> float:
    return MARGIN + value * SIZE


def _y(value: float) -> float:
    return MARGIN + (1 - value) * SIZE
