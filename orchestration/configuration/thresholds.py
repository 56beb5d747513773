"""Thresholds: their defaults in ``dbt_project.yml`` and the deployment's overrides.

Belongs here: which thresholds exist and whether an override fits. Does not belong here: what they mean.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from data_contracts.quick_yaml import read_quick_yaml
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT

# Worked out from other settings, or part of the names of columns, so not for a person to set here.
_DERIVED = frozenset(
    {
        "sources_on",
        "staging_models",
        "schemes",
        "catalog_schemes",
        "model_schemes",
        "derived_schemes",
        "bounded_schemes",
        "scheme_status",
        "custom_schemes",
        "combined_pair",
        "demand_schemes",
        "treatment_policy",
        "campaigns",
        "audience_campaigns",
        "kpi_targets",
        "base_currency",
        "history_code",
        "identity_matching",
        "default_country",
        "source_priority",
        "outcome_horizon_days",
        "attitude_constructs",
    }
)

# Dividing by them or counting back by them needs at least one.
AT_LEAST_ONE = frozenset(
    {
        "rfm_window_days",
        "response_window_days",
        "experiment_covariate_days",
        "lifecycle_reference_gap_days",
        "trait_prior_customers",
        "demand_horizon_months",
        "demand_share_months",
        "demand_share_prior_units",
        "audience_minimum_customers",
        "audience_fatigue_contacts",
        "audience_fatigue_days",
        "channel_preference_half_life_days",
        "engagement_window_days",
        "engagement_half_life_days",
        "engagement_half_score_points",
        "engagement_channel_half_life_days",
    }
)
# What is greater has no meaning: nothing that is held is always enough, forecasts beyond two years and shares of
# segments beyond the year that is looked at say nothing.
MOST: dict[str, float] = {"demand_service_level": 0.999, "demand_horizon_months": 24, "demand_share_months": 12}
# Limits that mean something only in this order.
RISING = (
    ("lifecycle_active_days", "lifecycle_cooling_days", "lifecycle_at_risk_days", "lifecycle_highly_at_risk_days"),
    (
        "lifecycle_highly_at_risk_return_share",
        "lifecycle_at_risk_return_share",
        "lifecycle_cooling_return_share",
        "lifecycle_active_return_share",
    ),
    ("lifecycle_minimum_scale", "lifecycle_maximum_scale"),
    ("demographic_mature_years", "demographic_senior_years"),
    ("firmographic_micro_employees_count", "firmographic_small_employees_count", "firmographic_medium_employees_count"),
    ("firmographic_micro_revenue_amount", "firmographic_small_revenue_amount", "firmographic_medium_revenue_amount"),
    ("product_preference_weakest_prior", "product_preference_strongest_prior"),
    (
        "digital_adoption_innovator_share",
        "digital_adoption_early_adopter_share",
        "digital_adoption_early_majority_share",
        "digital_adoption_late_majority_share",
    ),
    ("digital_adoption_store_first_share", "digital_adoption_digital_first_share"),
    ("delivery_need_express_after_late_share", "delivery_need_express_share"),
    ("engagement_high_click_days", "engagement_moderate_click_days", "engagement_disengaged_days"),
    ("engagement_high_purchase_days", "engagement_disengaged_days"),
    ("satisfaction_csat_neutral_share", "satisfaction_csat_satisfied_share"),
)


def default_thresholds() -> dict[str, Any]:
    """Return the thresholds that a deployment may override, with their defaults."""
    project = read_quick_yaml((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return {name: value for name, value in project["vars"].items() if name not in _DERIVED}


def check_thresholds(overrides: Mapping[str, Any], *, file: YamlFile) -> None:
    """Raise TesseraError on a threshold that does not exist, does not fit its default, or breaks an order of limits."""
    defaults = default_thresholds()
    for name, value in overrides.items():
        where = f"{file.path} line {file.line_of(['thresholds', name])}: thresholds.{name}"
        if name not in defaults:
            close = difflib.get_close_matches(name, defaults, n=1)
            raise TesseraError(
                f"{where} is not a threshold",
                expected=f"one of {', '.join(sorted(defaults))}",
                found=name,
                fix=f"did you mean {close[0]}?" if close else "remove the line or correct the name",
            )
        default = defaults[name]
        least = int(name in AT_LEAST_ONE)
        if not _fits(value, default, least=least, most=_most(name)):
            raise TesseraError(
                f"{where} does not fit",
                expected=(
                    f"{len(default)} rising whole numbers from 0{_to(_most(name))}, such as {default}"
                    if isinstance(default, list)
                    else f"a {'whole number' if isinstance(default, int) else 'number'} from {least}"
                    f"{_to(_most(name))}, such as the default {default}"
                ),
                found=repr(value),
                fix="write a value of that form or remove the line",
            )
    _check_orders(overrides, defaults, file=file)


def _check_orders(overrides: Mapping[str, Any], defaults: Mapping[str, Any], *, file: YamlFile) -> None:
    in_force = {**defaults, **overrides}
    for names in RISING:
        for lower, higher in pairwise(names):
            changed = higher if higher in overrides else lower
            if changed in overrides and in_force[lower] > in_force[higher]:
                raise TesseraError(
                    f"{file.path} line {file.line_of(['thresholds', changed])}: thresholds.{changed} is out of order",
                    expected=" <= ".join(names),
                    found=f"{lower} {in_force[lower]}, {higher} {in_force[higher]}",
                    fix="change the others of them as well, or this one back",
                )


def _most(name: str) -> float | None:
    """The greatest value that a threshold's unit allows."""
    return MOST.get(name, {"share": 1, "percents": 100}.get(name.rsplit("_", 1)[-1]))


def _to(most: float | None) -> str:
    return "" if most is None else f" to {most}"


def _fits(value: Any, default: Any, *, least: int, most: float | None) -> bool:
    if isinstance(default, list):
        rising = isinstance(value, list) and value == sorted(set(value)) and len(value) == len(default)
        return rising and value[0] >= 0 and (most is None or value[-1] <= most)
    # 60.0 for 60 would end up in the name of a column.
    if not isinstance(value, int if isinstance(default, int) else (int, float)):
        return False
    return value >= least and (most is None or value <= most)
