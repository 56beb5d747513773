"""A custom scheme as rules on features, read from the settings.

Belongs here: what a scheme consists of, and what can be refused of a scheme rule by rule. Does not belong here: reading
conditions (``conditions.when``), whether its rules leave gaps or take each other's customers (coverage.py), SQL
(compiled.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.configuration.conditions.column import Column
from orchestration.configuration.conditions.when import Point, When, WhenReader, Whens, gathered
from orchestration.configuration.custom_scheme_settings import CustomScheme, CustomSegment
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError

SECTION = "custom_schemes"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Segment:
    """A segment as readers see it; a description or colour that nobody gave is None."""

    code: str
    name: str
    description: str | None
    colour: str | None


@dataclass(frozen=True, kw_only=True)
class Rule(When):
    """Who belongs to a segment."""

    segment: Segment

    @property
    def label(self) -> str:
        return self.segment.code


@dataclass(frozen=True, kw_only=True)
class Scheme(Whens):
    """A custom scheme."""

    code: str
    name: str
    description: str
    owner: str
    rules: Sequence[Rule]
    otherwise: Segment | None
    line: int

    def segment_of(self, point: Point) -> str:
        """The segment of a customer: the first rule that holds, else the rest."""
        rest = self.otherwise.code if self.otherwise else UNKNOWN
        return next((rule.segment.code for rule in self.rules if rule.holds(point)), rest)


def read_scheme(code: str, settings: CustomScheme, *, catalog: Mapping[str, Column], file: YamlFile) -> Scheme:
    """Read a scheme from its settings.

    Args:
        code: Its key in the section.
        settings: What the key holds.
        catalog: Every feature by name.
        file: The ``tessera.yml``, for the lines of what is wrong.

    Raises:
        TesseraError: A condition cannot be read, a feature does not exist, or a segment is there twice.
    """
    reader = WhenReader(
        catalog, file, noun="feature", home="the name of a column of a feature family (dbt_project/models/features)"
    )
    rules = []
    for index, rule in enumerate(settings.rules):
        place = (SECTION, code, "rules", index)
        rules.append(
            Rule(
                segment=_segment(rule),
                **reader.parts(rule.when, (*place, "when")),
                line=file.line_of((*place, "segment")),
            )
        )
    otherwise = _segment(settings.otherwise) if settings.otherwise else None
    places = [(rule.segment, rule.line) for rule in rules]
    if otherwise:
        places.append((otherwise, file.line_of((SECTION, code, "otherwise"))))
    _check_segments(places, file=file)
    asked = gathered(rules, catalog=catalog, file=file)
    return Scheme(
        code=code,
        name=settings.name or _title(code),
        description=settings.description,
        owner=settings.owner,
        rules=tuple(rules),
        otherwise=otherwise,
        columns=asked.columns,
        in_days=asked.in_days,
        line=file.line_of((SECTION, code)),
    )


def _segment(settings: CustomSegment) -> Segment:
    return Segment(settings.segment, settings.name or _title(settings.segment), settings.description, settings.colour)


def _title(code: str) -> str:
    return code.replace("_", " ").capitalize()


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
