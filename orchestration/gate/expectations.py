"""What a deployment's build must have run, worked out from the dbt manifest and the contracts.

Belongs here: the list of results that the gate insists on, and their names. Does not belong here: the results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.found_segments.found_scheme import FoundScheme
from orchestration.gate.questions import (
    built_question,
    contract_question,
    delivery_question,
    model_question,
    test_question,
)
from orchestration.gate.verdict import Expected

GATE_ASSET = ["marts", "data_quality"]
# Marts that Python writes at the gate, after every dbt result is known.
PYTHON_MARTS = frozenset({"data_quality"})
CUSTOMERS_KEPT = "gate__customers_do_not_vanish"
PREDICTIONS_BUILD = "ml.ml_customers__predictions"
UPLIFT_BUILD = "ml.ml_customers__uplift"
RETURN_PROMOTED = "model__return__is_it_better_than_the_baseline"
RETURN_FEATURES_MOVED = "model__return__are_features_where_they_were"
RETURN_CHANCES_MOVED = "model__return__are_chances_where_they_were"
RETURN_OUTCOMES_MOVED = "model__return__do_as_many_order_as_before"
VALUE_OUTCOMES_MOVED = "model__value__are_margins_where_they_were"
MODEL_CHECKS = (
    RETURN_PROMOTED,
    RETURN_FEATURES_MOVED,
    RETURN_CHANCES_MOVED,
    RETURN_OUTCOMES_MOVED,
    VALUE_OUTCOMES_MOVED,
)
DEMAND_BUILD = "ml.ml_demand__forecasts"
DEMAND_UNBIASED = "model__demand__is_it_unbiased"
IDENTITY_BUILD = "matching.customer_map"
IDENTITY_STABLE = "identity__do_customers_keep_their_ids"
IDENTITY_PRECISE = "identity__is_matching_precise"


def load_name(contract_id: str) -> str:
    """Name of the result of loading an inbound table."""
    return f"raw.{contract_id}"


def contract_name(contract_id: str) -> str:
    """Name of the result of checking a table against its contract; also the Dagster check's name."""
    return f"contract__{contract_id}"


def delivery_name(contract_id: str) -> str:
    """Name of the result of judging a table's deliveries; also the Dagster check's name."""
    return f"delivery__{contract_id}"


def entity_name(entity: str) -> str:
    """Name of the result that tells which sources feed a canonical entity."""
    return f"source__{entity}"


def dbt_name(node: Mapping[str, Any]) -> str:
    """Name of the result of a dbt node: ``schema.table`` for what is built, the test's name for a test."""
    if node["resource_type"] == "test":
        return str(node["name"])
    return f"{node['schema']}.{node['alias']}"


def expected_results(
    manifest: Mapping[str, Any],
    *,
    inbound: Iterable[str],
    dbt_marts: Iterable[str],
    found_schemes: Iterable[FoundScheme],
    entities: Iterable[str] = (),
    campaign_tables: Iterable[str] = (),
    matching: bool = False,
    predictions: bool = False,
    demand: bool = False,
) -> list[Expected]:
    """Return every result that a complete build leaves in the ledger.

    Args:
        manifest: dbt's manifest of this deployment (only what is switched on is enabled in it).
        inbound: Contracts of the sources that are on.
        dbt_marts: Marts whose outbound contract is checked after dbt built them.
        found_schemes: The schemes whose segments an estimator gives.
        entities: Canonical entities of which it is told whether a source feeds them.
        campaign_tables: What Python writes for audiences.
        matching: Whether records are matched into customers.
        predictions: Whether models foretell what customers do; without data enough they say that nothing is foretold.
        demand: Whether the demand of categories is forecast.
    """
    names = _names_by_unique_id(manifest)
    inbound = list(inbound)
    expected = [Expected(load_name(name), f"Was {name} loaded?") for name in inbound]
    for name in inbound:
        expected.append(
            Expected(contract_name(name), contract_question(name), after=(load_name(name),)),
        )
        expected.append(
            Expected(delivery_name(name), delivery_question(name), after=(load_name(name),)),
        )
    expected += [Expected(entity_name(entity), f"Is there data on {entity}?") for entity in entities]
    for unique_id, node in sorted(manifest["nodes"].items()):
        # A test of a model that is switched off stays in the manifest, disabled.
        if node["resource_type"] not in {"model", "seed", "test"} or not node.get("config", {}).get("enabled", True):
            continue
        parents = tuple(names[parent] for parent in node["depends_on"].get("nodes", []) if parent in names)
        question = built_question(names[unique_id]) if node["resource_type"] != "test" else test_question(node)
        expected.append(Expected(names[unique_id], question, after=parents))
    for scheme in found_schemes:
        expected += [
            Expected(scheme.build, built_question(scheme.build), after=scheme.reads),
            Expected(scheme.check, model_question(scheme.check), after=(scheme.build,)),
        ]
    if predictions:
        purchases = "features.feat_customers__purchases"
        expected.append(Expected(PREDICTIONS_BUILD, built_question(PREDICTIONS_BUILD), after=(purchases,)))
        expected += [Expected(check, model_question(check), after=(PREDICTIONS_BUILD,)) for check in MODEL_CHECKS]
        checks = "campaigns.int_campaigns__checks"
        expected.append(Expected(UPLIFT_BUILD, built_question(UPLIFT_BUILD), after=(checks,)))
    if demand:
        months = "features.int_purchases__category_months"
        expected += [
            Expected(DEMAND_BUILD, built_question(DEMAND_BUILD), after=(months,)),
            Expected(DEMAND_UNBIASED, "Were forecasts of demand right on average?", after=(DEMAND_BUILD,)),
        ]
    contact_points = ("identity.int_identity__contact_points",)
    expected += [Expected(table, f"Was {table} written?", after=contact_points) for table in campaign_tables]
    if matching:
        profiles = "identity.int_identity__profiles"
        expected += [
            Expected(IDENTITY_BUILD, "Were records matched into customers?", after=(profiles,)),
            Expected(IDENTITY_STABLE, "Do customers keep their ids?", after=(IDENTITY_BUILD,)),
            Expected(IDENTITY_PRECISE, "Is matching precise?", after=(IDENTITY_BUILD,)),
        ]
    expected += [Expected(contract_name(mart), contract_question(mart), after=(f"marts.{mart}",)) for mart in dbt_marts]
    expected.append(
        Expected(CUSTOMERS_KEPT, "Are the customers of the served version still there?", after=("marts.customers",))
    )
    return expected


def _names_by_unique_id(manifest: Mapping[str, Any]) -> dict[str, str]:
    names = {
        unique_id: dbt_name(node)
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in {"model", "seed", "test"}
    }
    for unique_id, source in manifest["sources"].items():
        names[unique_id] = f"{source['schema']}.{source['identifier']}"
    return names
