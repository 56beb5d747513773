"""What a found scheme hands to the warehouse: segments of customers date by date, and the segments themselves.

Belongs here: the two tables' shapes and what is told of the night. Does not belong here: how segments are found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

Status = Literal["pass", "warn", "not_available"]
PALETTE = ("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1", "#76b7b2", "#edc948", "#9c755f")
REASON = pa.struct([("feature", pa.string()), ("value", pa.string()), ("effect", pa.float64())])
CUSTOMERS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of_date", pa.date32()),
        ("segment_code", pa.string()),
        ("confidence", pa.float64()),
        ("reasons", pa.list_(REASON)),
    ]
)
SEGMENTS = pa.schema(
    [
        ("segment_code", pa.string()),
        ("segment_name", pa.string()),
        ("description", pa.string()),
        ("rule", pa.string()),
        ("display_order", pa.int32()),
        ("colour", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class DateByDate:
    """Tables of one evaluated date each, made when they are asked for, so that memory holds one date's customers.

    Attributes:
        dates: The dates, in the order of the tables.
        on: Gives a date's rows in the shape of ``CUSTOMERS``; asked again, the same ones.
    """

    dates: Sequence[dt.date]
    on: Callable[[dt.date], pa.Table]

    def __iter__(self) -> Iterator[pa.Table]:
        return map(self.on, self.dates)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one night found of one scheme.

    Attributes:
        customers: Tables of one row per customer and date with a segment: segment_code, confidence, reasons (tonight
            only). They read the warehouse when they are asked for, and no date is in two of them.
        segments: One row per segment that the model found: code, name, description, rule, order, colour.
        parameters: The model, in force or at rest, as plain JSON types; None where there is none.
        status: Whether a person should look; ``not_available`` where the scheme does without a model.
        detail: What was found, or why there is no model, in words.
        tables: What the model says of itself, by title.
        pictures: The same as SVG documents, by title.
    """

    customers: Iterable[pa.Table]
    segments: pa.Table
    parameters: Mapping[str, Any] | None
    status: Status
    detail: str
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)


def segments_table(segments: pd.DataFrame, *, rule: str) -> pa.Table:
    """Return segments in the shape of the warehouse.

    Args:
        segments: One row per segment, in the order of lists: segment_code, name, description.
        rule: How customers come into them, in words.
    """
    count = len(segments)
    return pa.table(
        {
            "segment_code": pa.array(segments["segment_code"], pa.string()),
            "segment_name": pa.array(segments["name"], pa.string()),
            "description": pa.array(segments["description"], pa.string()),
            "rule": pa.array([rule] * count, pa.string()),
            "display_order": pa.array(range(1, count + 1), pa.int32()),
            "colour": pa.array([PALETTE[i % len(PALETTE)] for i in range(count)], pa.string()),
        },
        schema=SEGMENTS,
    )
