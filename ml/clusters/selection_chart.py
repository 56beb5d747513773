"""The choice of k as a picture.

Belongs here: an SVG of the table of candidates, made of text alone. Does not belong here: measuring them
(``selection``), where the picture is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

_WIDTH, _HEIGHT = 720, 270
# Left and right edge of each panel, and what it shows.
_PANELS = (
    (50, 330, (("stability", "stability (adjusted Rand index)", "#4e79a7"), ("separation", "silhouette", "#f28e2b"))),
    (410, 690, (("within_share", "sum of squares within clusters", "#59a14f"),)),
)
_TOP, _BOTTOM = 45, 220


def selection_svg(table: pd.DataFrame) -> str:
    """Return the candidates as an SVG picture: stability and separation on the left, the elbow on the right.

    Candidates that were not eligible are hollow; a line marks the chosen k. The axes run from 0 to 1.

    Args:
        table: ``k_selection_`` of a segmenter: k, stability, separation, within_share, eligible, chosen.

    Returns:
        A complete SVG document, the same text for the same table.
    """
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
    ]
    for left, right, series in _PANELS:
        parts += _axes(table, left, right)
        for row, (column, label, colour) in enumerate(series):
            parts += _line(table, column, left, right, colour)
            parts.append(f'<text x="{left}" y="{16 + 16 * row}" fill="{colour}">{label}</text>')
    parts.append(
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 8}" text-anchor="middle" fill="#444444">'
        "number of clusters; dashed: chosen, hollow: not eligible</text>"
    )
    return "".join([*parts, "</svg>"])


def _axes(table: pd.DataFrame, left: int, right: int) -> list[str]:
    parts = []
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(value)
        parts.append(f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#dddddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:g}" text-anchor="end" fill="#444444">{value:g}</text>')
    candidates = table["k"].tolist()
    for k, is_chosen in zip(candidates, table["chosen"].tolist(), strict=True):
        x = _x(k, candidates, left, right)
        parts.append(f'<text x="{x}" y="{_BOTTOM + 16}" text-anchor="middle" fill="#444444">{k}</text>')
        if is_chosen:
            dashes = 'stroke="#444444" stroke-dasharray="4 3"'
            parts.append(f'<line class="chosen" x1="{x}" y1="{_TOP}" x2="{x}" y2="{_BOTTOM}" {dashes}/>')
    return parts


def _line(table: pd.DataFrame, column: str, left: int, right: int, colour: str) -> list[str]:
    candidates = table["k"].tolist()
    points = [
        (_x(k, candidates, left, right), _y(value)) for k, value in zip(candidates, table[column].tolist(), strict=True)
    ]
    path = " ".join(f"{x},{y}" for x, y in points)
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(
            f'<circle cx="{x}" cy="{y}" r="4" fill="{colour if is_eligible else "#ffffff"}" stroke="{colour}"/>'
            for (x, y), is_eligible in zip(points, table["eligible"].tolist(), strict=True)
        ),
    ]


def _x(k: int, candidates: Sequence[int], left: int, right: int) -> float:
    steps = max(len(candidates) - 1, 1)
    return round(left + 15 + (right - left - 30) * (k - candidates[0]) / steps, 1)


def _y(value: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * min(max(value, 0.0), 1.0), 1)
