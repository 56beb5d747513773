"""Where the answers of conditions can change: for each column one value of every stretch between its limits.

Belongs here: choosing the values. Does not belong here: what rules make of them (coverage.py).

Between two limits next to each other, no condition changes its answer, so one value stands for all of the stretch. Only
values that a column can have are taken: no order count of 5.5, and none below 0.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.condition import Condition, Value

# Where no condition has a limit, any value stands for all.
_ANY_DATE = dt.date(2020, 1, 1)


class OtherText(str):
    """A text that no condition names; it stands for all of those."""

    __slots__ = ()


def cells_of(column: Column, conditions: Iterable[Condition], *, in_days: bool) -> list[Value | None]:
    """One value for each stretch of a column, and None for "not known".

    Args:
        column: Whose values.
        conditions: Everything that rules say about it.
        in_days: Whether conditions on a date count the days before the evaluated date.
    """
    limits = {limit for condition in conditions for limit in condition.limits()}
    if column.type.family == "boolean":
        return [True, False, None]
    if column.type.family == "text":
        named = sorted(str(limit) for limit in limits)
        # Longer than every text that is named, so none of them.
        return [*named, OtherText("*" * (1 + max(map(len, named), default=0))), None]
    least: Any = 0 if column.is_never_negative else None
    if column.type.family == "date" and not in_days:
        return [*_stretches(limits or {_ANY_DATE}, column, least=None), None]
    return [*_stretches(limits | ({0} if least == 0 or not limits else set()), column, least=least), None]


def _stretches(limits: Iterable[Any], column: Column, *, least: Any) -> Iterator[Any]:
    """A value below, at, between and above the limits, as far as the column can have one there."""
    rising = sorted(limits)
    if least is None:
        yield _below(rising[0])
    for low, high in pairwise([*rising, None]):
        if (least is None or low >= least) and _can_be(low, column):
            yield low
        inside = _after(low, column) if high is None else _between(low, high, column)
        if inside is not None and (least is None or inside >= least):
            yield inside


def _can_be(value: Value, column: Column) -> bool:
    return not isinstance(value, Decimal) or value == _on_grid(value, column)


def _on_grid(value: Decimal, column: Column) -> Decimal:
    """The largest value of a decimal column that is not above another one."""
    return value.quantize(Decimal(1).scaleb(-column.type.scale), rounding=ROUND_FLOOR)


def _below(value: Any) -> Any:
    return value - (dt.timedelta(days=1) if isinstance(value, dt.date) else 1)


def _after(value: Any, column: Column) -> Any:
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=1)
    if isinstance(value, Decimal):
        return _on_grid(value, column) + 1
    return value + 1


def _between(low: Any, high: Any, column: Column) -> Any:
    """A value strictly between two limits, a round one where there is one; None where the column has none there."""
    if isinstance(low, dt.date):
        tried: list[Any] = [low + dt.timedelta(days=1)]
    elif isinstance(low, float) or isinstance(high, float):
        tried = [float(math.floor(low) + 1), (low + high) / 2, math.nextafter(low, math.inf)]
    elif column.type.family == "decimal":
        step = Decimal(1).scaleb(-column.type.scale)
        tried = [Decimal(math.floor(low) + 1), _on_grid(Decimal(low), column) + step]
    else:
        tried = [low + 1]
    return next((value for value in tried if low < value < high), None)
