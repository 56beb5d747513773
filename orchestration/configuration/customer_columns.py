"""The columns of customers that conditions of policies and campaigns may use: those of the mart ``customers``.

Belongs here: reading them from the mart's contract and the segments from the catalogue, which are their homes. Does not
belong here: what conditions say about them (conditions), features (``feature_catalog``).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.physical_types import parse_physical_type
from orchestration.configuration.conditions.column import USABLE, Column
from orchestration.configuration.schemes import Scheme
from orchestration.repository import SEGMENT_CATALOG

# Has all of them for tonight, before any mart is built.
CUSTOMERS = "int_customers__tonight"
SEGMENT_CODE = "_segment_code"
# They say whose row it is and when, not what the customer is like.
_KEYS = frozenset({"customer_id", "as_of_date"})
_UNKNOWN = "unknown"
_TEXT = parse_physical_type("varchar")


def customer_columns(
    customers: Contract, *, schemes: Iterable[Scheme], custom_schemes: Iterable[Mapping[str, Any]]
) -> dict[str, Column]:
    """Return every column of customers that a condition may use, by its name.

    A segment that is ``unknown`` counts as not known, as a customer does whom the scheme does not assign; the segments
    of a custom scheme stand under the scheme's own column like those of all others.

    Args:
        customers: The contract of the mart.
        schemes: The scheme catalogue; codes of the segments that data or estimators give are not known beforehand.
        custom_schemes: The deployment's own schemes, compiled.
    """
    fixed = catalogued_segments()
    titles = {scheme.name + SEGMENT_CODE: scheme.title for scheme in schemes}
    segments = {
        scheme.name + SEGMENT_CODE: fixed[scheme.name] if scheme.segments == "fixed" else {} for scheme in schemes
    }
    columns = {
        column.name: Column(
            column.name,
            CUSTOMERS,
            column.type,
            codes=tuple(segments.get(column.name, column.valid_values)),
            expression=_known(sql.identifier(column.name)) if column.name in segments else "",
            title=titles.get(column.name, ""),
            value_names=segments.get(column.name, {}),
        )
        for column in customers.columns
        if column.name not in _KEYS and column.type.family in USABLE
    }
    for scheme in custom_schemes:
        code = str(scheme["scheme"])
        names = {str(row["segment_code"]): str(row["segment_name"]) for row in scheme["segments"]}
        columns[code + SEGMENT_CODE] = Column(
            code + SEGMENT_CODE,
            CUSTOMERS,
            _TEXT,
            codes=tuple(name for name in names if name != _UNKNOWN),
            expression=_known(f'"custom_segment_codes"[{sql.text(code)}]'),
            title=str(scheme["scheme_name"]),
            value_names={code: name for code, name in names.items() if code != _UNKNOWN},
        )
    return columns


def catalogued_segments() -> dict[str, dict[str, str]]:
    """Code and name of the segments of each scheme in the segment catalogue, in its order, but for ``unknown``."""
    segments: dict[str, dict[str, str]] = defaultdict(dict)
    with SEGMENT_CATALOG.open(encoding="utf-8", newline="") as catalog:
        for row in csv.DictReader(catalog):
            if row["segment_code"] != _UNKNOWN:
                segments[row["scheme"]][row["segment_code"]] = row["segment_name"]
    return dict(segments)


def _known(expression: str) -> str:
    return f"nullif({expression}, {sql.text(_UNKNOWN)})"
