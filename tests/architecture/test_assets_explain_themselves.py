"""Whoever meets an asset or a check for the first time is told what it is, whose it is and what it asks."""

from __future__ import annotations

import re

import pytest
from dagster import AssetKey
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from orchestration.assets.gate import expected_of
from orchestration.configuration.deployment import Deployment
from orchestration.definitions import build_defs
from orchestration.owners import OWNERS


@pytest.fixture(scope="module")
def graph(deployment: Deployment, manifest: dict) -> AssetGraph:
    # After the manifest, which the definitions then find parsed.
    return build_defs(deployment).resolve_asset_graph()


def _keys(graph: AssetGraph) -> list[AssetKey]:
    return sorted(graph.materializable_asset_keys)


def test_every_asset_has_a_description(graph: AssetGraph) -> None:
    short = [key.to_user_string() for key in _keys(graph) if len((graph.get(key).description or "").split()) < 4]
    assert short == []


def test_every_asset_has_the_owner_of_its_group(graph: AssetGraph) -> None:
    nodes = [graph.get(key) for key in _keys(graph)]
    assert [node.key.to_user_string() for node in nodes if node.owners != [OWNERS[node.group_name]]] == []


def test_every_asset_has_a_kind(graph: AssetGraph) -> None:
    assert [key.to_user_string() for key in _keys(graph) if not graph.get(key).kinds] == []


def test_every_raw_table_says_where_it_comes_from_and_what_its_columns_are(
    graph: AssetGraph, deployment: Deployment
) -> None:
    for name, sources in deployment.sources_on.items():
        asset = graph.get(AssetKey(["raw", name]))
        assert all(f"read from {source.origin}" in asset.description for source in sources), name
        columns = [column.name for column in asset.metadata["dagster/column_schema"].columns]
        assert columns == list(deployment.inbound[name].column_names)


def test_every_check_begins_with_the_question_that_it_answers(graph: AssetGraph) -> None:
    told = {key: graph.get(key).description or "" for key in graph.asset_check_keys}
    assert len(told) > 100
    assert [f"{key.name}: {text}" for key, text in told.items() if not is_question(text)] == []


def test_everything_that_the_gate_asks_is_a_question(deployment: Deployment, manifest: dict) -> None:
    asked = expected_of(deployment, manifest)
    assert [f"{item.name}: {item.question}" for item in asked if not is_question(item.question)] == []


def is_question(text: str) -> bool:
    """Whether the first sentence is one; points inside numbers and versions end none."""
    return re.split(r"(?<=[.?!])\s", text.strip())[0].endswith("?")
