"""The outbound contracts as a reader of the pages meets them.

Belongs here: reading what the pages tell of a contract. Does not belong here: whether a contract is valid
(``data_contracts``), how a page shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.contract import SUFFIX
from data_contracts.quick_yaml import read_quick_yaml


@dataclass(frozen=True)
class MartColumn:
    """A column of a mart; ``{scheme}`` in its name stands for each scheme of the catalogue."""

    name: str
    data_type: str
    is_key: bool
    is_required: bool
    meaning: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Mart:
    """What a mart promises."""

    name: str
    title: str
    grain: str
    purpose: str
    usage: str
    limitations: str
    columns: tuple[MartColumn, ...]


def read_marts(contracts: Path) -> tuple[Mart, ...]:
    """Every mart that has an outbound contract, in the order of their names."""
    return tuple(
        _mart(read_quick_yaml(path.read_text(encoding="utf-8"))) for path in sorted(contracts.glob(f"*{SUFFIX}"))
    )


def _mart(document: Mapping[str, Any]) -> Mart:
    described = {name: _one_line(text) for name, text in document["description"].items()}
    (table,) = document["schema"]
    return Mart(
        name=document["id"],
        title=document["name"],
        grain=_one_line(table["description"]),
        purpose=described["purpose"],
        usage=described.get("usage", ""),
        limitations=described.get("limitations", ""),
        columns=tuple(map(_column, table["properties"])),
    )


def _column(node: Mapping[str, Any]) -> MartColumn:
    allowed = [rule["arguments"]["validValues"] for rule in node.get("quality", ()) if "arguments" in rule]
    is_key = bool(node.get("primaryKey", False))
    return MartColumn(
        name=node["name"],
        data_type=node["physicalType"],
        is_key=is_key,
        is_required=is_key or bool(node.get("required", False)),
        meaning=_one_line(node["description"]),
        values=tuple(map(str, allowed[0])) if allowed else (),
    )


def _one_line(text: str) -> str:
    return " ".join(str(text).split())
