"""Conditions on several columns as one: what stands under ``when``.

Belongs here: what it consists of, reading it, and what can be refused of it by itself. Does not belong here: the
notation of one condition (notation.py), what several rules leave or take (coverage.py), SQL (sql.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.condition import (
    AllOf,
    Compare,
    Condition,
    DaysAgo,
    Known,
    Not,
    Unknown,
    Value,
)
from orchestration.configuration.conditions.notation import NotationError, form_of, read_condition
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError

ALTERNATIVES = "any"

# Where a value stands in a file: keys and positions in lists.
Place = tuple[str | int, ...]

# Conditions by the name of their column, all of which must hold.
Conditions = Mapping[str, Condition]
# A customer as conditions see one: the value of each column, None where it is not known.
Point = Mapping[str, Value | None]


@dataclass(frozen=True, kw_only=True)
class When:
    """Whom it fits: all of ``always`` hold, and of ``alternatives``, if there are any, one."""

    always: Conditions
    alternatives: tuple[Conditions, ...]
    line: int

    @cached_property
    def boxes(self) -> tuple[Conditions, ...]:
        """The same as alternatives alone, each with everything that must hold in it."""
        return tuple(both(self.always, alternative) for alternative in self.alternatives) or (self.always,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it asks, in the order of the file."""
        return tuple(dict.fromkeys([*self.always, *(name for part in self.alternatives for name in part)]))

    @property
    def label(self) -> str:
        """What messages call it."""
        return "the conditions"

    def holds(self, point: Point) -> bool:
        """Whether it fits a customer."""
        return any(all(part.holds(point[name]) for name, part in box.items()) for box in self.boxes)


@dataclass(frozen=True, kw_only=True)
class Whens:
    """Several that stand together; ``in_days`` are the date columns that are counted in days before the date."""

    rules: Sequence[When]
    columns: Mapping[str, Column]
    in_days: frozenset[str]


def gathered(whens: Sequence[When], *, catalog: Mapping[str, Column], file: YamlFile) -> Whens:
    """Put several of them together.

    Raises:
        TesseraError: A date is told in dates in one of them and in days ago in another.
    """
    columns = {name: catalog[name] for when in whens for name in when.columns}
    return Whens(rules=whens, columns=columns, in_days=counted_in_days(whens, columns, file=file))


@dataclass(frozen=True)
class WhenReader:
    """Reads conditions and says where the ones are that it cannot read.

    Attributes:
        catalog: Every column by name.
        file: The file they are written in, for the lines of what is wrong.
        noun: What messages call a column.
        home: What names are expected, in words.
    """

    catalog: Mapping[str, Column]
    file: YamlFile
    noun: str = "column"
    home: str = "the name of a column of the mart customers"

    def when(self, written: Mapping[str, Any], place: Sequence[str | int]) -> When:
        """Read what stands under ``when``.

        Raises:
            TesseraError: A condition cannot be read, or its column does not exist.
        """
        return When(line=self.file.line_of(place), **self.parts(written, place))

    def parts(self, written: Mapping[str, Any], place: Sequence[str | int]) -> dict[str, Any]:
        """The same as the two fields that a rule is made with."""
        always = {name: said for name, said in written.items() if name != ALTERNATIVES}
        return {
            "always": self._conditions(always, place),
            "alternatives": tuple(self._alternatives(written, (*place, ALTERNATIVES))),
        }

    def _conditions(self, written: Mapping[Any, Any], place: Sequence[str | int]) -> dict[str, Condition]:
        return {name: self._condition(name, said, (*place, name)) for name, said in written.items()}

    def _alternatives(self, when: Mapping[str, Any], place: Sequence[str | int]) -> Iterator[Conditions]:
        if ALTERNATIVES not in when:
            return
        alternatives = when[ALTERNATIVES]
        if not isinstance(alternatives, list) or not alternatives:
            raise self._error(
                place,
                f"{ALTERNATIVES} holds no alternatives",
                expected=f"a list, each entry of which maps {self.noun}s to conditions",
                found=repr(alternatives),
                fix='write it as any: [{order_count: "> 5"}, {country: DE}]',
            )
        for index, alternative in enumerate(alternatives):
            if not isinstance(alternative, dict) or not alternative or ALTERNATIVES in alternative:
                raise self._error(
                    (*place, index),
                    f"this is no alternative of {ALTERNATIVES}",
                    expected=f"{self.noun}s with their conditions, and no alternatives inside alternatives",
                    found=repr(alternative),
                    fix=f"write a {self.noun}, a colon and a condition",
                )
            yield self._conditions(alternative, (*place, index))

    def _condition(self, name: Any, written: Any, place: Sequence[str | int]) -> Condition:
        if name not in self.catalog:
            close = difflib.get_close_matches(str(name), self.catalog, n=3, cutoff=0.5)
            raise self._error(
                place,
                f"there is no {self.noun} {name!r}",
                expected=self.home,
                found=str(name),
                fix=f"did you mean {' or '.join(close)}?" if close else f"correct the {self.noun}'s name",
            )
        try:
            return read_condition(written, self.catalog[name])
        except NotationError as error:
            raise self._error(
                place,
                f"the condition on {name} cannot be read",
                expected=f"{error.expected}; {name} is {self.catalog[name].type.text}",
                found=error.found,
                fix=error.fix,
            ) from error

    def _error(self, place: Sequence[str | int], what: str, *, expected: str, found: str, fix: str) -> TesseraError:
        return TesseraError(
            f"{self.file.path} line {self.file.line_of(place)}: {what}", expected=expected, found=found, fix=fix
        )


def both(first: Conditions, second: Conditions) -> Conditions:
    """The conditions of two, all of which must hold."""
    twice = {
        name: AllOf((first[name], second[name])) for name in first if name in second and first[name] != second[name]
    }
    return {**first, **second, **twice}


def counted_in_days(whens: Iterable[When], columns: Mapping[str, Column], *, file: YamlFile) -> frozenset[str]:
    """The date columns that are spoken of in days ago.

    Raises:
        TesseraError: One of them is spoken of in dates too.
    """
    in_days: dict[str, int] = {}
    in_dates: dict[str, int] = {}
    for when in whens:
        for name, condition in ((name, part) for box in when.boxes for name, part in box.items()):
            if columns[name].type.family == "date":
                for part in _leaves(condition):
                    if isinstance(part, DaysAgo):
                        in_days.setdefault(name, when.line)
                    elif not isinstance(part, Known | Unknown):
                        in_dates.setdefault(name, when.line)
    for name in in_days:
        if name in in_dates:
            raise TesseraError(
                f"{file.path} line {max(in_days[name], in_dates[name])}: {name} is told in dates and in days ago",
                expected="one of both throughout: what the other one means changes from day to day",
                found=f"days ago in the rule on line {in_days[name]}, dates in the one on line {in_dates[name]}",
                fix=f"write {form_of(columns[name])} in one way",
            )
    return frozenset(in_days)


def _leaves(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Not):
        yield from _leaves(condition.part)
    elif isinstance(condition, Compare | DaysAgo) or not hasattr(condition, "parts"):
        yield condition
    else:
        for part in condition.parts:
            yield from _leaves(part)
