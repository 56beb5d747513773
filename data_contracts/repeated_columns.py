"""Columns that a mart has once per scheme.

Belongs here: turning one templated property (``name: "{scheme}_segment_code"`` with the custom property
``forEach: scheme``) into one property per value. Does not belong here: knowing the values; the caller does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

FOR_EACH = "forEach"


def repeated_over(document: Mapping[str, Any]) -> set[str]:
    """What the columns of a contract document are repeated over, for example ``{"scheme"}``."""
    return {
        item["value"]
        for table in document.get("schema", [])
        for node in table.get("properties", [])
        for item in node.get("customProperties", [])
        if item["property"] == FOR_EACH
    }


def with_repeated_columns(document: Mapping[str, Any], values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document with every templated property written out.

    Args:
        document: A contract document that is valid ODCS.
        values: For each thing repeated over, its values in the columns' order.
    """
    tables = [
        {
            **table,
            "properties": [written for node in table.get("properties", []) for written in _written_out(node, values)],
        }
        for table in document.get("schema", [])
    ]
    return {**document, "schema": tables}


def _written_out(node: Mapping[str, Any], values: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    custom = node.get("customProperties", [])
    over = next((item["value"] for item in custom if item["property"] == FOR_EACH), None)
    if over is None:
        return [dict(node)]
    others = {**node, "customProperties": [item for item in custom if item["property"] != FOR_EACH]}
    mark = "{" + over + "}"
    return [
        {
            **others,
            "name": str(node["name"]).replace(mark, value),
            "description": str(node.get("description", "")).replace(mark, value),
        }
        for value in values[over]
    ]
