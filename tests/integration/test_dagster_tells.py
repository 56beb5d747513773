"""What a night leaves in Dagster: every asset tells its rows and its seconds, and pictures where they say more."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from orchestration.assets.measures import ROWS, SECONDS
from orchestration.dagster_instance import dagster_instance
from orchestration.definitions import build_defs
from tests.support import nights

Told = dict[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def told(small_night: nights.Night) -> Told:
    """Metadata of the newest materialization of every asset that the night could make, by key."""
    graph = build_defs(small_night.deployment).resolve_asset_graph()
    instance = dagster_instance(small_night.deployment.home)
    try:
        found = {key: instance.get_latest_materialization_event(key) for key in graph.materializable_asset_keys}
    finally:
        instance.dispose()
    assert None not in found.values()
    return {key.to_user_string(): event.asset_materialization.metadata for key, event in found.items()}


@pytest.fixture(scope="module")
def views(small_night: nights.Night) -> set[str]:
    """What keeps no rows: counting a view would be running its query once more."""
    manifest = json.loads(next(small_night.deployment.home.dbt.rglob("manifest.json")).read_text(encoding="utf-8"))
    nodes = manifest["nodes"].values()
    return {f"{n['schema']}/{n['alias']}" for n in nodes if n.get("config", {}).get("materialized") == "view"}


def test_every_table_tells_its_rows(told: Told, views: set[str]) -> None:
    assert sorted(key for key, metadata in told.items() if ROWS not in metadata and key not in views) == []


def test_every_asset_tells_its_seconds(told: Told) -> None:
    assert sorted(key for key, metadata in told.items() if SECONDS not in metadata) == []


@pytest.mark.parametrize(
    ("asset", "title", "word"),
    [
        ("marts/category_demand", "sold and expected", "expected"),
        ("marts/scheme_scorecard", "which segmentation to use", "segmentation"),
        ("segmentations/seg_customers__rfm", "tonight's segments, as a picture", "champions"),
        ("ml/ml_segments__clusters", "choice of k, as a picture", "stability"),
    ],
)
def test_a_picture_is_a_picture_of_what_it_says(told: Told, asset: str, title: str, word: str) -> None:
    written = str(told[asset][title].value)
    coded = re.fullmatch(r"!\[[^\]]+\]\(data:image/svg\+xml;base64,([^)]+)\)", written)
    assert coded is not None
    svg = base64.b64decode(coded[1]).decode("utf-8")
    ElementTree.fromstring(svg)
    assert word in svg


def test_the_picture_of_segments_counts_every_customer(told: Told, small_night: nights.Night) -> None:
    records = told["segmentations/seg_customers__rfm"]["tonight's segments"].records
    everybody = small_night.mart("select count(*) as n from customers")["n"].item()
    assert sum(int(record.data["customers"]) for record in records) == everybody
