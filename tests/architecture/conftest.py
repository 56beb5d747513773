"""One dbt manifest of a deployment in which every inbound contract and every scheme is on: parsing costs seconds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestration.configuration.deployment import Deployment
from orchestration.dbt_manifest import fresh_manifest
from tests.support.deployments import every_source


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return every_source(tmp_path_factory.mktemp("every_source"))


@pytest.fixture(scope="session")
def manifest(deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fresh_manifest(deployment).read_text(encoding="utf-8"))
    # Anything disabled although everything is on would escape every test of this folder.
    assert found["disabled"] == {}
    return found


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """dbt's models by name."""
    found = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    assert len(found) > 20
    return found
