"""Names that others rely on (assets, checks, jobs, schedules) change on purpose or not at all."""

from __future__ import annotations

import json

import pytest

from orchestration.configuration.deployment import Deployment
from orchestration.gate.expectations import contract_name
from tests.architecture.definitions_snapshot import SNAPSHOT, names_of

REFRESH = "if this is meant: python -m tests.architecture.definitions_snapshot, and commit the result"


@pytest.fixture(scope="module")
def names(deployment: Deployment, manifest: dict) -> dict[str, list[str]]:
    # After the manifest, which the definitions then find parsed.
    return names_of(deployment)


@pytest.mark.parametrize("kind", ["assets", "asset_checks", "jobs", "schedules", "sensors", "resources", "steps"])
def test_the_definitions_are_those_of_the_snapshot(names: dict[str, list[str]], kind: str) -> None:
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    gone = sorted(set(kept[kind]) - set(names[kind]))
    new = sorted(set(names[kind]) - set(kept[kind]))
    assert (gone, new) == ([], []), f"{kind}: gone {gone}, new {new}; {REFRESH}"


def test_the_snapshot_has_no_kind_that_is_not_compared(names: dict[str, list[str]]) -> None:
    assert set(json.loads(SNAPSHOT.read_text(encoding="utf-8"))) == set(names)


def test_every_contract_is_a_check_in_dagster(names: dict[str, list[str]], deployment: Deployment) -> None:
    checks = {check.split(": ")[1] for check in names["asset_checks"]}
    expected = {contract_name(name) for name in deployment.inbound}
    expected |= {contract_name(name) for name, mart in deployment.outbound.items() if mart.rules.produced_by == "dbt"}
    assert {check for check in checks if check.startswith("contract__")} == expected
