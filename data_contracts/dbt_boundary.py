"""Contracts as the YAML by which dbt knows its two boundaries.

Belongs here: inbound contracts as dbt sources, outbound contracts as enforced models with their tests. Does
not belong here: writing files (render.py), models between the boundaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from data_contracts.contract import Column, Contract

HEADER = "# Generated from data_contracts/{folder}; do not edit. Change the contract and run: make render\n"


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key and never writes anchors, as people write dbt files."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def sources_yaml(source: str, contracts: Iterable[Contract]) -> str:
    """The dbt sources file of one source.

    Args:
        source: The source's name, the part of the contract names before ``__``.
        contracts: Its inbound contracts.
    """
    tables = [
        {
            "name": contract.table,
            "identifier": contract.name,
            "description": contract.description,
            "config": {"meta": {"dagster": {"asset_key": ["raw", contract.name]}}},
            "columns": [_described(column) for column in contract.columns],
        }
        for contract in sorted(contracts, key=lambda contract: contract.table)
    ]
    return _written("inbound", {"sources": [{"name": source, "schema": "raw", "tables": tables}]})


def marts_yaml(contracts: Iterable[Contract]) -> str:
    """The dbt models file of all marts that dbt builds; marts written by Python are left out."""
    models = [
        _model(contract)
        for contract in sorted(contracts, key=lambda contract: contract.name)
        if contract.rules.produced_by == "dbt"
    ]
    return _written("outbound", {"models": models})


def _model(contract: Contract) -> dict[str, Any]:
    model: dict[str, Any] = {
        "name": contract.name,
        "description": contract.description,
        "config": {"contract": {"enforced": True}},
    }
    combined = [key for key in contract.keys if len(key) > 1]
    if combined:
        model["data_tests"] = [{"unique_combination": {"arguments": {"columns": list(key)}}} for key in combined]
    single = {key[0] for key in contract.keys if len(key) == 1}
    model["columns"] = [_tested(column, is_key=column.name in single) for column in contract.columns]
    return model


def _described(column: Column) -> dict[str, Any]:
    return {"name": column.name, "description": column.description, "data_type": column.physical_type}


def _tested(column: Column, *, is_key: bool) -> dict[str, Any]:
    described = _described(column)
    tests: list[Any] = []
    if column.required and column.severity == "error":
        # A constraint: the database refuses the null while it writes, where a test is one more query a night.
        described["constraints"] = [{"type": "not_null"}]
    elif column.required:
        tests.append(_test("not_null", column))
    if is_key:
        tests.append(_test("unique", column))
    if column.valid_values:
        tests.append(_test("accepted_values", column, arguments={"values": list(column.valid_values)}))
    return described | ({"data_tests": tests} if tests else {})


def _test(name: str, column: Column, *, arguments: Mapping[str, Any] | None = None) -> Any:
    inner: dict[str, Any] = {"arguments": dict(arguments)} if arguments else {}
    if column.severity == "warning":
        inner["config"] = {"severity": "warn"}
    return {name: inner} if inner else name


def _written(folder: str, content: dict[str, Any]) -> str:
    body = yaml.dump({"version": 2, **content}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return HEADER.format(folder=folder) + body
