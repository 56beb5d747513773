"""The layer rule on dbt's own manifest: data flows from left to right, and names say where a model stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest

from data_contracts.table_properties import CANONICAL_ENTITIES
from orchestration.configuration.deployment import Deployment
from orchestration.repository import ROOT

# What Python leaves (matching, ml) stands where dbt reads it.
ORDER = (
    "raw",
    "seeds",
    "staging",
    "canonical",
    "matching",
    "identity",
    "features",
    "outcomes",
    "ml",
    "segmentations",
    "evaluation",
    "demand",
    "treatments",
    "campaigns",
    "kpis",
    "marts",
)
# A name in each folder; ``__`` parts scope from content.
NAMES = {
    "staging": r"stg_[a-z]+__[a-z_]+",
    "canonical": r"int_canonical__[a-z_]+",
    "identity": r"int_identity__[a-z_]+",
    "features": r"as_of_dates|(int_[a-z]+(_[a-z]+)*|feat_customers)__[a-z_]+",
    "outcomes": r"int_outcomes__[a-z_]+|outcome_(customers|campaigns)__[a-z_]+",
    "segmentations": r"(int_[a-z]+(_[a-z]+)*|seg_customers)__[a-z_]+",
    "evaluation": r"int_scorecard__[a-z_]+",
    "demand": r"int_demand__[a-z_]+",
    "treatments": r"int_treatments__[a-z_]+",
    "campaigns": r"int_campaigns__[a-z_]+",
    "kpis": r"int_kpis__[a-z_]+",
    "marts": r"(?!.*__)[a-z][a-z_]*",
}


def layer_of(manifest: dict[str, Any], unique_id: str) -> str:
    return str((manifest["nodes"].get(unique_id) or manifest["sources"][unique_id])["schema"])


def edges(manifest: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Each model with each of its inputs: model, its layer, input, its layer."""
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] in {"model", "seed"}:
            for parent in node["depends_on"].get("nodes", []):
                yield unique_id, node["schema"], parent, layer_of(manifest, parent)


def looking_right(manifest: dict[str, Any]) -> list[str]:
    return [
        f"{model} ({layer}) reads {parent} ({parent_layer})"
        for model, layer, parent, parent_layer in edges(manifest)
        if ORDER.index(parent_layer) > ORDER.index(layer)
    ]


def test_every_layer_has_its_place_in_the_order(manifest: dict[str, Any]) -> None:
    layers = {layer for _, layer, _, _ in edges(manifest)} | {layer for *_, layer in edges(manifest)}
    assert layers == set(ORDER)


def test_every_model_reads_only_its_own_layer_and_those_to_its_left(manifest: dict[str, Any]) -> None:
    assert looking_right(manifest) == []


def test_a_model_that_looks_right_would_be_found(manifest: dict[str, Any]) -> None:
    feature = manifest["nodes"]["model.tessera.feat_customers__purchases"]
    parents = [*feature["depends_on"]["nodes"], "source.tessera.ml.ml_customers__clusters"]
    broken = {
        **manifest,
        "nodes": {**manifest["nodes"], "model.tessera.broken": {**feature, "depends_on": {"nodes": parents}}},
    }
    (found,) = looking_right(broken)
    assert found == "model.tessera.broken (features) reads source.tessera.ml.ml_customers__clusters (ml)"


@pytest.mark.parametrize(
    ("read", "by"),
    [
        ("raw", {"staging"}),
        ("staging", {"staging", "canonical"}),
        ("matching", {"identity", "marts"}),
        ("ml", {"segmentations", "kpis", "demand", "treatments", "marts"}),
        # Whoever is in the marts is a customer_id: source keys end in identity.
        ("canonical", {"canonical", "identity", "features"}),
        # An outcome is the future of its date: what it may not touch is what a date is described by.
        ("outcomes", {"outcomes", "evaluation", "kpis", "campaigns"}),
        ("evaluation", {"evaluation", "marts"}),
        ("demand", {"demand", "marts"}),
        # Of identity the recent contacts alone: nobody is to be contacted too often.
        ("identity", {"identity", "features", "outcomes", "kpis", "campaigns", "treatments"}),
        ("treatments", {"treatments", "marts"}),
        ("campaigns", {"campaigns", "marts"}),
    ],
)
def test_a_layer_is_read_only_by_those_that_may_know_it(manifest: dict[str, Any], read: str, by: set[str]) -> None:
    readers = [(model, layer) for model, layer, _, parent_layer in edges(manifest) if parent_layer == read]
    assert readers
    assert [reader for reader in readers if reader[1] not in by] == []


def rests_on(manifest: dict[str, Any], models: set[str]) -> set[str]:
    """All that the models read, near or far."""
    parents: dict[str, set[str]] = {}
    for model, _, parent, _ in edges(manifest):
        parents.setdefault(model, set()).add(parent)
    above, reached = set(models), set()
    while above:
        above = {parent for model in above for parent in parents.get(model, ())} - reached
        reached |= above
    return reached


def test_no_feature_and_no_scheme_rests_on_what_happened_afterwards(manifest: dict[str, Any]) -> None:
    described = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] in {"identity", "features", "segmentations"}
    }
    assert len(described) > 60
    assert [parent for parent in rests_on(manifest, described) if layer_of(manifest, parent) == "outcomes"] == []
    # The same walk finds what does rest on them.
    scorecard = rests_on(manifest, {"model.tessera.scheme_scorecard"})
    assert "model.tessera.outcome_customers__purchases" in scorecard


def test_what_matching_reads_is_built_before_it(manifest: dict[str, Any]) -> None:
    reached = rests_on(
        manifest, {"model.tessera.int_identity__profiles", "model.tessera.int_identity__company_records"}
    )
    assert len(reached) > 20
    assert [node for node in reached if layer_of(manifest, node) == "matching"] == []


def test_whose_a_record_is_comes_from_the_maps_alone(manifest: dict[str, Any]) -> None:
    read = {
        (model.rsplit(".", 1)[-1], parent.rsplit(".", 1)[-1])
        for model, _, parent, above in edges(manifest)
        if above == "matching"
    }
    assert read == {
        ("int_identity__customer_map", "customer_map"),
        ("int_identity__company_map", "company_map"),
        # What became of ids that somebody noted down.
        ("customer_id_changes", "ledger"),
        ("customer_id_changes", "customer_ids"),
    }


def test_a_staging_model_reads_tables_of_its_own_source_and_nothing_else(models: dict[str, dict[str, Any]]) -> None:
    for name, model in models.items():
        if model["schema"] == "staging":
            source = name.removeprefix("stg_").split("__")[0]
            own = (f"source.tessera.{source}.", f"model.tessera.stg_{source}__")
            assert model["depends_on"]["nodes"], name
            assert all(parent.startswith(own) for parent in model["depends_on"]["nodes"]), name


def test_features_read_of_the_canonical_layer_what_names_nobody(manifest: dict[str, Any]) -> None:
    read = {parent for _, layer, parent, above in edges(manifest) if layer == "features" and above == "canonical"}
    assert read <= {"model.tessera.int_canonical__products", "model.tessera.int_canonical__survey_questions"}


def test_the_folder_is_the_schema(manifest: dict[str, Any], models: dict[str, dict[str, Any]]) -> None:
    assert {name: PurePosixPath(model["path"]).parts[0] for name, model in models.items()} == {
        name: model["schema"] for name, model in models.items()
    }
    seeds = [node for node in manifest["nodes"].values() if node["resource_type"] == "seed"]
    assert {seed["schema"] for seed in seeds} == {"seeds"}


def test_the_name_fits_the_folder(models: dict[str, dict[str, Any]]) -> None:
    misplaced = [name for name, model in models.items() if not re.fullmatch(NAMES[model["schema"]], name)]
    assert misplaced == []


def test_a_staging_model_stands_in_the_folder_of_its_source(models: dict[str, dict[str, Any]]) -> None:
    for name, model in models.items():
        if model["schema"] == "staging":
            assert PurePosixPath(model["path"]).parts[1] == name.removeprefix("stg_").split("__")[0]


def test_every_relation_is_named_as_its_file(models: dict[str, dict[str, Any]]) -> None:
    assert {name: model["alias"] for name, model in models.items()} == {name: name for name in models}


def test_the_staging_models_are_those_that_the_contracts_name(
    models: dict[str, dict[str, Any]], deployment: Deployment
) -> None:
    staged = {name for name, model in models.items() if model["schema"] == "staging"}
    contracts = deployment.inbound.values()
    feeding = {feed.model for contract in contracts for feed in contract.rules.feeds}
    helpers = {f"stg_{contract.name}" for contract in contracts if not contract.rules.feeds}
    assert feeding - staged == set()
    assert staged - feeding - helpers == set()


def test_every_canonical_entity_is_unioned_once(models: dict[str, dict[str, Any]]) -> None:
    code = "\n".join(model["raw_code"] for model in models.values() if model["schema"] == "canonical")
    unioned = re.findall(r"union_staging\(\s*'(\w+)'", code)
    assert sorted(unioned) == sorted(CANONICAL_ENTITIES)


def test_every_description_ends_with_the_grain(manifest: dict[str, Any]) -> None:
    grainless = []
    for node in manifest["nodes"].values():
        if node["resource_type"] in {"model", "seed"}:
            last = re.split(r"(?<=[.!?])\s+", " ".join(node["description"].split()))[-1]
            if not (last.startswith("One row per ") and last.endswith(".")):
                grainless.append((node["name"], last))
    assert grainless == []


def test_every_model_begins_with_a_comment_that_gives_the_grain(models: dict[str, dict[str, Any]]) -> None:
    assert [name for name, model in models.items() if not model["raw_code"].startswith("-- One row per ")] == []


def test_every_test_is_worded_for_the_report(manifest: dict[str, Any]) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    singular = [node for node in tests if not node.get("test_metadata")]
    assert len(singular) > 3
    assert [node["name"] for node in singular if not node["description"].strip()] == []
    assert [node["name"] for node in singular if not node["name"].startswith("assert_")] == []


def test_the_linter_sees_every_scheme(deployment: Deployment) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["sqlfluff"]
    linted = settings["templater"]["dbt"]["context"]
    assert linted["schemes"] == deployment.dbt_vars["schemes"]
    assert linted["model_schemes"] == deployment.dbt_vars["model_schemes"]
