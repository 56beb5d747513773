"""The scorecard as a picture: a dot and its interval for each scheme, as SVG.

Belongs here: laying the picture out and writing it, in light and in dark. Does not belong here: figures (``scores``),
sentences (``answer``).
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence

from orchestration.pictures.frame import document, words
from orchestration.scorecard.answer import are_crosses_worth_it, may_be_best, percent, which_to_use, with_interval
from orchestration.scorecard.scores import Estimate, Scorecard

_WIDTH = 960
_MARGIN = 28
_NAMES = 190
_GAP = 36
# The figure at the right of each panel.
_FIGURE = 52
_PANEL = (_WIDTH - 2 * _MARGIN - _NAMES - _GAP) // 2
_ROW = 26
_CHARACTERS_A_LINE = 118
# Foreseeing that is worse than this would squeeze all others together; the line then ends at the edge.
_LOWEST = -0.1
_STEPS = (0.02, 0.05, 0.1, 0.2)
_PANELS = (("spend", "Foresees how much they spend"), ("retention", "Foresees whether they order again"))


def scorecard_svg(card: Scorecard) -> str:
    """The picture of a scorecard, as the text of an SVG document; without judged schemes it says why there is none."""
    lines = textwrap.wrap(which_to_use(card), _CHARACTERS_A_LINE)
    crosses = textwrap.wrap(are_crosses_worth_it(card), _CHARACTERS_A_LINE)
    top = 62 + 19 * len(lines)
    parts = [
        words(_MARGIN, 40, "Which segmentation should we use?", "heading"),
        *(words(_MARGIN, 66 + 19 * number, line) for number, line in enumerate(lines)),
    ]
    bottom = top
    if card.judged:
        plotted, bottom = _panels(card, top + 30)
        parts += plotted
        notes = textwrap.wrap(_how_to_read(card), _CHARACTERS_A_LINE + 12)
        below = [*((line, "") for line in crosses), *((line, "quiet") for line in notes)]
        parts += [words(_MARGIN, bottom + 30 + 19 * number, *line) for number, line in enumerate(below)]
        bottom += 30 + 19 * len(below)
    height = bottom + 14
    return document("Which segmentation should we use?", _described(card), parts, width=_WIDTH, height=height)


def _panels(card: Scorecard, top: int) -> tuple[list[str], int]:
    """Both panels below a height, and the height at which they end."""
    both = {name: [getattr(score, name) for score in card.judged] for name, _ in _PANELS}
    ticks = _ticks([estimate for estimates in both.values() for estimate in estimates if estimate])
    rows_top = top + 16
    bottom = rows_top + _ROW * len(card.judged)
    parts = [
        f'<rect class="stripe" x="{_MARGIN - 8}" y="{rows_top + _ROW * row}" width="{_WIDTH - 2 * _MARGIN + 16}" '
        f'height="{_ROW}"/>'
        for row in range(0, len(card.judged), 2)
    ]
    parts += [
        words(_MARGIN, rows_top + _ROW * row + 17, score.scheme_name, "strong" if row == 0 else "")
        for row, score in enumerate(card.judged)
    ]
    for number, (name, heading) in enumerate(_PANELS):
        left = _MARGIN + _NAMES + number * (_PANEL + _GAP)
        parts.append(words(left, top, heading, "panel"))
        parts += _panel(both[name], ticks, left=left, top=rows_top, bottom=bottom)
    return parts, bottom + 18


def _panel(
    estimates: Sequence[Estimate | None], ticks: Sequence[float], *, left: int, top: int, bottom: int
) -> Iterator[str]:
    width = _PANEL - _FIGURE

    def across(share: float) -> float:
        within = min(max(share, ticks[0]), ticks[-1])
        return round(left + width * (within - ticks[0]) / (ticks[-1] - ticks[0]), 1)

    for tick in ticks:
        kind = "zero" if tick == 0 else "grid"
        yield f'<line class="{kind}" x1="{across(tick)}" x2="{across(tick)}" y1="{top}" y2="{bottom}"/>'
        yield words(across(tick), bottom + 16, percent(tick), "quiet", anchor="middle")
    told = [estimate for estimate in estimates if estimate]
    best = max(told, key=lambda estimate: estimate.lower, default=None)
    for row, estimate in enumerate(estimates):
        if estimate is None or best is None:
            continue
        middle = top + _ROW * row + _ROW / 2
        kind = "best" if may_be_best(estimate, best) else "rest"
        yield (
            f'<line class="{kind}" stroke-width="3" stroke-linecap="round" x1="{across(estimate.lower)}" '
            f'x2="{across(estimate.upper)}" y1="{middle}" y2="{middle}"/>'
        )
        if estimate.value < ticks[0]:
            # Off the picture: an arrow at its edge.
            edge = across(estimate.value)
            yield f'<path class="{kind}" d="M {edge - 7} {middle} l 7 -5 v 10 z"/>'
        else:
            yield f'<circle class="{kind}" cx="{across(estimate.value)}" cy="{middle}" r="5.5"/>'
        weight = "strong" if kind == "best" else ""
        yield words(left + _PANEL - 6, middle + 4, percent(estimate.value), weight, anchor="end")


def _ticks(estimates: Sequence[Estimate]) -> list[float]:
    """Round shares from the lowest end of an interval to the highest, 0 among them."""
    low = max(min([0.0, *(estimate.lower for estimate in estimates)]), _LOWEST)
    high = max([0.05, *(estimate.upper for estimate in estimates)])
    step = next((step for step in _STEPS if (high - low) / step <= 7), _STEPS[-1])
    return [step * number for number in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _how_to_read(card: Scorecard) -> str:
    return (
        "Dot: how much of the differences between customers their segments foresaw; 0 % is no better than one mean for "
        f"all, 100 % is exact. Line: interval of 95 %. Green: may be the best of all. Learned from {card.days} days "
        f"after {card.learned_as_of_date}, held against those after {card.as_of_date}."
    )


def _described(card: Scorecard) -> str:
    told = [
        f"{score.scheme_name}: {with_interval(score.spend)} of spending"
        + (f", {with_interval(score.retention)} of who orders again" if score.retention else "")
        for score in card.judged
        if score.spend
    ]
    return " ".join([which_to_use(card), *(f"{line}." for line in told), are_crosses_worth_it(card)]).strip()
