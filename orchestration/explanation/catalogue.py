"""What schemes and segments are called, and the rule of a segment in words.

Belongs here: reading the catalogues and filling a rule's thresholds in. Does not belong here: which segment a customer
is in, what would change it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.configuration.deployment import Deployment
from orchestration.configuration.thresholds import default_thresholds
from orchestration.repository import DBT_PROJECT, SEGMENT_CATALOG

_SCHEME_CATALOG = DBT_PROJECT / "seeds" / "scheme_catalog.csv"
_PLACEHOLDER = re.compile(r"\{(\w+)(:%)?\}")


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
            (row["scheme"], row["segment_code"]): Segment(row["segment_name"], filled(row.get("rule"), thresholds))
            for row in rows
        },
        scheme_names={row["scheme"]: row["scheme_name"] for row in _rows(_SCHEME_CATALOG)},
    )


def filled(rule: str | None, thresholds: Mapping[str, Any]) -> str | None:
    """Fill the thresholds into a rule: ``{name}`` as it is, ``{name:%}`` as a percentage; other braces stay."""
    if not rule:
        return None

    def value(match: re.Match[str]) -> str:
        name, is_percentage = match.groups()
        return _shown(thresholds[name], is_percentage=bool(is_percentage)) if name in thresholds else match[0]

    return _PLACEHOLDER.sub(value, rule)


def _shown(value: Any, *, is_percentage: bool) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(each, is_percentage=is_percentage) for each in value)
    if is_percentage:
        # By way of decimals, because .07 * 100 is not 7 in binary.
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    return str(value)


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
