"""Features are the described columns of the feature families, and a name says which one is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_contracts.physical_types import parse_physical_type
from orchestration.configuration.feature_catalog import KEYS, feature_catalog, feature_columns
from orchestration.errors import TesseraError

FAMILIES = """\
models:
  - name: feat_customers__a
    columns:
      - {name: customer_id, data_type: varchar}
      - {name: order_count, data_type: bigint}
      - {name: visited_at, data_type: timestamp}
      - {name: favourites, data_type: "varchar[]"}
      - {name: as_of_date, data_type: date}
  - name: int_customers__as_of
    columns:
      - {name: is_tonight, data_type: boolean}
"""


def test_the_features_of_the_project_have_names_of_their_own_and_known_types() -> None:
    catalog = feature_catalog()
    assert catalog["order_days_90d_count"].table == "feat_customers__purchases"
    assert catalog["country"].type.family == "text"
    # Beside a family stand these dates, whose columns a rule's SQL must not confuse with features.
    assert not {"is_tonight", "boundaries_set_date", "previous_boundaries_set_date", "previous_as_of_date"} & set(
        catalog
    )


def test_every_column_of_a_family_is_described_with_its_type() -> None:
    lacking = [(family, column["name"]) for family, column in feature_columns() if "data_type" not in column]
    assert lacking == []
    for _, column in feature_columns():
        assert parse_physical_type(column["data_type"]).text == column["data_type"]
        assert column.get("description", "").strip(), column["name"]


def test_keys_other_models_and_types_without_conditions_are_no_features(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(FAMILIES, encoding="utf-8")
    assert set(feature_catalog(tmp_path)) == {"order_count"}


def test_one_name_in_two_families_is_an_error_that_names_both(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(FAMILIES, encoding="utf-8")
    (tmp_path / "b.yml").write_text(FAMILIES.replace("customers__a", "customers__b"), encoding="utf-8")
    with pytest.raises(TesseraError) as caught:
        feature_catalog(tmp_path)
    assert caught.value.found == "order_count in feat_customers__a and in feat_customers__b"
    assert {"customer_id", "as_of_date"} == KEYS


@pytest.mark.parametrize(
    ("name", "kind", "never_negative"),
    [
        ("order_count", "bigint", True),
        ("days_since_last_order", "bigint", True),
        ("discount_share", "double", True),
        ("net_revenue_amount", "decimal(18,4)", False),
        ("last_order_date", "date", False),
    ],
)
def test_what_is_counted_begins_at_nothing(tmp_path: Path, name: str, kind: str, never_negative: bool) -> None:
    text = f"models:\n  - name: feat_customers__a\n    columns: [{{name: {name}, data_type: '{kind}'}}]\n"
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    assert feature_catalog(tmp_path)[name].is_never_negative is never_negative
