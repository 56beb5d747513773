"""What a contract says about its table as a whole, beyond the standard: the custom properties of ODCS.

Belongs here: reading and checking the custom properties and service levels of a table. Does not belong here: columns
(contract.py), acting on any of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

FileFormat = Literal["csv", "jsonl", "json", "parquet", "excel"]
DriftAnswer = Literal["report", "refuse"]

DEFAULT_MAX_REJECTED_SHARE = 0.05
CANONICAL_ENTITIES = (
    "customers",
    "companies",
    "interactions",
    "campaign_exposures",
    "campaign_redemptions",
    "order_lines",
    "products",
    "survey_questions",
    "survey_answers",
    "social_interactions",
    "social_handles",
    "contact_details",
    "exchange_rates",
)
# Entities that a seed of the project supplies where no source is connected.
SEEDED_ENTITIES = {"exchange_rates": "ecb_exchange_rates"}
_DAYS = {"d": 1.0, "day": 1.0, "days": 1.0, "h": 1 / 24, "hour": 1 / 24, "hours": 1 / 24}
_PROPERTIES = frozenset(
    {
        "alsoFeeds",
        "canonicalEntity",
        "eventTime",
        "fileFormat",
        "headerRows",
        "lateDeliveries",
        "maxRejectedShare",
        "missingColumns",
        "newColumns",
        "producedBy",
        "recordsPath",
        "rejectTogether",
        "reorderedColumns",
        "versionColumn",
    }
)

Fault = tuple[str, str, str, str]


@dataclass(frozen=True)
class Feed:
    """A canonical entity and the staging model that feeds it."""

    entity: str
    model: str


@dataclass(frozen=True)
class DriftPolicy:
    """What a file's columns may do between deliveries; whatever the answer, it is reported."""

    new_columns: DriftAnswer = "report"
    missing_columns: DriftAnswer = "report"
    reordered_columns: DriftAnswer = "report"


@dataclass(frozen=True)
class TableProperties:
    """Table-level rules of an inbound contract.

    Attributes:
        feeds: Canonical entities and the models that feed them; the first is the contract's own staging model.
        max_rejected_share: The largest share of bad records (0-1) with which a file is still loaded.
        produced_by: dbt or python; which of the two writes an outbound table.
        file_format: Format of files whose suffix does not tell.
        header_rows: Rows above the records of a CSV or Excel file; names stand in the first.
        records_path: Dotted path to the array of records inside a JSON document; empty for the top level.
        drift: What columns may do.
        version_column: The column whose greatest value is the current version of a key.
        event_time: The column by which freshness, volume and lateness are judged.
        reject_together: Columns whose shared values send all their records to quarantine with a bad one.
        latency_days: How old the newest event may be on the evening of a night, or None.
        late_deliveries: Whether a table that is older than that stops the night.
    """

    feeds: tuple[Feed, ...] = ()
    max_rejected_share: float = DEFAULT_MAX_REJECTED_SHARE
    produced_by: str = "dbt"
    file_format: FileFormat | None = None
    header_rows: int = 1
    records_path: str = ""
    drift: DriftPolicy = DriftPolicy()
    version_column: str | None = None
    event_time: str | None = None
    reject_together: tuple[str, ...] = ()
    latency_days: float | None = None
    late_deliveries: DriftAnswer = "report"


def custom_properties(node: Mapping[str, Any]) -> dict[str, Any]:
    """The customProperties of a node as a dictionary."""
    return {item["property"]: item["value"] for item in node.get("customProperties", [])}


def table_properties(document: Mapping[str, Any]) -> TableProperties:
    """Read the table-level rules of a document that has none of ``table_faults``."""
    custom = custom_properties(document)
    own = custom.get("canonicalEntity")
    feeds = [Feed(own, f"stg_{document['id']}")] if own else []
    feeds += [Feed(item["entity"], item["model"]) for item in custom.get("alsoFeeds", [])]
    return TableProperties(
        feeds=tuple(feeds),
        max_rejected_share=float(custom.get("maxRejectedShare", DEFAULT_MAX_REJECTED_SHARE)),
        produced_by=str(custom.get("producedBy", "dbt")),
        file_format=custom.get("fileFormat"),
        header_rows=int(custom.get("headerRows", 1)),
        records_path=str(custom.get("recordsPath", "")),
        drift=DriftPolicy(
            new_columns=custom.get("newColumns", "report"),
            missing_columns=custom.get("missingColumns", "report"),
            reordered_columns=custom.get("reorderedColumns", "report"),
        ),
        version_column=custom.get("versionColumn"),
        event_time=custom.get("eventTime"),
        reject_together=tuple(custom.get("rejectTogether", ())),
        latency_days=_latency_days(document.get("slaProperties", [])),
        late_deliveries=custom.get("lateDeliveries", "report"),
    )


def table_faults(document: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Faults of a document's table-level rules as (place, expected, found, what to do)."""
    custom = custom_properties(document)
    for key in custom:
        if key not in _PROPERTIES:
            known = ", ".join(sorted(_PROPERTIES))
            yield "customProperties", f"one of {known}", key, "correct the spelling or remove it"
    place = "customProperties."
    yield from _entity_faults(custom)
    share = custom.get("maxRejectedShare", 0)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        yield place + "maxRejectedShare", "a share from 0 to 1", repr(share), "0.05 means five percent"
    for key in ("newColumns", "missingColumns", "reorderedColumns", "lateDeliveries"):
        if custom.get(key, "report") not in get_args(DriftAnswer):
            yield place + key, "report or refuse", str(custom[key]), "write one of them"
    if custom.get("fileFormat", "csv") not in get_args(FileFormat):
        formats = ", ".join(get_args(FileFormat))
        yield place + "fileFormat", f"one of {formats}", str(custom["fileFormat"]), "write one of them"
    rows = custom.get("headerRows", 1)
    if isinstance(rows, bool) or not isinstance(rows, int) or not 1 <= rows <= 100:
        yield place + "headerRows", "a whole number from 1 to 100", repr(rows), "count the rows above the first record"
    by_name = {str(column.get("name")): column for column in columns}
    named = [("versionColumn", custom.get("versionColumn")), ("eventTime", custom.get("eventTime"))]
    named += [("rejectTogether", name) for name in custom.get("rejectTogether", ())]
    for key, name in named:
        if name is not None and name not in by_name:
            yield place + key, "a column of this contract", str(name), "correct the name"
    for key in ("versionColumn", "eventTime"):
        column = by_name.get(str(custom.get(key)), {})
        if column.get("logicalType", "timestamp") not in {"timestamp", "date", "integer"}:
            yield place + key, "a column of timestamps, dates or whole numbers", str(custom[key]), "choose another"
    for item in document.get("slaProperties", []):
        if item.get("property") == "latency" and item.get("unit") not in _DAYS:
            yield "slaProperties.latency", "unit d or h", str(item.get("unit")), "write one of them"


def _entity_faults(custom: Mapping[str, Any]) -> Iterator[Fault]:
    known = ", ".join(sorted(CANONICAL_ENTITIES))
    own = custom.get("canonicalEntity")
    if own is not None and own not in CANONICAL_ENTITIES:
        fix = "choose one, or leave it out for a table that only feeds its own staging model"
        yield "customProperties.canonicalEntity", known, str(own), fix
    for item in custom.get("alsoFeeds", ()):
        fits = isinstance(item, Mapping) and set(item) == {"entity", "model"}
        if not fits or item["entity"] not in CANONICAL_ENTITIES:
            yield "customProperties.alsoFeeds", f"entity ({known}) and model", str(item), "write both"


def _latency_days(levels: Sequence[Mapping[str, Any]]) -> float | None:
    for item in levels:
        if item.get("property") == "latency":
            return float(item["value"]) * _DAYS[item["unit"]]
    return None
