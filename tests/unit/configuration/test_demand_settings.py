"""The section demand of tessera.yml."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.errors import TesseraError
from tests.support.deployments import line_of, write_config


def refusal(config: Path) -> TesseraError:
    with pytest.raises(TesseraError) as caught:
        load_deployment(config, config.parent / "home")
    return caught.value


def asked(folder: Path, schemes: str, more: str = "") -> Path:
    # The files of sources only have to be named.
    return write_config(folder, more=f"demand:\n  schemes: {schemes}\n{more}")


def test_demand_is_told_by_value_tier_and_preference_unless_others_are_asked_for(tmp_path: Path) -> None:
    deployment = load_deployment(write_config(tmp_path), tmp_path / "home")
    assert deployment.settings.demand.schemes == ["value_tier", "product_preference"]
    # Without products nobody has a preference.
    assert deployment.demand_schemes == ("value_tier",)
    found = load_deployment(asked(tmp_path / "asked", "[rfm]"), tmp_path / "home")
    assert found.dbt_vars["demand_schemes"] == ["rfm"]


def test_a_scheme_that_is_not_built_is_left_out(tmp_path: Path) -> None:
    found = load_deployment(asked(tmp_path, "[rfm, lifecycle]", "schemes:\n  rfm: false\n"), tmp_path / "home")
    assert found.demand_schemes == ("lifecycle",)


def test_an_unknown_scheme_is_refused_with_a_suggestion_and_its_line(tmp_path: Path) -> None:
    config = asked(tmp_path, "[rfm, value_teir]")
    error = refusal(config)
    assert f"{config} line {line_of(config, 'value_teir')}: there is no scheme 'value_teir'" in error.what
    assert error.fix == "did you mean value_tier?"


@pytest.mark.parametrize(
    ("schemes", "told"),
    [("[rfm, rfm]", "rfm is named more than once"), ("[all]", "all is always told"), ("rfm", "valid list")],
)
def test_schemes_that_say_nothing_or_something_twice_are_refused(tmp_path: Path, schemes: str, told: str) -> None:
    config = asked(tmp_path, schemes)
    error = refusal(config)
    assert told in error.found
    assert "line" in error.found


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        ("demand_service_level: 1", "from 0 to 0.999"),
        ("demand_horizon_months: 0", "from 1 to 24"),
        ("demand_share_months: 13", "from 1 to 12"),
    ],
)
def test_thresholds_of_demand_have_limits(tmp_path: Path, threshold: str, told: str) -> None:
    error = refusal(write_config(tmp_path, more=f"thresholds:\n  {threshold}\n"))
    assert told in error.expected
