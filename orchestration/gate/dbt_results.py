"""dbt's run results as ledger results.

Belongs here: reading ``run_results.json``. Does not belong here: running dbt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from orchestration.gate.expectations import dbt_name
from orchestration.gate.ledger import Result, Severity, Status
from orchestration.gate.questions import test_question

_STATUS: dict[str, Status] = {"success": "pass", "pass": "pass", "warn": "warn"}


def ledger_results(
    run_results: Mapping[str, Any],
    manifest: Mapping[str, Any],
    *,
    as_of_date: dt.date,
    run_id: str,
    rows: Mapping[str, str] | None = None,
) -> list[Result]:
    """Return one result per node that dbt ran; skipped nodes leave none, which the gate takes as a failure.

    Args:
        run_results: dbt's ``run_results.json``.
        manifest: dbt's manifest.
        as_of_date: The night.
        run_id: The Dagster run.
        rows: What failed tests found, in words, by unique id.
    """
    results = []
    for row in run_results["results"]:
        node = manifest["nodes"].get(row["unique_id"])
        timing = {step["name"]: step for step in row["timing"]}
        if node is None or row["status"] == "skipped" or "execute" not in timing:
            continue
        is_test = node["resource_type"] == "test"
        severity: Severity = "warn" if is_test and str(node["config"]["severity"]).lower() == "warn" else "error"
        results.append(
            Result(
                name=dbt_name(node),
                kind="dbt" if is_test else "build",
                subject=_subject(node, manifest),
                severity=severity,
                status=_STATUS.get(row["status"], "fail"),
                as_of_date=as_of_date,
                run_id=run_id,
                started_at=_utc(timing["execute"]["started_at"]),
                completed_at=_utc(timing["execute"]["completed_at"]),
                failures=int(row["failures"] or 0) if is_test else int(row["status"] != "success"),
                detail=_detail(row, node, found=(rows or {}).get(row["unique_id"])),
            )
        )
    return results


def _detail(row: Mapping[str, Any], node: Mapping[str, Any], *, found: str | None) -> str:
    if row["status"] in {"pass", "success"}:
        return ""
    if node["resource_type"] == "test" and (found or row["status"] in {"fail", "warn"}):
        failures = int(row["failures"] or 0)
        return f"{test_question(node)} No: {found or f'{failures:,} rows'}"
    return str(row["message"] or row["status"])


def selected_names(
    manifest: Mapping[str, Any], selected: Collection[dg.AssetKey], *, translator: DagsterDbtTranslator
) -> list[str]:
    """Return the result names of the selected assets and of every test on them."""
    nodes = manifest["nodes"]
    chosen = {
        unique_id
        for unique_id, node in nodes.items()
        if node["resource_type"] in {"model", "seed"} and translator.get_asset_key(node) in selected
    }
    tests = {
        unique_id
        for unique_id, node in nodes.items()
        if node["resource_type"] == "test" and chosen & set(node["depends_on"]["nodes"])
    }
    return [dbt_name(nodes[unique_id]) for unique_id in sorted(chosen | tests)]


def _subject(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    if node["resource_type"] != "test":
        return dbt_name(node)
    attached = node.get("attached_node") or next(iter(node["depends_on"]["nodes"]), None)
    if attached in manifest["nodes"]:
        return dbt_name(manifest["nodes"][attached])
    source = manifest["sources"].get(attached)
    return f"{source['schema']}.{source['identifier']}" if source else ""


def _utc(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
