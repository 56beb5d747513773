"""Marts are what their outbound contracts say, and segments what the catalogue says: both ways."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import product
from typing import Any

import pytest

from data_contracts.render import stale_files
from data_contracts.table_properties import CANONICAL_ENTITIES
from orchestration.configuration.deployment import Deployment
from orchestration.configuration.schemes import catalogued_schemes
from orchestration.demand.tables import TABLES as DEMAND_TABLES
from orchestration.found_segments.catalogue import FOUND_SCHEMES
from orchestration.gate.expectations import PYTHON_MARTS
from orchestration.prediction.tables import TABLES as PREDICTION_TABLES
from orchestration.repository import DBT_PROJECT, ROOT, SCHEME_CATALOG, SEGMENT_CATALOG
from orchestration.uplift.tables import TABLES as UPLIFT_TABLES


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CATALOG = rows_of(SEGMENT_CATALOG)
RFM_MAP = rows_of(DBT_PROJECT / "seeds" / "rfm_map.csv")
SCHEME_ROWS = rows_of(SCHEME_CATALOG)
SCHEMES = [row["scheme"] for row in SCHEME_ROWS]
MODEL_SCHEMES = {row["scheme"] for row in SCHEME_ROWS if row["method"] == "model"}


class TestMarts:
    @pytest.fixture(scope="class")
    def marts(self, models: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        return {name: model for name, model in models.items() if model["schema"] == "marts"}

    def test_each_mart_has_a_contract_and_each_contract_a_mart(self, marts, deployment: Deployment) -> None:
        by_dbt = {name for name, contract in deployment.outbound.items() if contract.rules.produced_by == "dbt"}
        assert by_dbt == set(marts)

    def test_the_marts_that_python_writes_are_those_whose_contract_says_so(self, deployment: Deployment) -> None:
        by_python = {name for name, contract in deployment.outbound.items() if contract.rules.produced_by != "dbt"}
        assert by_python == PYTHON_MARTS

    def test_dbt_enforces_every_contract(self, marts) -> None:
        assert [name for name, mart in marts.items() if not mart["contract"]["enforced"]] == []

    def test_columns_and_types_are_those_of_the_contract_in_its_order(self, marts, deployment: Deployment) -> None:
        for name, mart in marts.items():
            built = [(column["name"], column["data_type"].lower()) for column in mart["columns"].values()]
            agreed = [(column.name, column.physical_type.lower()) for column in deployment.outbound[name].columns]
            assert built == agreed, name

    def test_required_columns_are_required_by_dbt_too(self, marts, deployment: Deployment) -> None:
        for name, mart in marts.items():
            not_null = {
                column["name"]
                for column in mart["columns"].values()
                if any(constraint["type"] == "not_null" for constraint in column["constraints"])
            }
            assert not_null == {column.name for column in deployment.outbound[name].columns if column.required}, name

    def test_no_column_that_tells_who_a_person_is_leaves_identity(
        self, models: dict[str, dict[str, Any]], deployment: Deployment
    ) -> None:
        inbound = [column for contract in deployment.inbound.values() for column in contract.columns]
        personal = {column.name for column in inbound if column.is_personal}
        assert {"email", "phone", "last_name", "birth_date"} <= personal
        for name, contract in deployment.outbound.items():
            assert [column.name for column in contract.columns if column.is_personal] == [], name
            assert personal & set(contract.column_names) == set(), name
        for name, model in models.items():
            if model["schema"] in {"features", "segmentations", "treatments", "marts"}:
                assert personal & set(model["columns"]) == set(), name

    def test_every_generated_file_is_up_to_date(self) -> None:
        assert stale_files(ROOT) == [], "make render, and commit the result"


class TestCatalogue:
    def test_each_scheme_has_its_model_and_each_model_its_scheme(self, models: dict[str, dict[str, Any]]) -> None:
        built = {name.removeprefix("seg_customers__") for name in models if name.startswith("seg_customers__")}
        # One model for all schemes that tessera.yml writes, which are in no catalogue of the project.
        assert built == {*SCHEMES, "custom"}

    def test_every_scheme_has_segments_and_every_segment_its_scheme(self) -> None:
        assert len(set(SCHEMES)) == len(SCHEMES)
        assert {row["scheme"] for row in CATALOG} == set(SCHEMES)

    def test_what_the_scheme_catalogue_says_can_be_understood(self) -> None:
        known = set(CANONICAL_ENTITIES)
        for scheme in catalogued_schemes():
            assert scheme.method in {"rule", "model"}, scheme.name
            assert scheme.segments in {"fixed", "derived", "found"}, scheme.name
            assert {entity for group in scheme.requires for entity in group} <= known, scheme.name
        assert [row for row in SCHEME_ROWS if not all(value.strip() for value in row.values())] == []
        assert [row for row in SCHEME_ROWS if not row["question"].endswith("?")] == []

    def test_segments_that_follow_from_the_data_have_their_model(self, models: dict[str, dict[str, Any]]) -> None:
        derived = {f"int_segments__{row['scheme']}" for row in SCHEME_ROWS if row["segments"] == "derived"}
        assert {name for name in models if name.startswith("int_segments__")} == derived

    def test_only_schemes_of_the_catalogue_list_boundaries(self, models: dict[str, dict[str, Any]]) -> None:
        listed = {name.removeprefix("int_boundaries__") for name in models if name.startswith("int_boundaries__")}
        assert listed
        assert listed <= set(SCHEMES)

    def test_the_schemes_of_estimators_have_their_tables_their_builds_and_their_checks(
        self, manifest: dict[str, Any]
    ) -> None:
        tables = {source["name"] for source in manifest["sources"].values() if source["source_name"] == "ml"}
        of_schemes = {f"ml_{kind}__{scheme}" for kind in ("customers", "segments") for scheme in MODEL_SCHEMES}
        assert tables == of_schemes | set(DEMAND_TABLES) | set(PREDICTION_TABLES) | set(UPLIFT_TABLES)
        assert set(FOUND_SCHEMES) == MODEL_SCHEMES

    def test_a_segment_is_there_once(self) -> None:
        counts = Counter((row["scheme"], row["segment_code"]) for row in CATALOG)
        assert [key for key, count in counts.items() if count > 1] == []

    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_segments_have_codes_names_and_an_order_of_their_own(self, scheme: str) -> None:
        rows = [row for row in CATALOG if row["scheme"] == scheme]
        assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", row["segment_code"]) for row in rows)
        for column in ("display_order", "segment_name"):
            assert len({row[column] for row in rows}) == len(rows), column
        assert all(int(row["display_order"]) > 0 for row in rows)
        assert all(row["description"].strip() and row["owner"].strip() for row in rows)

    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_every_scheme_knows_the_unknown_last(self, scheme: str) -> None:
        rows = sorted((row for row in CATALOG if row["scheme"] == scheme), key=lambda row: int(row["display_order"]))
        assert rows[-1]["segment_code"] == "unknown"

    def test_colours_are_hexadecimal(self) -> None:
        assert [row for row in CATALOG if not re.fullmatch(r"#[0-9a-f]{6}", row["colour"])] == []

    def test_the_rfm_map_has_each_of_its_25_cells_once_and_leads_to_catalogued_segments(self) -> None:
        cells = [(int(row["recency_score"]), int(row["frequency_score"])) for row in RFM_MAP]
        assert sorted(cells) == list(product(range(1, 6), repeat=2))
        codes = {row["segment_code"] for row in CATALOG if row["scheme"] == "rfm"}
        assert {row["segment_code"] for row in RFM_MAP} <= codes

    def test_every_catalogued_code_of_a_rule_can_be_given(self, models: dict[str, dict[str, Any]]) -> None:
        macros = "\n".join(path.read_text(encoding="utf-8") for path in (DBT_PROJECT / "macros").glob("*.sql"))
        mapped = {row["segment_code"] for row in RFM_MAP}
        for row in CATALOG:
            # The model's unknown comes from the common step for customers that a scheme says nothing about.
            if row["scheme"] not in MODEL_SCHEMES and row["segment_code"] not in mapped | {"unknown"}:
                code = models[f"seg_customers__{row['scheme']}"]["raw_code"] + macros
                assert f"'{row['segment_code']}'" in code, row
