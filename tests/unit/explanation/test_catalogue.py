"""Rules in words, with the thresholds in force."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.explanation.catalogue import filled, read_catalogue
from tests.support.deployments import write_config


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("within {days} days", "within 60 days"),
        ("at least {share:%} of it", "at least 7% of it"),
        ("at least {small_share:%} of it", "at least 12.5% of it"),
        ("bands {bands}", "bands 1, 2, 3"),
        ("{nobody_knows} stays, and {} too", "{nobody_knows} stays, and {} too"),
        ("", None),
        (None, None),
    ],
)
def test_thresholds_are_filled_in(rule: str | None, told: str | None) -> None:
    assert filled(rule, {"days": 60, "share": 0.07, "small_share": 0.125, "bands": [1, 2, 3]}) == told


def test_a_deployments_own_threshold_stands_in_the_rule(tmp_path: Path) -> None:
    deployment = load_deployment(write_config(tmp_path, more="thresholds:\n  new_customer_days: 45\n"), tmp_path)
    segments = read_catalogue(deployment, None).segments
    assert segments["rfm", "new"].rule == "R 5 and F 1, first order within 45 days"
    assert segments["rfm", "prospect"].rule == "no order in 365 days"


@pytest.mark.parametrize("column", ["", ", 'spends {rfm_window_days} x'  as rule"])
def test_segments_that_a_night_found_are_known_from_its_warehouse(tmp_path: Path, column: str) -> None:
    deployment = load_deployment(write_config(tmp_path), tmp_path)
    with duckdb.connect() as con:
        assert ("clusters", "c01") not in read_catalogue(deployment, con).segments
        con.execute(
            "create schema segmentations; create table segmentations.int_segmentations__catalog as "
            f"select 'clusters' as scheme, 'c01' as segment_code, 'Big baskets' as segment_name {column}"
        )
        catalogue = read_catalogue(deployment, con)
    assert catalogue.name_of("clusters", "c01") == "Big baskets"
    assert catalogue.segments["clusters", "c01"].rule == ("spends 365 x" if column else None)
    assert catalogue.name_of("clusters", "c99") == "c99"
    assert catalogue.scheme_names["rfm"] == "RFM"
