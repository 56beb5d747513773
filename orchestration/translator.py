"""How dbt's nodes appear in Dagster: asset = relation, group = folder = schema.

Belongs here: keys, groups, owners and descriptions of dbt assets. Does not belong here: running dbt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from orchestration.gate.questions import test_question
from orchestration.owners import OWNERS


class LayerTranslator(DagsterDbtTranslator):
    """Names a dbt asset by its layer and its relation."""

    def __init__(self) -> None:
        # A source test that fails as a blocking check on a Python asset does not stop dbt (tried), so source tests
        # stay out of Dagster and the gate reads their results itself.
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        declared = dbt_resource_props.get("config", {}).get("meta", {}).get("dagster", {}).get("asset_key")
        if declared:
            return dg.AssetKey(declared)
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        node = manifest["nodes"].get(unique_id)
        return spec._replace(description=test_question(node)) if spec and node else spec

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        # The SQL itself would push the columns off the page; where it stands is enough to find it.
        where = f"`dbt_project/{dbt_resource_props['original_file_path']}`"
        return "\n\n".join(part for part in (dbt_resource_props.get("description"), where) if part)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        return [OWNERS[dbt_resource_props["schema"]]]
