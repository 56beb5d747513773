"""A threshold can be overridden by a value of its own kind, and by nothing else."""

from __future__ import annotations

import difflib
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.thresholds import AT_LEAST_ONE, RISING, check_thresholds, default_thresholds
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError
from tests.support.deployments import line_of, write_config

DEFAULTS = default_thresholds()
# Those with rules of their own beyond "a whole number from 0" have their own tests below.
OWN_RULES = AT_LEAST_ONE | {name for names in RISING for name in names}
WHOLE = sorted(name for name, default in DEFAULTS.items() if isinstance(default, int) and name not in OWN_RULES)
NOWHERE = YamlFile(path=Path("tessera.yml"), content={}, _root=None)


def load(folder: Path, name: str, value: str):
    config = write_config(folder, more=f"thresholds:\n  # why\n  {name}: {value}\n")
    return config, lambda: load_deployment(config, folder / "home")


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_threshold_is_accepted_at_its_own_default(tmp_path: Path, name: str) -> None:
    _, loaded = load(tmp_path, name, json.dumps(DEFAULTS[name]))
    assert loaded().settings.thresholds == {name: DEFAULTS[name]}
    assert type(loaded().settings.thresholds[name]) is type(DEFAULTS[name])


@pytest.mark.parametrize("name", ["sources_on", "staging_models", "schemes", "base_currency"])
def test_what_is_worked_out_is_no_threshold(name: str) -> None:
    with pytest.raises(TesseraError, match="is not a threshold"):
        check_thresholds({name: 1}, file=NOWHERE)


def test_a_misspelt_threshold_is_refused_with_a_suggestion_and_its_line(tmp_path: Path) -> None:
    config, loaded = load(tmp_path, "new_customers_days", "30")
    with pytest.raises(TesseraError) as caught:
        loaded()
    assert f"{config} line {line_of(config, 'new_customers_days')}: " in caught.value.what
    assert caught.value.fix == "did you mean new_customer_days?"
    assert "rfm_window_days" in caught.value.expected


def test_a_name_like_no_threshold_is_refused_without_a_guess() -> None:
    assert not difflib.get_close_matches("zzzz", DEFAULTS)
    with pytest.raises(TesseraError) as caught:
        check_thresholds({"zzzz": 1}, file=NOWHERE)
    assert "did you mean" not in caught.value.fix


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("new_customer_days", "true"),
        ("new_customer_days", "no"),
        ("new_customer_days", "'60'"),
        ("new_customer_days", "60.5"),
        ("new_customer_days", "60.0"),
        ("new_customer_days", "-1"),
        ("new_customer_days", "[60]"),
        ("new_customer_days", "{a: 1}"),
        ("new_customer_days", ""),
        ("lifecycle_maximum_scale", "-0.5"),
        ("lifecycle_maximum_scale", ".inf"),
        ("lifecycle_maximum_scale", ".nan"),
        ("lifecycle_maximum_scale", "true"),
        ("default_margin_share", "1.5"),
        ("default_margin_share", "30"),
        ("rfm_frequency_bands", "3"),
        ("rfm_frequency_bands", "[]"),
        ("rfm_frequency_bands", "[1, 2, 3, 4]"),
        ("rfm_frequency_bands", "[1, 2, 3, 4, 7, 9]"),
        ("rfm_frequency_bands", "[1, 2, 3, 7, 4]"),
        ("rfm_frequency_bands", "[1, 2, 3, 4, 4]"),
        ("rfm_frequency_bands", "[-1, 2, 3, 4, 7]"),
        ("rfm_frequency_bands", "[true, 2, 3, 4, 7]"),
        ("rfm_frequency_bands", "[1, 2, 3, 4, 7.5]"),
        ("value_tier_percents", "[1, 5, 10, 25, 101]"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_line(tmp_path: Path, name: str, value: str) -> None:
    config, loaded = load(tmp_path, name, value)
    with pytest.raises(TesseraError) as caught:
        loaded()
    assert f"line {line_of(config, name)}: thresholds.{name}" in caught.value.what + caught.value.found


@settings(max_examples=80, deadline=None)
@given(name=st.sampled_from(WHOLE), value=st.integers(-100, 10_000))
def test_whole_number_thresholds_take_every_whole_number_from_0(name: str, value: int) -> None:
    if value >= 0:
        check_thresholds({name: value}, file=NOWHERE)
    else:
        with pytest.raises(TesseraError, match="does not fit"):
            check_thresholds({name: value}, file=NOWHERE)


@settings(max_examples=80, deadline=None)
@given(bands=st.lists(st.integers(0, 12), min_size=3, max_size=7))
def test_bands_are_accepted_exactly_when_they_rise_and_are_as_many_as_the_default(bands: list[int]) -> None:
    fits = len(bands) == 5 and all(low < high for low, high in pairwise(bands))
    if fits:
        check_thresholds({"rfm_frequency_bands": bands}, file=NOWHERE)
    else:
        with pytest.raises(TesseraError, match="rising whole numbers"):
            check_thresholds({"rfm_frequency_bands": bands}, file=NOWHERE)


@pytest.mark.parametrize(
    ("overrides", "changed"),
    [
        ({"lifecycle_active_days": 121}, "lifecycle_active_days"),
        ({"lifecycle_highly_at_risk_days": 179}, "lifecycle_highly_at_risk_days"),
        ({"lifecycle_minimum_scale": 7.0}, "lifecycle_minimum_scale"),
        ({"demographic_mature_years": 66}, "demographic_mature_years"),
        ({"firmographic_small_employees_count": 9}, "firmographic_small_employees_count"),
        ({"firmographic_medium_revenue_amount": 9_000_000}, "firmographic_medium_revenue_amount"),
        ({"engagement_high_click_days": 91}, "engagement_high_click_days"),
        ({"engagement_high_purchase_days": 181}, "engagement_high_purchase_days"),
        ({"satisfaction_csat_neutral_share": 0.8}, "satisfaction_csat_neutral_share"),
    ],
)
def test_limits_out_of_order_are_refused_naming_the_one_that_was_changed(overrides: dict, changed: str) -> None:
    with pytest.raises(TesseraError, match=f"{changed} is out of order"):
        check_thresholds(overrides, file=NOWHERE)


def test_limits_may_all_move_together() -> None:
    names = ["active", "cooling", "at_risk", "highly_at_risk"]
    check_thresholds({f"lifecycle_{name}_days": 300 + i for i, name in enumerate(names)}, file=NOWHERE)


@pytest.mark.parametrize("name", sorted(AT_LEAST_ONE))
def test_a_span_of_no_days_is_refused(name: str) -> None:
    with pytest.raises(TesseraError, match="does not fit"):
        check_thresholds({name: 0}, file=NOWHERE)
