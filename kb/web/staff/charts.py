"""Bar charts drawn on the server: numbers in, rectangles out. Every chart has a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 160
SPARKLINE_HEIGHT = 48
_GAP_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle in the chart's own units; ``part`` names its style."""

    x: float
    y: float
    width: float
    height: float
    part: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over equal steps; ``top`` is the value at the upper edge."""

    width: int
    height: int
    top: int
    bars: tuple[Bar, ...]


def build_chart(
    rows: Sequence[tuple[str, Sequence[tuple[str, int]]]], height: int = HEIGHT
) -> Chart:
    """Stacked bars, one for each row of a title and its parts with their values."""
    top = max((sum(value for _, value in parts) for _, parts in rows), default=0)
    step = WIDTH / max(1, len(rows))
    width = max(1.0, step * (1 - _GAP_SHARE))
    bars: list[Bar] = []
    for index, (title, parts) in enumerate(rows):
        base = float(height)
        for part, value in parts:
            size = value / top * height if top else 0.0
            if size:
                base -= size
                bars.append(
                    Bar(
                        x=round(index * step, 2),
                        y=round(base, 2),
                        width=round(width, 2),
                        height=round(size, 2),
                        part=part,
                        title=title,
                    )
                )
    return Chart(WIDTH, height, top, tuple(bars))
