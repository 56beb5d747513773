"""The list of results that the gate insists on, from a manifest small enough to read."""

from __future__ import annotations

import pytest

from orchestration.found_segments.clusters import CLUSTERS
from orchestration.gate.expectations import (
    CUSTOMERS_KEPT,
    IDENTITY_BUILD,
    IDENTITY_PRECISE,
    IDENTITY_STABLE,
    PYTHON_MARTS,
    expected_results,
)


def relation(kind: str, schema: str, name: str, *parents: str) -> dict:
    return {
        "resource_type": kind,
        "schema": schema,
        # A model's file may be called otherwise than its relation.
        "name": f"{name}_file",
        "alias": name,
        "depends_on": {"nodes": list(parents)},
    }


def data_test(name: str, *parents: str, description: str = "") -> dict:
    return {
        "resource_type": "test",
        "schema": "dbt_test__audit",
        "name": name,
        "alias": name + "_shortened",
        "description": description,
        "depends_on": {"nodes": list(parents)},
    }


MANIFEST = {
    "nodes": {
        "model.t.stg_orders": relation("model", "staging", "stg_orders", "source.t.shop.orders"),
        "model.t.customers": relation("model", "marts", "customers", "model.t.stg_orders", "source.t.ml.clusters"),
        "seed.t.catalog": {**relation("seed", "seeds", "catalog"), "depends_on": {"macros": []}},
        "test.t.unique_customers": data_test("unique_customers", "model.t.customers"),
        "test.t.catalogued": data_test(
            "catalogued", "model.t.customers", "seed.t.catalog", description=" Is every segment in the catalogue?\n"
        ),
        "test.t.source_is_fresh": data_test("source_is_fresh", "source.t.shop.orders"),
        "operation.t.hook": relation("operation", "x", "hook"),
        "analysis.t.look": relation("analysis", "x", "look"),
    },
    "sources": {
        "source.t.shop.orders": {"schema": "raw", "name": "orders", "identifier": "shop__orders"},
        "source.t.ml.clusters": {"schema": "ml", "name": "clusters", "identifier": "ml_customers__clusters"},
    },
    "disabled": {"model.t.off": [relation("model", "segmentations", "off")]},
    "unit_tests": {"unit_test.t.customers.story": {"name": "story"}},
}


@pytest.fixture(scope="module")
def expected() -> dict:
    items = expected_results(MANIFEST, inbound=["shop__orders"], dbt_marts=["customers"], found_schemes=[CLUSTERS])
    assert len({item.name for item in items}) == len(items)
    return {item.name: item for item in items}


def test_everything_that_is_enabled_is_expected_and_nothing_else(expected) -> None:
    assert set(expected) == {
        "raw.shop__orders",
        "contract__shop__orders",
        "delivery__shop__orders",
        "staging.stg_orders",
        "marts.customers",
        "seeds.catalog",
        "unique_customers",
        "catalogued",
        "source_is_fresh",
        CLUSTERS.build,
        CLUSTERS.check,
        "contract__customers",
        CUSTOMERS_KEPT,
    }


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("raw.shop__orders", ()),
        ("contract__shop__orders", ("raw.shop__orders",)),
        ("seeds.catalog", ()),
        ("staging.stg_orders", ("raw.shop__orders",)),
        ("source_is_fresh", ("raw.shop__orders",)),
        ("marts.customers", ("staging.stg_orders", CLUSTERS.build)),
        ("unique_customers", ("marts.customers",)),
        ("catalogued", ("marts.customers", "seeds.catalog")),
        (CLUSTERS.check, (CLUSTERS.build,)),
        ("contract__customers", ("marts.customers",)),
        (CUSTOMERS_KEPT, ("marts.customers",)),
    ],
)
def test_each_result_waits_for_what_it_is_made_from_or_looks_at(expected, name: str, after: tuple[str, ...]) -> None:
    assert expected[name].after == after


def test_a_test_is_worded_by_its_description_else_by_what_it_is(expected) -> None:
    assert expected["catalogued"].question == "Is every segment in the catalogue?"
    assert expected["unique_customers"].question == "Does the dbt test unique_customers find nothing?"


def test_without_sources_marts_and_estimators_only_dbt_and_the_customers_are_expected() -> None:
    items = expected_results(MANIFEST, inbound=[], dbt_marts=[], found_schemes=[])
    assert not [item.name for item in items if item.name.startswith(("raw.", "contract__", "ml.", "model__"))]
    assert items[-1].name == CUSTOMERS_KEPT


MAPPED = {
    "nodes": {
        "model.t.profiles": relation("model", "identity", "int_identity__profiles"),
        "model.t.map": relation("model", "identity", "int_identity__customer_map", "source.t.matching.map"),
    },
    "sources": {
        "source.t.matching.map": {"schema": "matching", "name": "map", "identifier": "customer_map"},
    },
}


class TestMatching:
    def test_records_are_matched_after_their_profiles_and_before_anybody_is_a_customer(self) -> None:
        items = expected_results(MAPPED, inbound=[], dbt_marts=[], found_schemes=[], matching=True)
        after = {item.name: item.after for item in items}
        assert after[IDENTITY_BUILD] == ("identity.int_identity__profiles",)
        assert after[IDENTITY_STABLE] == after[IDENTITY_PRECISE] == (IDENTITY_BUILD,)
        assert after["identity.int_identity__customer_map"] == (IDENTITY_BUILD,)

    def test_who_trusts_references_is_asked_nothing_about_matching(self) -> None:
        items = expected_results(MAPPED, inbound=[], dbt_marts=[], found_schemes=[])
        names = {item.name for item in items}
        assert names.isdisjoint({IDENTITY_BUILD, IDENTITY_STABLE, IDENTITY_PRECISE})


def test_the_mart_of_the_gate_itself_is_not_one_of_dbt() -> None:
    assert frozenset({"data_quality"}) == PYTHON_MARTS
