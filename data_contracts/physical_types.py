"""DuckDB types as contracts write them.

Belongs here: parsing of ``physicalType`` and the family a type belongs to. Does not belong here: casting
rules (column_sql.py) and contract files (contract.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["text", "integer", "decimal", "float", "boolean", "date", "timestamp", "timestamptz", "time", "nested"]

_SCALARS: dict[str, Family] = {
    "varchar": "text",
    "text": "text",
    "tinyint": "integer",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "hugeint": "integer",
    "utinyint": "integer",
    "usmallint": "integer",
    "uinteger": "integer",
    "ubigint": "integer",
    "float": "float",
    "double": "float",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "timestamp": "timestamp",
    "timestamp_s": "timestamp",
    "timestamp_ms": "timestamp",
    "timestamp_ns": "timestamp",
    "timestamptz": "timestamptz",
    "timestamp with time zone": "timestamptz",
}
_DECIMAL = re.compile(r"decimal\((\d{1,2}), ?(\d{1,2})\)")
_STRUCT_FIELD = re.compile(r"([a-z_][a-z0-9_]*|\"[^\"]+\") (.+)")

# The types a contract may give to each logical type of ODCS.
FAMILIES_OF_LOGICAL_TYPE: dict[str, tuple[Family, ...]] = {
    "string": ("text",),
    "integer": ("integer",),
    "number": ("decimal", "float"),
    "boolean": ("boolean",),
    "date": ("date",),
    "timestamp": ("timestamp", "timestamptz"),
    "array": ("nested",),
    "object": ("nested",),
}


@dataclass(frozen=True)
class PhysicalType:
    """A DuckDB type: its normalised text, its family and, for decimals, its digits."""

    text: str
    family: Family
    precision: int = 0
    scale: int = 0


def parse_physical_type(written: str) -> PhysicalType:
    """Read a DuckDB type.

    Args:
        written: For example ``decimal(18,4)`` ``struct(feature varchar, effect double)[]`` or
            ``map(varchar, varchar)``.

    Raises:
        ValueError: When it is not a type this project can check.
    """
    text = " ".join(written.lower().split())
    if text in _SCALARS:
        return PhysicalType(text, _SCALARS[text])
    if match := _DECIMAL.fullmatch(text):
        precision, scale = int(match[1]), int(match[2])
        if not 1 <= precision <= 38 or scale > precision:
            raise ValueError(f"{written!r}: 1 to 38 digits, of which decimals at most all")
        return PhysicalType(f"decimal({precision},{scale})", "decimal", precision, scale)
    if text.endswith("[]"):
        parse_physical_type(text[:-2])
        return PhysicalType(text, "nested")
    if text.startswith("struct(") and text.endswith(")"):
        for field in _split_fields(text[len("struct(") : -1]):
            if not (match := _STRUCT_FIELD.fullmatch(field)):
                raise ValueError(f"{written!r}: {field!r} is not 'name type'")
            parse_physical_type(match[2])
        return PhysicalType(text, "nested")
    if text.startswith("map(") and text.endswith(")"):
        kinds = _split_fields(text[len("map(") : -1])
        if len(kinds) != 2:
            raise ValueError(f"{written!r}: a map has a type of keys and a type of values")
        for kind in kinds:
            parse_physical_type(kind)
        return PhysicalType(text, "nested")
    raise ValueError(f"{written!r} is not a known DuckDB type")


def _split_fields(inner: str) -> list[str]:
    """Split ``a varchar, b decimal(18,4)`` at its outer commas."""
    fields, depth, start = [], 0, 0
    for position, letter in enumerate(inner):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            fields.append(inner[start:position].strip())
            start = position + 1
    return [*fields, inner[start:].strip()]
