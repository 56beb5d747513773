"""What schemes and segments are called, and the rule of a segment in words.

Belongs here: reading the catalogues and filling a rule's thresholds in. Does not belong here: which segment a customer
is in, what would change it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.configuration.deployment import Deployment
from orchestration.configuration.rule_text import filled
from orchestration.configuration.thresholds import default_thresholds
from orchestration.repository import SCHEME_CATALOG, SEGMENT_CATALOG


@dataclass(frozen=True)
class Segment:
    """A segment: its name, and its rule where the catalogue has one."""

    name: str
    rule: str | None


@dataclass(frozen=True)
class Catalogue:
    """The segments of every scheme, and the schemes' own names."""

    segments: Mapping[tuple[str, str], Segment]
    scheme_names: Mapping[str, str]

    def name_of(self, scheme: str, segment_code: str) -> str:
        known = self.segments.get((scheme, segment_code))
        return segment_code if known is None else known.name


def read_catalogue(deployment: Deployment, warehouse: duckdb.DuckDBPyConnection | None) -> Catalogue:
    """Read names and rules, with the deployment's thresholds in the rules.

    Args:
        deployment: Whose thresholds.
        warehouse: Where segments that are found in the data are; without it only the others are known.
    """
    thresholds = {**default_thresholds(), **deployment.settings.thresholds}
    # The project's own catalogue goes before the warehouse's: it is there without a night, too.
    rows = [*([] if warehouse is None else _found_segments(warehouse)), *_rows(SEGMENT_CATALOG)]
    return Catalogue(
        segments={
            (row["scheme"], row["segment_code"]): Segment(
                row["segment_name"], filled(row["rule"], thresholds) if row["rule"] else None
            )
            for row in rows
        },
        scheme_names={row["scheme"]: row["scheme_name"] for row in _rows(SCHEME_CATALOG)},
    )


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _found_segments(warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    columns = {
        name
        for (name,) in warehouse.execute(
            "select column_name from information_schema.columns "
            "where table_schema = 'segmentations' and table_name = 'int_segmentations__catalog'"
        ).fetchall()
    }
    if not columns:
        return []
    # A warehouse that an older version built has no rules.
    rule = "rule" if "rule" in columns else "cast(null as varchar) as rule"
    found = warehouse.execute(
        f"select scheme, segment_code, segment_name, {rule} from segmentations.int_segmentations__catalog"
    ).fetchall()
    return [dict(zip(("scheme", "segment_code", "segment_name", "rule"), row, strict=True)) for row in found]
