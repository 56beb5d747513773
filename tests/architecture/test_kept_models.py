"""What stands on predictions is kept by them: a model that is kept by less would show what a replaced model said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.explanation.features import PREDICTIONS_TABLE

INPUTS = "model.tessera.int_predictions__inputs"
SOURCE = f"source.tessera.ml.{PREDICTIONS_TABLE}"


def parents(nodes: Mapping[str, Any], unique_id: str) -> Iterator[str]:
    """Everything that a model reads, itself or through models that are not kept."""
    for parent in nodes[unique_id]["depends_on"].get("nodes", []):
        # The inputs read predictions to be their number, which is no reason to be kept by it.
        if parent == INPUTS:
            continue
        yield parent
        if parent in nodes and nodes[parent]["config"]["materialized"] != "as_of_history":
            yield from parents(nodes, parent)


def kept_models(nodes: Mapping[str, Any]) -> list[str]:
    return [name for name, node in nodes.items() if node["config"].get("materialized") == "as_of_history"]


def kept_by_too_little(nodes: Mapping[str, Any]) -> set[str]:
    """Kept models that read predictions, or a model that is kept by them, without being kept by them."""
    kept = kept_models(nodes)
    by_predictions = {name for name in kept if INPUTS in nodes[name]["depends_on"]["nodes"]}
    return {
        name.split(".")[-1]
        for name in kept
        if name not in by_predictions and ({SOURCE} | by_predictions) & set(parents(nodes, name))
    }


def test_whatever_stands_on_predictions_is_kept_by_them(manifest: dict[str, Any]) -> None:
    assert kept_by_too_little(manifest["nodes"]) == set()


def test_only_what_stands_on_predictions_is_kept_by_them(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    kept = kept_models(nodes)
    by_predictions = {name.split(".")[-1] for name in kept if INPUTS in nodes[name]["depends_on"]["nodes"]}
    assert by_predictions == {
        "int_demand__kept_segment_months",
        "int_kpis__kept_steps",
        "int_predictive__boundaries",
        "int_segmentations__kept_moves",
        "int_segmentations__kept_sizes",
        "int_value_tier__boundaries",
        "seg_customers__combined",
        "seg_customers__lifecycle",
        "seg_customers__predictive",
        "seg_customers__value_tier",
    }


def test_a_model_that_is_kept_by_too_little_is_found(manifest: dict[str, Any]) -> None:
    def without_inputs(name: str) -> dict[str, Any]:
        node = manifest["nodes"][f"model.tessera.{name}"]
        read = [each for each in node["depends_on"]["nodes"] if each != INPUTS]
        return {**node, "depends_on": {**node["depends_on"], "nodes": read}}

    for name in ("seg_customers__lifecycle", "int_segmentations__kept_sizes"):
        nodes = {**manifest["nodes"], f"model.tessera.{name}": without_inputs(name)}
        assert name in kept_by_too_little(nodes)
