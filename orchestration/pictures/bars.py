"""Named amounts as bars.

Belongs here: laying bars out. Does not belong here: what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.pictures.frame import document, words

_WIDTH, _MARGIN = 720, 20
_NAMES, _FIGURES = 230, 130
_ROW, _TOP = 26, 52
# Beyond these a bar is too small to tell anything.
_MOST = 24
_NAME_CHARACTERS = 30


def bars_svg(title: str, amounts: Sequence[tuple[str, float]], *, unit: str = "", with_shares: bool = True) -> str:
    """Return bars, one for each name, in the given order; those beyond the first 24 are summed in the last.

    Args:
        title: The question that the picture answers.
        amounts: Names and amounts of 0 and more.
        unit: Of the amounts, in words.
        with_shares: Whether the amounts add up to something of which each is a share.
    """
    shown = list(amounts)
    if len(shown) > _MOST:
        rest = shown[_MOST - 1 :]
        shown = [*shown[: _MOST - 1], (f"{len(rest)} others", sum(amount for _, amount in rest))]
    total = sum(amount for _, amount in shown) if with_shares else 0
    most = max((amount for _, amount in shown), default=0)
    length = _WIDTH - 2 * _MARGIN - _NAMES - _FIGURES
    parts = [words(_MARGIN, 30, title, "panel")]
    for row, (name, amount) in enumerate(shown):
        top = _TOP + row * _ROW
        if row % 2 == 0:
            width = _WIDTH - 2 * _MARGIN + 12
            parts.append(f'<rect class="stripe" x="{_MARGIN - 6}" y="{top}" width="{width}" height="{_ROW}"/>')
        bar = round(length * amount / most, 1) if most else 0
        left = _MARGIN + _NAMES
        parts += [
            words(_MARGIN, top + 17, _short(name)),
            f'<rect class="bar" x="{left}" y="{top + 6}" width="{bar}" height="{_ROW - 12}" rx="2"/>',
            words(left + bar + 8, top + 17, _figure(amount, total), "quiet"),
        ]
    told = "; ".join(f"{name}: {_figure(amount, total)}" for name, amount in shown) or "nothing"
    in_words = f"{unit.capitalize()}: {told}." if unit else f"{told}."
    return document(title, in_words, parts, width=_WIDTH, height=_TOP + max(len(shown), 1) * _ROW + 14)


def _figure(amount: float, total: float) -> str:
    share = f" ({amount / total:.1%})" if total else ""
    return f"{amount:,.0f}{share}"


def _short(name: str) -> str:
    return name if len(name) <= _NAME_CHARACTERS else f"{name[: _NAME_CHARACTERS - 1]}…"
