"""The lean dbt resource leaves out what it says, and notices when dagster-dbt changes."""

from __future__ import annotations

import importlib.metadata

import pytest
from dagster_dbt import DbtCliResource

from orchestration.dbt_command import LeanDbtCliResource
from orchestration.dbt_manifest import dbt_resource


@pytest.mark.parametrize("member", ["_cli_version", "_initialize_dbt_core_adapter"])
def test_the_overridden_members_are_still_there(member: str) -> None:
    assert hasattr(DbtCliResource, member)
    assert member in vars(LeanDbtCliResource)


def test_the_version_comes_from_the_package_and_not_from_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen.__init__", lambda *_, **__: pytest.fail("a process was started"))
    assert str(dbt_resource()._cli_version) == importlib.metadata.version("dbt-core")
