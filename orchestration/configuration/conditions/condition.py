"""What a rule can say about one column, as a tree that answers, lists its limits and is written as SQL or words.

Belongs here: the kinds of condition. Does not belong here: their notation (notation.py), several conditions as one
(when.py).

No condition fits a value that is not known, except ``Unknown``: who has no country is not "not in Germany". Every node
answers for a value of the column's own kind: int, Decimal, float, date, str, bool, or None where it is not known.
"""

from __future__ import annotations

import datetime as dt
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from data_contracts import sql_quoting as sql

Value = int | Decimal | float | dt.date | str | bool
# How a value is told.
Show = Callable[[Value], str]

_ANSWERS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}
_WORDS = {">=": "at least ", ">": "more than ", "<=": "at most ", "<": "less than ", "=": ""}
_WORDS_OF_DATES = {">=": "on or after ", ">": "after ", "<=": "on or before ", "<": "before ", "=": "on "}


class Condition(ABC):
    """What must hold of one column's value."""

    @abstractmethod
    def holds(self, value: Value | None) -> bool:
        """Whether a value fits."""

    @abstractmethod
    def limits(self) -> Iterator[Value]:
        """The values at which the answer can change."""

    @abstractmethod
    def as_sql(self, expression: str) -> str:
        """SQL that is true where the condition holds and false or null elsewhere."""

    @abstractmethod
    def in_words(self, show: Show) -> str:
        """What follows the column in a sentence; ``show`` writes a value."""


@dataclass(frozen=True)
class Known(Condition):
    """There is a value."""

    def holds(self, value: Value | None) -> bool:
        return value is not None

    def limits(self) -> Iterator[Value]:
        return iter(())

    def as_sql(self, expression: str) -> str:
        return f"{expression} is not null"

    def in_words(self, show: Show) -> str:
        return "known"


@dataclass(frozen=True)
class Unknown(Condition):
    """There is no value."""

    def holds(self, value: Value | None) -> bool:
        return value is None

    def limits(self) -> Iterator[Value]:
        return iter(())

    def as_sql(self, expression: str) -> str:
        return f"{expression} is null"

    def in_words(self, show: Show) -> str:
        return "unknown"


@dataclass(frozen=True)
class Compare(Condition):
    """The value lies on one side of another one, or is that one."""

    sign: str
    limit: Value

    def holds(self, value: Value | None) -> bool:
        return value is not None and _ANSWERS[self.sign](value, self.limit)

    def limits(self) -> Iterator[Value]:
        yield self.limit

    def as_sql(self, expression: str) -> str:
        return f"{expression} {self.sign} {literal(self.limit)}"

    def in_words(self, show: Show) -> str:
        words = _WORDS_OF_DATES if isinstance(self.limit, dt.date) else _WORDS
        return words[self.sign] + show(self.limit)


@dataclass(frozen=True)
class DaysAgo(Condition):
    """A condition on how many days before the evaluated date a date lies."""

    days: Condition

    def holds(self, value: Value | None) -> bool:
        return self.days.holds(value)

    def limits(self) -> Iterator[Value]:
        return self.days.limits()

    def as_sql(self, expression: str) -> str:
        return self.days.as_sql(expression)

    def in_words(self, show: Show) -> str:
        return f"{self.days.in_words(show)} days ago"


@dataclass(frozen=True)
class Between(Condition):
    """The value lies between two others, both included."""

    low: Value
    high: Value

    def holds(self, value: Value | None) -> bool:
        return value is not None and _ANSWERS[">="](value, self.low) and _ANSWERS["<="](value, self.high)

    def limits(self) -> Iterator[Value]:
        yield self.low
        yield self.high

    def as_sql(self, expression: str) -> str:
        return f"{expression} between {literal(self.low)} and {literal(self.high)}"

    def in_words(self, show: Show) -> str:
        return f"{show(self.low)} to {show(self.high)}"


@dataclass(frozen=True)
class AnyOf(Condition):
    """At least one of several conditions holds."""

    parts: tuple[Condition, ...]

    def holds(self, value: Value | None) -> bool:
        return any(part.holds(value) for part in self.parts)

    def limits(self) -> Iterator[Value]:
        for part in self.parts:
            yield from part.limits()

    def as_sql(self, expression: str) -> str:
        return "(" + " or ".join(part.as_sql(expression) for part in self.parts) + ")"

    def in_words(self, show: Show) -> str:
        return " or ".join(part.in_words(show) for part in self.parts)


@dataclass(frozen=True)
class AllOf(Condition):
    """All of several conditions hold."""

    parts: tuple[Condition, ...]

    def holds(self, value: Value | None) -> bool:
        return all(part.holds(value) for part in self.parts)

    def limits(self) -> Iterator[Value]:
        for part in self.parts:
            yield from part.limits()

    def as_sql(self, expression: str) -> str:
        return "(" + " and ".join(f"({part.as_sql(expression)})" for part in self.parts) + ")"

    def in_words(self, show: Show) -> str:
        return " and ".join(
            f"({part.in_words(show)})" if isinstance(part, AnyOf) else part.in_words(show) for part in self.parts
        )


@dataclass(frozen=True)
class Not(Condition):
    """There is a value, and a condition does not hold of it."""

    part: Condition

    def holds(self, value: Value | None) -> bool:
        return value is not None and not self.part.holds(value)

    def limits(self) -> Iterator[Value]:
        return self.part.limits()

    def as_sql(self, expression: str) -> str:
        return f"({expression} is not null and not ({self.part.as_sql(expression)}))"

    def in_words(self, show: Show) -> str:
        inner = self.part.in_words(show)
        return f"not ({inner})" if isinstance(self.part, AnyOf | AllOf) else f"not {inner}"


def literal(value: Value) -> str:
    """A value as SQL that is read back exactly."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return f"cast({sql.text(value.isoformat())} as date)"
    if isinstance(value, str):
        return sql.text(value)
    return format(value, "f") if isinstance(value, Decimal) else sql.number(value)
