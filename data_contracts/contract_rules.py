"""What makes a contract document a valid one.

Belongs here: the ODCS JSON Schema, our own rules on top of it, and the error that names the place. Does not
belong here: turning a valid document into a Contract (contract.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import jsonschema_rs
from jsonschema import Draft201909Validator
from jsonschema.exceptions import ValidationError

from data_contracts.physical_types import FAMILIES_OF_LOGICAL_TYPE, parse_physical_type
from data_contracts.table_properties import custom_properties, table_faults
from data_contracts.time_formats import strptime_format

API_VERSION = "v3.1.0"
COLUMN_PROPERTIES = frozenset({"identifier", "severity"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class ContractError(Exception):
    """A contract file a person has to mend.

    Args:
        file: Base name of the contract file.
        place: Where in it, for example ``schema[0].properties[2] (sku)``.
        expected: What would have been right.
        found: What was there instead.
        fix: The next step for the reader.
    """

    def __init__(self, file: str, place: str, *, expected: str, found: str, fix: str) -> None:
        self.file = file
        self.place = place
        super().__init__(f"{file}: {place}\n  expected: {expected}\n  found:    {found}\n  to do:    {fix}")


@lru_cache(maxsize=1)
def _standard() -> dict[str, Any]:
    shipped = resources.files("open_data_contract_standard") / "schema.json"
    standard: dict[str, Any] = json.loads(shipped.read_text(encoding="utf-8"))
    return standard


@lru_cache(maxsize=1)
def _keeps_the_standard() -> Callable[[Any], bool]:
    return jsonschema_rs.Draft201909Validator(_standard()).is_valid


def _faults_by_the_standard(document: Any) -> list[ValidationError]:
    """Return what is wrong; every command reads all contracts, so a valid one is told by the quicker validator."""
    return [] if _keeps_the_standard()(document) else list(Draft201909Validator(_standard()).iter_errors(document))


def quality_rules(node: Mapping[str, Any], metric: str) -> list[Mapping[str, Any]]:
    """The library rules of one metric at a node."""
    return [rule for rule in node.get("quality", []) if rule.get("metric") == metric]


def check_standard(document: Any, *, file: str) -> None:
    """Check a parsed contract file against the JSON Schema of ODCS, so that a misspelt key is an error.

    Args:
        document: The parsed YAML.
        file: Base name of the file, for the error.

    Raises:
        ContractError: At the innermost thing that is wrong.
    """
    if not isinstance(document, dict):
        raise ContractError(
            file,
            "the whole file",
            expected="a YAML mapping with apiVersion, kind, id ...",
            found=type(document).__name__,
            fix="start from one of the other contracts in this folder",
        )
    errors = _faults_by_the_standard(document)
    if errors:
        deepest = max((leaf for error in errors for leaf in _leaves(error)), key=_depth)
        described = deepest.schema.get("description") if isinstance(deepest.schema, Mapping) else None
        meaning = _shortened(str(described or "what its schema allows"))
        raise ContractError(
            file,
            _place(document, list(deepest.absolute_path)),
            expected=f"ODCS {API_VERSION}: {meaning}",
            found=_shortened(deepest.message),
            fix="correct the spelling or the value; keys outside the standard go under customProperties",
        )


def check_own_rules(document: Mapping[str, Any], *, file: str, stem: str) -> None:
    """Check a document that is valid ODCS against what this project asks on top.

    Args:
        document: The document with repeated columns written out.
        file: Base name of the file, for the error.
        stem: The name the contract must carry, taken from the file's name.

    Raises:
        ContractError: At the first thing that is wrong.
    """
    for place, expected, found, fix in _own_faults(document, stem):
        raise ContractError(file, place, expected=expected, found=found, fix=fix)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    if not error.context:
        yield error
    for inner in error.context or ():
        yield from _leaves(inner)


def _depth(error: ValidationError) -> tuple[int, bool]:
    return len(error.absolute_path), error.validator in {"unevaluatedProperties", "additionalProperties"}


def _shortened(message: str, *, limit: int = 300) -> str:
    return message if len(message) <= limit else message[: limit - 4] + " ..."


def _place(document: Any, steps: list[str | int]) -> str:
    written, node = "", document
    for step in steps:
        node = node[step]
        written += f"[{step}]" if isinstance(step, int) else f".{step}" if written else str(step)
        if isinstance(step, int) and isinstance(node, dict) and "name" in node:
            written += f" ({node['name']})"
    return written or "top level"


def _own_faults(document: Mapping[str, Any], stem: str) -> Iterator[tuple[str, str, str, str]]:
    """Faults as (place, expected, found, what to do)."""
    if document["apiVersion"] != API_VERSION:
        yield "apiVersion", API_VERSION, document["apiVersion"], f"write apiVersion: {API_VERSION}"
    if document["id"] != stem:
        yield "id", f"the file's name without .odcs.yaml: {stem}", document["id"], "rename the file or the id"
    tables = document.get("schema", [])
    if len(tables) != 1:
        yield "schema", "exactly one table", f"{len(tables)} tables", "write one contract per table"
        return
    table = tables[0]
    name = stem.split("__", 1)[-1]
    if table.get("name") != name:
        yield "schema[0].name", name, str(table.get("name")), "name the table as in the id, after '__'"
    yield from _quality_faults(table, "schema[0]", {"rowCount"})
    columns = table.get("properties", [])
    yield from table_faults(document, columns)
    if not columns:
        yield "schema[0].properties", "at least one column", "none", "list the columns"
    names = [str(column.get("name")) for column in columns]
    source_names = [str(column.get("physicalName", column.get("name"))) for column in columns]
    for number, column in enumerate(columns):
        place = f"schema[0].properties[{number}] ({names[number]})"
        if names[number] in names[:number]:
            yield place, "each column once", "a second one of this name", "remove one of them"
        if source_names[number] in source_names[:number]:
            yield place, "each physicalName once", source_names[number], "one source column feeds one column"
        yield from _column_faults(column, place)
    positions = sorted(c.get("primaryKeyPosition", -1) for c in columns if c.get("primaryKey"))
    if positions != list(range(1, len(positions) + 1)):
        yield "primaryKeyPosition", "1, 2, ... over the key columns", str(positions), "number the key columns"


def _format_faults(pattern: str, logical: str, place: str) -> Iterator[tuple[str, str, str, str]]:
    if logical not in {"date", "timestamp"}:
        yield place, "format on dates and timestamps only", logical, "remove it"
        return
    try:
        strptime_format(pattern)
    except ValueError as error:
        yield place, "a format such as dd.MM.yyyy HH:mm:ss", str(error), "correct the format"


def _quality_faults(node: Mapping[str, Any], place: str, metrics: set[str]) -> Iterator[tuple[str, str, str, str]]:
    for number, rule in enumerate(node.get("quality", [])):
        where = f"{place}.quality[{number}]"
        if rule.get("type") == "text":
            continue
        metric = rule.get("metric")
        if metric not in metrics:
            found = str(metric or rule.get("type"))
            yield (
                where,
                f"a rule that is enforced: {', '.join(sorted(metrics))}",
                found,
                "use type: text for prose",
            )
        elif metric == "rowCount" and not {"mustBeGreaterThan", "mustBeGreaterOrEqualTo"} & set(rule):
            yield (
                where,
                "mustBeGreaterThan or mustBeGreaterOrEqualTo",
                str(sorted(rule)),
                "give a least row count",
            )
        elif metric == "invalidValues" and (
            rule.get("mustBe") != 0 or not (rule.get("arguments") or {}).get("validValues")
        ):
            yield where, "arguments.validValues and mustBe: 0", str(dict(rule)), "list the allowed values"


def _column_faults(column: Mapping[str, Any], place: str) -> Iterator[tuple[str, str, str, str]]:
    name = str(column.get("name"))
    if not _NAME.fullmatch(name):
        yield place, "a snake_case name", name, "use lower-case letters, digits and _"
    if not str(column.get("description", "")).strip():
        yield place, "a description", "none", "say what the column means, in one sentence"
    logical = str(column.get("logicalType"))
    families = FAMILIES_OF_LOGICAL_TYPE.get(logical)
    if families is None:
        yield place, f"logicalType {', '.join(FAMILIES_OF_LOGICAL_TYPE)}", logical, "choose one"
        return
    try:
        physical = parse_physical_type(str(column.get("physicalType")))
    except ValueError as error:
        yield place, "physicalType: a DuckDB type such as varchar or decimal(18,4)", str(error), "write one"
        return
    if physical.family not in families:
        yield place, f"a physicalType for {logical}", physical.text, "make the two types agree"
    if column.get("primaryKey") and not column.get("required"):
        yield place, "required: true, as it is part of the key", "not required", "add required: true"
    options = column.get("logicalTypeOptions", {})
    for key in options:
        if key in {"multipleOf", "timezone", "defaultTimezone", "minItems", "maxItems", "uniqueItems"}:
            yield place, "an option that is enforced", key, "remove it"
    if "format" in options:
        yield from _format_faults(str(options["format"]), logical, place)
    pattern = options.get("pattern")
    if pattern is not None and not (pattern.startswith("^") and pattern.endswith("$")):
        yield place, "a pattern between ^ and $, so that every checker reads it alike", pattern, "anchor it"
    if (column.get("quality") or pattern) and physical.family == "nested":
        yield place, "no rules on a nested column", "a rule", "check it in dbt"
    yield from _quality_faults(column, place, {"invalidValues"})
    for rule in quality_rules(column, "invalidValues"):
        values = rule["arguments"]["validValues"]
        if physical.family != "text" or not all(isinstance(value, str) for value in values):
            yield place, "validValues of texts on a text column", str(values), "quote the values"
    for key in custom_properties(column):
        if key not in COLUMN_PROPERTIES:
            known = ", ".join(sorted(COLUMN_PROPERTIES))
            yield f"{place}.customProperties", f"one of {known}", key, "correct the spelling or remove it"
    if custom_properties(column).get("severity", "error") not in {"error", "warning"}:
        yield (
            place,
            "severity error or warning",
            str(custom_properties(column)["severity"]),
            "write one of them",
        )
