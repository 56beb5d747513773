"""A custom scheme as rules on features, read from the settings.

Belongs here: what a scheme consists of, and what can be refused of a scheme rule by rule. Does not belong here: whether
its rules leave gaps or take each other's customers (coverage.py), SQL (compiled.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from orchestration.configuration.custom_scheme_settings import CustomScheme, CustomSegment
from orchestration.configuration.custom_schemes.conditions import (
    AllOf,
    Compare,
    Condition,
    DaysAgo,
    Known,
    Not,
    Unknown,
    Value,
)
from orchestration.configuration.custom_schemes.notation import NotationError, form_of, read_condition
from orchestration.configuration.feature_catalog import Feature
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError

SECTION = "custom_schemes"
ALTERNATIVES = "any"
UNKNOWN = "unknown"

# Conditions by the name of their feature, all of which must hold.
Conditions = Mapping[str, Condition]
# A customer as rules see one: the value of each feature, None where it is not known.
Point = Mapping[str, Value | None]


@dataclass(frozen=True)
class Segment:
    """A segment as readers see it; a description or colour that nobody gave is None."""

    code: str
    name: str
    description: str | None
    colour: str | None


@dataclass(frozen=True)
class Rule:
    """Who belongs to a segment: all of ``always`` hold, and of ``alternatives``, if there are any, one."""

    segment: Segment
    always: Conditions
    alternatives: tuple[Conditions, ...]
    line: int

    @cached_property
    def boxes(self) -> tuple[Conditions, ...]:
        """The rule as alternatives alone, each with everything that must hold in it."""
        return tuple(_both(self.always, alternative) for alternative in self.alternatives) or (self.always,)

    @property
    def features(self) -> tuple[str, ...]:
        """The features it asks, in the order of the file."""
        return tuple(dict.fromkeys([*self.always, *(name for part in self.alternatives for name in part)]))

    def holds(self, point: Point) -> bool:
        """Whether a customer belongs to the segment, rules before this one aside."""
        return any(all(part.holds(point[name]) for name, part in box.items()) for box in self.boxes)


@dataclass(frozen=True)
class Scheme:
    """A custom scheme; ``in_days`` are the date features that are counted in days before the evaluated date."""

    code: str
    name: str
    description: str
    owner: str
    rules: tuple[Rule, ...]
    otherwise: Segment | None
    features: Mapping[str, Feature]
    in_days: frozenset[str]
    line: int

    def segment_of(self, point: Point) -> str:
        """The segment of a customer: the first rule that holds, else the rest."""
        rest = self.otherwise.code if self.otherwise else UNKNOWN
        return next((rule.segment.code for rule in self.rules if rule.holds(point)), rest)


def read_scheme(code: str, settings: CustomScheme, *, catalog: Mapping[str, Feature], file: YamlFile) -> Scheme:
    """Read a scheme from its settings.

    Args:
        code: Its key in the section.
        settings: What the key holds.
        catalog: Every feature by name.
        file: The ``tessera.yml``, for the lines of what is wrong.

    Raises:
        TesseraError: A condition cannot be read, a feature does not exist, or a segment is there twice.
    """
    reader = _Reader(catalog, file)
    rules = []
    for index, rule in enumerate(settings.rules):
        place = (SECTION, code, "rules", index)
        always = {name: written for name, written in rule.when.items() if name != ALTERNATIVES}
        rules.append(
            Rule(
                segment=_segment(rule),
                always=reader.conditions(always, (*place, "when")),
                alternatives=tuple(reader.alternatives(rule.when, (*place, "when", ALTERNATIVES))),
                line=file.line_of((*place, "segment")),
            )
        )
    otherwise = _segment(settings.otherwise) if settings.otherwise else None
    places = [(rule.segment, rule.line) for rule in rules]
    if otherwise:
        places.append((otherwise, file.line_of((SECTION, code, "otherwise"))))
    _check_segments(places, file=file)
    used = {name: catalog[name] for rule in rules for name in rule.features}
    return Scheme(
        code=code,
        name=settings.name or _title(code),
        description=settings.description,
        owner=settings.owner,
        rules=tuple(rules),
        otherwise=otherwise,
        features=used,
        in_days=_counted_in_days(rules, used, file=file),
        line=file.line_of((SECTION, code)),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads conditions and says where the ones are that it cannot read."""

    catalog: Mapping[str, Feature]
    file: YamlFile

    def conditions(self, written: Mapping[Any, Any], place: Sequence[str | int]) -> dict[str, Condition]:
        return {name: self._condition(name, said, (*place, name)) for name, said in written.items()}

    def alternatives(self, when: Mapping[str, Any], place: Sequence[str | int]) -> Iterator[Conditions]:
        if ALTERNATIVES not in when:
            return
        alternatives = when[ALTERNATIVES]
        if not isinstance(alternatives, list) or not alternatives:
            raise self._error(
                place,
                f"{ALTERNATIVES} holds no alternatives",
                expected="a list, each entry of which maps features to conditions",
                found=repr(alternatives),
                fix='write it as any: [{order_count: "> 5"}, {country: DE}]',
            )
        for index, alternative in enumerate(alternatives):
            if not isinstance(alternative, dict) or not alternative or ALTERNATIVES in alternative:
                raise self._error(
                    (*place, index),
                    f"this is no alternative of {ALTERNATIVES}",
                    expected="features with their conditions, and no alternatives inside alternatives",
                    found=repr(alternative),
                    fix="write a feature, a colon and a condition",
                )
            yield self.conditions(alternative, (*place, index))

    def _condition(self, name: Any, written: Any, place: Sequence[str | int]) -> Condition:
        if name not in self.catalog:
            close = difflib.get_close_matches(str(name), self.catalog, n=3, cutoff=0.5)
            raise self._error(
                place,
                f"there is no feature {name!r}",
                expected="the name of a column of a feature family (dbt_project/models/features)",
                found=str(name),
                fix=f"did you mean {' or '.join(close)}?" if close else "correct the feature's name",
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


def _segment(settings: CustomSegment) -> Segment:
    return Segment(settings.segment, settings.name or _title(settings.segment), settings.description, settings.colour)


def _title(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _both(first: Conditions, second: Conditions) -> Conditions:
    twice = {name: AllOf((first[name], second[name])) for name in first if name in second}
    return {**first, **second, **twice}


def _check_segments(segments: Sequence[tuple[Segment, int]], *, file: YamlFile) -> None:
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    for segment, line in segments:
        if segment.code == UNKNOWN or segment.name.lower() == UNKNOWN:
            raise TesseraError(
                f"{file.path} line {line}: no segment may be called {UNKNOWN}",
                expected=f"another code and name: {UNKNOWN} is who cannot be assigned, in every scheme",
                found=f"{segment.code}, {segment.name}",
                fix="choose another one, such as others",
            )
        for what, value, seen in (("code", segment.code, codes), ("name", segment.name.lower(), names)):
            if value in seen:
                raise TesseraError(
                    f"{file.path} line {line}: two segments of the scheme have the same {what}",
                    expected=f"a {what} of its own for every segment",
                    found=f"{segment.code if what == 'code' else segment.name} here and on line {seen[value]}",
                    fix="rename one of them, or put both into one rule as alternatives under any",
                )
            seen[value] = line


def _counted_in_days(rules: Sequence[Rule], features: Mapping[str, Feature], *, file: YamlFile) -> frozenset[str]:
    """The date features that are spoken of in days ago; one that is spoken of in dates too is refused."""
    in_days: dict[str, int] = {}
    in_dates: dict[str, int] = {}
    for rule in rules:
        for name, condition in ((name, part) for box in rule.boxes for name, part in box.items()):
            if features[name].type.family == "date":
                for part in _leaves(condition):
                    if isinstance(part, DaysAgo):
                        in_days.setdefault(name, rule.line)
                    elif not isinstance(part, Known | Unknown):
                        in_dates.setdefault(name, rule.line)
    for name in in_days:
        if name in in_dates:
            raise TesseraError(
                f"{file.path} line {max(in_days[name], in_dates[name])}: {name} is told in dates and in days ago",
                expected="one of both throughout a scheme: what the other one means changes from day to day",
                found=f"days ago in the rule on line {in_days[name]}, dates in the one on line {in_dates[name]}",
                fix=f"write {form_of(features[name])} in one way",
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
