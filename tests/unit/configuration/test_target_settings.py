"""A target names a result of a segment that exists, in its unit, once; everything else is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.target_settings import kpi_units
from orchestration.errors import TesseraError
from tests.support.deployments import line_of, write_config

CUSTOM = """custom_schemes:
  tea:
    description: Who drinks?
    rules: [{segment: drinkers, when: {order_count: "> 3"}}]
    otherwise: others
"""


def load(folder: Path, *targets: str, more: str = ""):
    lines = "".join(f"  - {{{target}}}\n" for target in targets)
    config = write_config(folder, more=f"targets:\n{lines}{more}")
    return config, lambda: load_deployment(config, folder / "home")


def test_targets_reach_dbt_with_their_defaults(tmp_path: Path) -> None:
    _, loaded = load(
        tmp_path,
        "kpi: nps, at_least: 30",
        "scheme: rfm, segment: loyal, kpi: period_retention_rate, period_kind: quarter, at_least: 0.8, at_most: 0.9",
        "scheme: clusters, segment: whatever_is_found, kpi: nps, at_least: 10",
        "scheme: tea, segment: drinkers, kpi: refund_share, at_most: 0.1",
        more=CUSTOM,
    )
    targets = loaded().dbt_vars["kpi_targets"]
    asked = ("scheme", "segment", "period_kind", "at_least", "at_most")
    assert [targets[0][key] for key in asked] == ["all", "all", "month", 30, None]
    assert [target["period_kind"] for target in targets] == ["month", "quarter", "month", "month"]


@pytest.mark.parametrize(
    ("target", "told", "fix"),
    [
        ("kpi: retention_rate, at_least: 0.5", "there is no result 'retention_rate'", "period_retention_rate"),
        ("scheme: rmf, kpi: nps, at_least: 5", "there is no scheme 'rmf'", "did you mean rfm?"),
        ("scheme: rfm, segment: champs, kpi: nps, at_least: 5", "there is no segment of rfm 'champs'", "champions"),
        ("scheme: tea, segment: drinker, kpi: nps, at_least: 5", "no segment of tea 'drinker'", "drinkers"),
        ("kpi: period_retention_rate, at_least: 85", "period_retention_rate is a share", "divide by 100"),
    ],
)
def test_what_does_not_exist_is_told_with_its_line(tmp_path: Path, target: str, told: str, fix: str) -> None:
    config, loaded = load(tmp_path, target, more=CUSTOM)
    with pytest.raises(TesseraError) as caught:
        loaded()
    assert f"{config} line {line_of(config, target)}: target 1" in caught.value.what
    assert told in caught.value.what
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("kpi: nps", "write at_least or at_most"),
        ("kpi: nps, at_least: 5, at_most: 4", "nothing is at least 5 and at most 4"),
        ("kpi: nps, at_least: '5'", "write a number"),
        ("kpi: nps, at_least: true", "write a number"),
        ("kpi: nps, at_least: .nan", "finite number"),
        ("kpi: nps, at_least: 5, period_kind: week", "'month', 'quarter' or 'year'"),
        ("kpi: nps, atleast: 5", "there is no such key"),
    ],
)
def test_what_cannot_be_a_target_is_told(tmp_path: Path, target: str, told: str) -> None:
    _, loaded = load(tmp_path, target)
    with pytest.raises(TesseraError) as caught:
        loaded()
    assert told in caught.value.found


def test_the_same_target_twice_is_refused(tmp_path: Path) -> None:
    _, loaded = load(tmp_path, "kpi: nps, at_least: 5", "kpi: nps, at_most: 50")
    with pytest.raises(TesseraError, match="target 2 is there twice"):
        loaded()


def test_without_targets_there_are_none(tmp_path: Path) -> None:
    assert load_deployment(write_config(tmp_path), tmp_path / "home").dbt_vars["kpi_targets"] == []


def test_every_result_of_the_catalogue_has_a_unit() -> None:
    assert set(kpi_units().values()) == {"share", "amount", "points", "score"}
