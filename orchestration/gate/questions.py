"""Every check as the question that a person asks, wherever it is told: in Dagster, in reports, in ``data_quality``.

Belongs here: wording. Does not belong here: which checks there are (expectations.py), answers.

A dbt test that says what it asks (its description) is believed; of the others the question follows from what they test
where, in the words that contracts use (``data_contracts.expectation_suite``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"(?:ref|source)\(\s*(?:['\"]\w+['\"]\s*,\s*)?['\"](\w+)['\"]")


def built_question(relation: str) -> str:
    """Of a relation, as ``schema.table``."""
    return f"Was {relation} built?"


def contract_question(contract_id: str, *, version: str = "") -> str:
    """Of a table and its contract."""
    return f"Does {contract_id} keep its contract{f' (version {version})' if version else ''}?"


def delivery_question(contract_id: str) -> str:
    """Of how the deliveries of an inbound table arrived."""
    return f"Did {contract_id} arrive on time, in the usual volume and with the columns it had?"


def model_question(check: str) -> str:
    """Of a model, from the name of its check: ``model__<model>__<what is asked>``."""
    _, model, asked = check.split("__", 2)
    return f"Model of {model.replace('_', ' ')}: {asked.replace('_', ' ')}?"


def test_question(node: Mapping[str, Any]) -> str:
    """Of a dbt test: its description, else what it tests where."""
    described = " ".join(str(node.get("description") or "").split())
    if described:
        return described
    metadata = node.get("test_metadata") or {}
    tested = metadata.get("kwargs") or {}
    column, of = tested.get("column_name") or tested.get("columns"), f"of {_relation(node)}"
    match metadata.get("name"):
        case "not_null":
            return f"Is every {column} {of} present?"
        case "unique":
            return f"Does every {column} {of} occur once?"
        case "unique_combination":
            names = ", ".join(column or ())
            return f"Does every {names if len(column or ()) == 1 else f'combination of {names}'} {of} occur once?"
        case "accepted_values":
            return f"Is every {column} {of} one of {', '.join(map(str, tested.get('values', ())))}?"
        case "relationships":
            return f"Is every {column} {of} a {tested.get('field')} of {_referred(str(tested.get('to')))}?"
        case "exactly_once_per_customer_and_date":
            return f"Is every known customer in {_relation(node)} exactly once per evaluated date?"
    return f"Does the dbt test {node['name']} find nothing?"


def _relation(node: Mapping[str, Any]) -> str:
    attached = node.get("attached_node") or next(iter(node["depends_on"].get("nodes", [])), "the project")
    return str(attached).rsplit(".", 1)[-1]


def _referred(to: str) -> str:
    found = _REFERENCE.search(to)
    return found[1] if found else to
