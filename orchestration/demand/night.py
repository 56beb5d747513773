"""One night's demand: months in, tables out.

Belongs here: the order of the steps, and what is told of them. Does not belong here: Dagster, each step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import duckdb
import pandas as pd
import pyarrow as pa

from ml.demand.demand_forecast import ALL, JUDGED, DemandForecast, forecast_all
from ml.demand.forecast_metrics import interval_factor
from ml.demand.rolling_origin import OriginRule
from orchestration.demand.months import Series, last_whole_month, months_after, series_of
from orchestration.demand.tables import TABLES

# What a level of forecasts is called in tables.
_LEVELS = {JUDGED: "category"}
_TOO_SHORT = "short_category"


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is written of a night's demand.

    Attributes:
        tables: Rows by table.
        status: ``warn`` where the published forecasts of categories together are off in one direction by more than they
            may, ``not_available`` where none could be judged.
        detail: The same in words.
    """

    tables: Mapping[str, pa.Table]
    status: Literal["pass", "warn", "not_available"]
    detail: str


def foresee_demand(connection: duckdb.DuckDBPyConnection, *, tonight: dt.date, thresholds: Mapping[str, Any]) -> Demand:
    """Forecast the demand of every category; tables without rows where nothing was sold for a whole month.

    Args:
        connection: The warehouse with the features.
        tonight: The night.
        thresholds: Those of ``dbt_project.yml``, with the deployment's own.
    """
    months = connection.execute(
        "select category_code, cast(unit_count as double) as unit_count, first_sale_date, month_date "
        "from features.int_purchases__category_months order by category_code, month_date"
    ).fetchdf()
    series = series_of(months, tonight=tonight)
    horizon = int(thresholds["demand_horizon_months"])
    last = last_whole_month(tonight)
    # The month of tonight, if it is not over, and those of the horizon.
    is_under_way = months_after(last, 1) == tonight.replace(day=1)
    found = forecast_all(
        {code: each.units for code, each in series.items()},
        OriginRule(steps=horizon),
        ahead=horizon + int(is_under_way),
    )
    factor = service_factor(float(thresholds["demand_service_level"]))
    rows = {
        "ml_demand__forecasts": _forecast_rows(found, series, service=factor, tonight=tonight, last=last),
        "ml_demand__backtest": _backtest_rows(found, tonight=tonight),
        "ml_demand__errors": _error_rows(found, series, tonight=tonight),
        "ml_demand__seasons": _season_rows(found, series, tonight=tonight),
    }
    status, detail = is_unbiased(found.metrics, most=float(thresholds["demand_maximum_bias_share"]))
    return Demand(
        tables={name: pa.Table.from_pylist(list(rows[name]), schema=schema) for name, schema in TABLES.items()},
        status=status,
        detail=detail,
    )


def service_factor(level: float) -> float:
    """Return how many standard deviations of the error have to be held for a service level.

    The quantile of the normal distribution (Silver, Pyke & Thomas, Inventory and Production Management in Supply
    Chains, 4th edition, 6.7); below a half nothing is held beyond what is expected.

    Args:
        level: Chance that what is held is enough, 0 to less than 1.
    """
    return NormalDist().inv_cdf(max(0.5, level))


def is_unbiased(metrics: pd.DataFrame, *, most: float) -> tuple[Literal["pass", "warn", "not_available"], str]:
    """Say whether the published forecasts of all categories together were off in one direction.

    Args:
        metrics: Of a :class:`DemandForecast`.
        most: Share of the units by which they may be off.
    """
    told = metrics[
        (metrics["series"] == ALL)
        & metrics["is_published"].astype(bool)
        & (metrics["metric"] == "bias_share")
        & metrics["value"].notna()
    ].sort_values("level")
    if told.empty:
        return "not_available", "no forecast could be tried on months that are over"
    row = told.iloc[0]
    bias = float(row["value"])
    words = "too much" if bias > 0 else "too little"
    detail = (
        f"{row['method']} expected {abs(bias):.1%} {words} of {row['n']} months; up to {most:.0%} is taken for chance"
    )
    return ("warn" if abs(bias) > most else "pass"), detail


def _forecast_rows(
    found: DemandForecast, series: Mapping[str, Series], *, service: float, tonight: dt.date, last: dt.date
) -> Iterable[dict[str, Any]]:
    this_month = tonight.replace(day=1)
    for row in found.forecasts.to_dict("records"):
        month = months_after(last, row["step"])
        so_far = series[row["series"]].units_so_far if month == this_month else 0.0
        yield {
            "category_code": row["series"],
            "method": row["method"],
            "reason": row["reason"],
            "months_ahead": row["step"],
            # What was sold already will not be less.
            "expected_units_count": max(row["expected"], so_far),
            "spread_units_count": _or_none(row["spread"]),
            "interval_factor": interval_factor(),
            "service_factor": service,
            "is_next_month": month == months_after(this_month, 1),
            "last_whole_month_date": last,
            "month_date": month,
            "as_of_date": tonight,
        }


def _backtest_rows(found: DemandForecast, *, tonight: dt.date) -> Iterable[dict[str, Any]]:
    for row in found.metrics.to_dict("records"):
        yield {
            "level": _LEVELS.get(row["level"], _TOO_SHORT),
            "category_code": row["series"],
            "method": row["method"],
            "metric": row["metric"],
            "reason": row["reason"],
            "metric_value": _or_none(row["value"]),
            "forecasts_count": row["n"],
            "origins_count": row["origins"],
            "is_published": bool(row["is_published"]),
            "as_of_date": tonight,
        }


def _error_rows(found: DemandForecast, series: Mapping[str, Series], *, tonight: dt.date) -> Iterable[dict[str, Any]]:
    published = found.forecasts.drop_duplicates("series").set_index("series")["method"]
    for row in found.errors.to_dict("records"):
        if row["method"] == published[row["series"]]:
            months = series[row["series"]]
            yield {
                "category_code": row["series"],
                "method": row["method"],
                "months_ahead": row["step"],
                "expected_units_count": row["expected"],
                "actual_units_count": row["actual"],
                "origin_date": months.month_of(row["origin"] - 1),
                "month_date": months.month_of(row["origin"] + row["step"] - 1),
                "as_of_date": tonight,
            }


def _season_rows(found: DemandForecast, series: Mapping[str, Series], *, tonight: dt.date) -> Iterable[dict[str, Any]]:
    for row in found.seasons.to_dict("records"):
        yield {
            "category_code": row["series"],
            "calendar_month": series[row["series"]].month_of(row["place"]).month,
            "seasonal_index": row["season"],
            "as_of_date": tonight,
        }


def _or_none(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
