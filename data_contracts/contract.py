"""A data contract as Python reads it.

Belongs here: the frozen Contract and Column, and loading them from ODCS files. Does not belong here: what makes a
document valid (contract_rules.py), rules of a whole table (table_properties.py), and what is made out of a contract
(the SQL, suite and dbt modules).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

from data_contracts.contract_rules import ContractError, check_own_rules, check_standard, quality_rules
from data_contracts.physical_types import PhysicalType, parse_physical_type
from data_contracts.quick_yaml import read_quick_yaml
from data_contracts.repeated_columns import repeated_over, with_repeated_columns
from data_contracts.table_properties import TableProperties, custom_properties, table_properties
from data_contracts.time_formats import strptime_format

__all__ = ["Column", "Contract", "ContractError", "load_contract", "load_contracts"]

SUFFIX = ".odcs.yaml"


@dataclass(frozen=True)
class Column:
    """One column of a contract; limits are inclusive unless their name says otherwise.

    ``time_format`` is the strptime format of its texts where they are not ISO 8601.
    """

    name: str
    description: str
    logical_type: str
    type: PhysicalType
    required: bool = False
    key_position: int | None = None
    unique: bool = False
    minimum: int | float | str | None = None
    exclusive_minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    exclusive_maximum: int | float | str | None = None
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    time_format: str | None = None
    valid_values: tuple[str, ...] = ()
    physical_name: str | None = None
    is_personal: bool = False
    is_identifier: bool = False
    severity: Literal["error", "warning"] = "error"

    @property
    def source_name(self) -> str:
        """What the source calls it: a header, or a dotted path inside a JSON record."""
        return self.physical_name or self.name

    @property
    def physical_type(self) -> str:
        """The DuckDB type as SQL writes it."""
        return self.type.text


@dataclass(frozen=True)
class Contract:
    """One table at the boundary.

    ``source`` and ``table`` are the two halves of an inbound name ``<source>__<table>``; an outbound
    contract has no source and its table is the mart.
    """

    name: str
    version: str
    source: str | None
    table: str
    description: str
    columns: tuple[Column, ...]
    minimum_rows: int
    rules: TableProperties

    @cached_property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the key columns in their order; empty when the table has no key."""
        keyed = [column for column in self.columns if column.key_position is not None]
        return tuple(column.name for column in sorted(keyed, key=lambda column: column.key_position or 0))

    @cached_property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Every set of columns whose values occur once in a delivery: the primary key, then the unique columns.

        Where records carry a version, the key may come once with each of them.
        """
        version = (self.rules.version_column,) if self.rules.version_column else ()
        single = [(c.name,) for c in self.columns if c.unique and (c.name,) != self.primary_key]
        return ((*self.primary_key, *version),) * bool(self.primary_key) + tuple(single)

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """All column names in the contract's order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the meaning: names, types, keys and rules; a reworded description keeps it."""
        meaning = {
            "name": self.name,
            "minimum_rows": self.minimum_rows,
            "reading": [self.rules.header_rows, self.rules.records_path],
            "keys": [self.rules.version_column, self.rules.reject_together],
            "columns": [
                {key: value for key, value in asdict(column).items() if key not in {"description", "severity"}}
                for column in self.columns
            ],
        }
        return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"contract {self.name} has no column {name!r}")

    def columns_in(self, source_names: Collection[str]) -> tuple[Column, ...]:
        """The columns that a source with these names delivers, in the contract's order."""
        return tuple(column for column in self.columns if column.source_name in source_names)


def load_contract(path: Path, *, repeated: Mapping[str, Sequence[str]] | None = None) -> Contract:
    """Read and check one ``<name>.odcs.yaml`` file.

    Args:
        path: The file.
        repeated: The values of columns that are there once for each of something, for example
            ``{"scheme": ["rfm", "lifecycle"]}``; needed only for contracts with such columns.

    Raises:
        ContractError: When the file is no valid contract; names the place and what to write.
    """
    path = Path(path)
    if not path.name.endswith(SUFFIX):
        raise ContractError(path.name, "file name", expected=f"<name>{SUFFIX}", found=path.name, fix="rename the file")
    try:
        document = read_quick_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the whole file"
        found = str(getattr(error, "problem", None) or error)
        raise ContractError(
            path.name, place, expected="readable YAML in UTF-8", found=found, fix="mend that line"
        ) from error
    stem = path.name.removesuffix(SUFFIX)
    check_standard(document, file=path.name)
    values = repeated or {}
    for unknown in sorted(repeated_over(document) - set(values)):
        raise ContractError(
            path.name,
            f"a column with forEach: {unknown}",
            expected=f"the list of every {unknown}",
            found=f"values for {', '.join(values) or 'nothing'}",
            fix=f'load it with repeated={{"{unknown}": [...]}}',
        )
    document = with_repeated_columns(document, values)
    check_own_rules(document, file=path.name, stem=stem)
    return _contract(document)


def load_contracts(folder: Path, *, repeated: Mapping[str, Sequence[str]] | None = None) -> dict[str, Contract]:
    """Read every contract of a folder, by name, in the order of their names.

    Args:
        folder: Holds ``<name>.odcs.yaml`` files.
        repeated: As for ``load_contract``.

    Raises:
        ContractError: When one of them is invalid or a YAML file there is not named as a contract.
    """
    return {
        contract.name: contract
        for contract in (load_contract(path, repeated=repeated) for path in sorted(Path(folder).glob("*.y*ml")))
    }


def _contract(document: dict[str, Any]) -> Contract:
    table = document["schema"][0]
    source = document["id"].split("__", 1)[0] if "__" in document["id"] else None
    rows = [_least_rows(rule) for rule in quality_rules(table, "rowCount")]
    description = table.get("description") or document.get("description", {}).get("purpose", "")
    return Contract(
        name=document["id"],
        version=str(document["version"]),
        source=source,
        table=table["name"],
        description=_one_line(description),
        columns=tuple(_column(node) for node in table["properties"]),
        minimum_rows=max(rows, default=0),
        rules=table_properties(document),
    )


def _column(node: dict[str, Any]) -> Column:
    options = node.get("logicalTypeOptions", {})
    custom = custom_properties(node)
    allowed = [rule["arguments"]["validValues"] for rule in quality_rules(node, "invalidValues")]
    return Column(
        name=node["name"],
        description=_one_line(node["description"]),
        logical_type=node["logicalType"],
        type=parse_physical_type(node["physicalType"]),
        required=bool(node.get("required", False)),
        key_position=node.get("primaryKeyPosition") if node.get("primaryKey") else None,
        unique=bool(node.get("unique", False)),
        minimum=options.get("minimum"),
        exclusive_minimum=options.get("exclusiveMinimum"),
        maximum=options.get("maximum"),
        exclusive_maximum=options.get("exclusiveMaximum"),
        pattern=options.get("pattern"),
        min_length=options.get("minLength"),
        max_length=options.get("maxLength"),
        time_format=strptime_format(options["format"]) if _has_time_format(node) else None,
        valid_values=tuple(allowed[0]) if allowed else (),
        physical_name=node.get("physicalName"),
        is_personal=node.get("classification") == "pii",
        is_identifier=bool(custom.get("identifier", False)),
        severity=custom.get("severity", "error"),
    )


def _has_time_format(node: Mapping[str, Any]) -> bool:
    return "format" in node.get("logicalTypeOptions", {}) and node["logicalType"] in {"date", "timestamp"}


def _least_rows(rule: Mapping[str, Any]) -> int:
    if "mustBeGreaterThan" in rule:
        return int(rule["mustBeGreaterThan"]) + 1
    return int(rule["mustBeGreaterOrEqualTo"])


def _one_line(text: str) -> str:
    return " ".join(str(text).split())
