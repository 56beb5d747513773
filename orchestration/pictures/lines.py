"""Lines over dates or over numbers, with what may lie around them.

Belongs here: axes, lines, intervals. Does not belong here: what is measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.pictures.frame import document, words

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 700, 56, 250
_LABELS = 8
# Looks for lines that have names (frame.py).
_COLOURS = 4


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line.

    Attributes:
        points: Its places across (positions of the picture's labels, fractions allowed) and values.
        lower: Lower ends of intervals around the points, as many, or none.
        upper: Upper ends.
        is_dashed: Whether it is not what was seen: expected, or what would be ideal.
        is_quiet: Whether it is only there to be compared with.
        has_dots: Whether points are marked.
        name: Beside its colour, where there are several lines.
    """

    points: Sequence[tuple[float, float]]
    lower: Sequence[float] = ()
    upper: Sequence[float] = ()
    is_dashed: bool = False
    is_quiet: bool = False
    has_dots: bool = False
    name: str = ""


def lines_svg(
    title: str, labels: Sequence[str], lines: Sequence[Line], *, told: str, note: str = "", is_share: bool = False
) -> str:
    """Return lines over labelled places from left to right; the axis begins at 0.

    Args:
        title: The question that the picture answers.
        labels: Of places 0, 1, 2 and so on; where there are many, some are left out.
        lines: What is drawn, the lowest first.
        told: What is seen, in words.
        note: How to read it, below.
        is_share: Whether values are shares, written in per cent.
    """
    values = [value for line in lines for value in (*(y for _, y in line.points), *line.upper)]
    step = _step(max(values, default=0))
    highest = step * max(math.ceil(max(values, default=0) / step), 1)

    def across(place: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (place / max(len(labels) - 1, 1)), 1)

    def up(value: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * value / highest, 1)

    parts = [words(20, 30, title, "panel")]
    for number in range(round(highest / step) + 1):
        tick = step * number
        kind = "grid" if number else "zero"
        parts.append(f'<line class="{kind}" x1="{_LEFT}" x2="{_RIGHT}" y1="{up(tick)}" y2="{up(tick)}"/>')
        figure = f"{tick:.{0 if step >= 0.01 else 1}%}" if is_share else f"{tick:,g}"
        parts.append(words(_LEFT - 8, up(tick) + 4, figure, "quiet", anchor="end"))
    every = max(math.ceil(len(labels) / _LABELS), 1)
    parts += [
        words(across(place), _BOTTOM + 18, label, "quiet", anchor="middle")
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    named = [line for line in lines if line.name]
    for line in lines:
        colour = f" colour-{named.index(line) % _COLOURS}" if line.name else ""
        placed = [(across(place), value) for place, value in line.points]
        if line.upper and len(line.upper) == len(line.lower) == len(placed):
            around = [(x, up(high)) for (x, _), high in zip(placed, line.upper, strict=True)]
            around += [(x, up(max(low, 0.0))) for (x, _), low in reversed(list(zip(placed, line.lower, strict=True)))]
            parts.append(f'<polygon class="band" points="{_path(around)}"/>')
        kind = "rest" if line.is_quiet else f"line{colour}"
        dashed = " dashed" if line.is_dashed else ""
        path = _path([(x, up(value)) for x, value in placed])
        parts.append(f'<polyline class="{kind}{dashed}" style="fill: none" points="{path}"/>')
        if line.has_dots:
            parts += [f'<circle class="dot{colour}" cx="{x}" cy="{up(value)}" r="4"/>' for x, value in placed]
    for number, line in enumerate(named):
        left = _LEFT + 14 + 160 * number
        parts.append(f'<circle class="dot colour-{number % _COLOURS}" cx="{left}" cy="44" r="5"/>')
        parts.append(words(left + 10, 48, line.name, "quiet"))
    if note:
        parts.append(words(20, _HEIGHT - 12, note, "quiet"))
    return document(title, told, parts, width=_WIDTH, height=_HEIGHT)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _step(highest: float) -> float:
    """Return a round number of which four or five, about, reach the highest value."""
    if highest <= 0:
        return 1.0
    rough = highest / 4
    size = 10.0 ** math.floor(math.log10(rough))
    return size * next(times for times in (1, 2, 2.5, 5, 10) if times * size >= rough)
