"""A rejected record's original values as the texts of a CSV field, so that they are read back as what they were.

Belongs here: values of sources that have types, as texts. Does not belong here: files (repair_files.py), judging.

Values of CSV and Excel files are texts already and stay as they are. Parquet has types, and a text has none: what the
type would have told is settled here, by the same rules by which typed values are read (column_sql.py of the contracts).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from data_contracts.contract import Column, Contract

# Beyond it a float does not tell neighbours apart.
_EXACT_FLOAT = Decimal(2**53)
_MIDNIGHT = " 00:00:00"


class _Number(str):
    """A number as it is written in JSON, to tell it from a text of the same characters."""

    __slots__ = ()


def field_texts(raw: str, contract: Contract, types: Mapping[str, str]) -> dict[str, str]:
    """The fields of a record as texts; empty for null.

    Args:
        raw: The record as a JSON object.
        contract: What the fields are to become.
        types: Type of every column of the source; text where it has no types.
    """
    written = json.loads(raw, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
    columns = {column.source_name: column for column in contract.columns}
    texts = {}
    for name, value in written.items():
        if isinstance(value, dict | list):
            # Only columns beyond the contract are nested; they are shown, and not read back.
            texts[name] = json.dumps(json.loads(raw)[name], ensure_ascii=False)
        else:
            texts[name] = _text(value, types.get(name, "text"), columns.get(name))
    return texts


def _text(value: str | bool | None, source_type: str, column: Column | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    family = column.type.family if column else "text"
    if isinstance(value, _Number) and source_type in ("double", "float") and column is not None:
        readers: dict[str, Callable[[Decimal], str | None]] = {
            "text": _whole,
            "integer": _whole,
            "decimal": partial(_rounded, scale=column.type.scale),
        }
        number = Decimal(str(value))
        read = readers[family](number) if family in readers and number.is_finite() else None
        return str(value) if read is None else read
    if source_type.startswith(("date", "timestamp")) and column is not None:
        return _time_text(str(value), column)
    return str(value)


def _time_text(value: str, column: Column) -> str:
    """A time in the format that its column is read in; without one, as it is."""
    if column.type.family == "date":
        value = value.removesuffix(_MIDNIGHT)
    if column.time_format is None:
        return value
    try:
        return dt.datetime.fromisoformat(value).strftime(column.time_format)
    except ValueError:
        return value


def _whole(number: Decimal) -> str | None:
    """Ids and counts that became floats, because their column had gaps, without the point."""
    return str(int(number)) if number == int(number) and abs(number) < _EXACT_FLOAT else None


def _rounded(number: Decimal, *, scale: int) -> str | None:
    """A float as the decimal it stands for: 3.3200000000000003 is how 3.32 is stored."""
    nearest = round(number, scale)
    near = abs(number - nearest) <= max(abs(number) * Decimal("1e-13"), Decimal("1e-12"))
    return f"{nearest:f}" if near else None
