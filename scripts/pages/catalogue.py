"""The scheme catalogue and the segment catalogue as a reader of the pages meets them.

Belongs here: reading both seeds, what a scheme needs in words. Does not belong here: models, rules with values.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What a scheme may require besides canonical entities: what a model foresees of each customer, made of these.
PREDICTIONS, MADE_OF = "predictions", "order_lines"


@dataclass(frozen=True)
class Segment:
    """A row of the segment catalogue."""

    code: str
    name: str
    description: str
    rule: str
    display_order: int


@dataclass(frozen=True)
class Scheme:
    """A row of the scheme catalogue with its segments.

    Attributes:
        requires: Groups of canonical entities, of each of which one has to be connected.
        kind: Whether its segments are ``fixed``, ``derived`` from the data by a dbt model or ``found`` by an estimator.
        segments: Those that the catalogue names, in their order.
    """

    code: str
    name: str
    question: str
    method: str
    kind: str
    requires: tuple[tuple[str, ...], ...]
    inputs: str
    source: str
    owner: str
    segments: tuple[Segment, ...]

    @property
    def model(self) -> str:
        """The dbt model that gives the segments."""
        return f"seg_customers__{self.code}"

    @property
    def needs(self) -> str:
        """The sources that it cannot do without, in words."""
        return " and ".join(" or ".join(map(_in_words, group)) for group in self.requires)

    @property
    def method_in_words(self) -> str:
        return {"rule": "by rules", "model": "by a model that learns from the data"}[self.method]


def read_schemes(seeds: Path) -> tuple[Scheme, ...]:
    """Every scheme of the catalogue, in its order."""
    segments: dict[str, list[Segment]] = {}
    for row in _rows(seeds / "segment_catalog.csv"):
        segments.setdefault(row["scheme"], []).append(
            Segment(
                row["segment_code"], row["segment_name"], row["description"], row["rule"], int(row["display_order"])
            )
        )
    return tuple(
        Scheme(
            code=row["scheme"],
            name=row["scheme_name"],
            question=row["question"],
            method=row["method"],
            kind=row["segments"],
            requires=tuple(tuple(group.split("|")) for group in row["requires"].split()),
            inputs=row["inputs"],
            source=row["source"],
            owner=row["owner"],
            segments=tuple(sorted(segments.get(row["scheme"], ()), key=lambda segment: segment.display_order)),
        )
        for row in _rows(seeds / "scheme_catalog.csv")
    )


def _in_words(requirement: str) -> str:
    words = requirement.replace("_", " ")
    return f"{words}, made of {MADE_OF.replace('_', ' ')}" if requirement == PREDICTIONS else words


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
