"""Which two schemes the scheme combined is made of."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.combined_pair import NO_PAIR, served_pair
from orchestration.configuration.deployment import load_deployment
from tests.support.deployments import CUSTOM_SCHEMES, write_config


def serve(home: Path, rows: str, *, table: str = "scheme_pairs") -> None:
    version = home / "published" / "v000001"
    version.mkdir(parents=True)
    with duckdb.connect(str(version / "marts.duckdb")) as marts:
        marts.execute(f"create table {table} as from (values {rows}) as pairs (first_scheme, second_scheme, is_chosen)")
    (home / "published" / "current").symlink_to("v000001", target_is_directory=True)


def test_it_is_what_the_served_version_has_chosen(tmp_path: Path) -> None:
    serve(tmp_path, "('geographic', 'rfm', false), ('lifecycle', 'rfm', true)")
    assert served_pair(tmp_path / "published") == ("lifecycle", "rfm")


def test_nothing_is_chosen_before_the_first_version_or_where_no_cross_earned_it(tmp_path: Path) -> None:
    assert served_pair(tmp_path / "published") == ()
    serve(tmp_path, "('geographic', 'rfm', false)")
    assert served_pair(tmp_path / "published") == ()


def test_a_version_from_before_there_were_crosses_or_a_damaged_one_chooses_nothing(tmp_path: Path) -> None:
    serve(tmp_path, "('lifecycle', 'rfm', true)", table="segmentation_schemes")
    assert served_pair(tmp_path / "published") == ()
    (tmp_path / "published" / "current" / "marts.duckdb").write_bytes(b"damaged")
    assert served_pair(tmp_path / "published") == ()


def test_a_deployment_builds_the_cross_and_tells_dbt(tmp_path: Path) -> None:
    serve(tmp_path / "home", "('lifecycle', 'rfm', true)")
    deployment = load_deployment(write_config(tmp_path), tmp_path / "home")
    assert deployment.dbt_vars["combined_pair"] == ["lifecycle", "rfm"]
    assert "combined" in deployment.schemes
    assert "combined" in deployment.derived_schemes


def test_a_scheme_of_tessera_yml_may_be_a_part(tmp_path: Path) -> None:
    serve(tmp_path / "home", "('luxury_skincare', 'rfm', true)")
    assert load_deployment(write_config(tmp_path, more=CUSTOM_SCHEMES), tmp_path / "home").combined_pair
    # Once it is no longer written, the cross is gone as well.
    assert not load_deployment(write_config(tmp_path), tmp_path / "home").combined_pair


@pytest.mark.parametrize(
    "pair",
    ["('lifecycle', 'engagement', true)", "('lifecycle', 'clusters', true)", "('combined', 'lifecycle', true)"],
    ids=["no_source", "a_model", "itself"],
)
def test_a_pair_of_which_one_cannot_be_a_part_is_none(tmp_path: Path, pair: str) -> None:
    serve(tmp_path / "home", pair)
    deployment = load_deployment(write_config(tmp_path), tmp_path / "home")
    assert deployment.dbt_vars["combined_pair"] == []
    (status,) = [status for status in deployment.scheme_status if status.scheme == "combined"]
    assert (status.status, status.reason) == ("not_available", NO_PAIR)


@pytest.mark.parametrize("off", ["lifecycle", "combined"])
def test_switching_a_part_or_the_cross_off_leaves_no_pair(tmp_path: Path, off: str) -> None:
    serve(tmp_path / "home", "('lifecycle', 'rfm', true)")
    deployment = load_deployment(write_config(tmp_path, more=f"schemes: {{{off}: false}}\n"), tmp_path / "home")
    assert deployment.combined_pair == ()
    assert "combined" not in deployment.schemes
