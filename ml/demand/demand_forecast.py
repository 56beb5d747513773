"""The forecasts of many series: each method judged by rolling origin, the best one used, and why.

Belongs here: ``forecast_all``, which is handed series and returns forecasts, errors and metrics. Does not belong here:
a method, a metric, calendars.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.tsa.seasonal import seasonal_decompose
from threadpoolctl import threadpool_limits

from ml.demand import forecast_metrics
from ml.demand.forecaster import YEAR, Forecaster
from ml.demand.recent_mean import RecentMean
from ml.demand.rolling_origin import ERROR_COLUMNS, Maker, OriginRule, error_scale, rolling_errors
from ml.demand.seasonal_growth import SeasonalGrowth
from ml.demand.seasonal_naive import SeasonalNaive
from ml.demand.theta_forecaster import ThetaForecaster

# The simplest first.
MAKERS: Mapping[str, Maker] = {
    RecentMean.name: RecentMean,
    SeasonalNaive.name: SeasonalNaive,
    SeasonalGrowth.name: SeasonalGrowth,
    ThetaForecaster.name: ThetaForecaster,
}
METHODS = tuple(MAKERS)
SIMPLE = RecentMean.name
IN_WORDS = {
    RecentMean.name: "the mean of the last three months",
    SeasonalNaive.name: "the same month of last year",
    SeasonalGrowth.name: "the same month of last year times the growth of the last three",
    ThetaForecaster.name: "the Theta method",
}
# Which series a row of metrics speaks of.
JUDGED, TOO_SHORT = "judged", "too_short"
# No code of a series has a space.
ALL = "all categories"


@dataclass(frozen=True, kw_only=True)
class DemandForecast:
    """What is expected of every series, and what that is worth.

    Attributes:
        forecasts: One row per series and step: ``series``, ``method``, ``reason``, ``step``, ``expected`` and
            ``spread`` (root mean square of the errors of that step, in the series' units; missing without errors).
        errors: The errors of every method, with the columns of ``ERROR_COLUMNS``.
        metrics: One row per level (``judged``, ``too_short``), series (:data:`ALL` for all together), method and
            metric: ``value``, ``n`` errors, ``origins``, ``is_published`` and ``reason``.
        seasons: One row per series of two years and more and place in the year (0 is the month of the series' first
            period): ``season``, how many times as much as in the usual month.
    """

    forecasts: pd.DataFrame
    errors: pd.DataFrame
    metrics: pd.DataFrame
    seasons: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    method: str
    reason: str


def forecast_all(series: Mapping[str, np.ndarray], rule: OriginRule, *, ahead: int) -> DemandForecast:
    """Judge the methods on all series together, and forecast each series with the best one.

    One method for all: a series alone has too few errors to tell methods apart by. A series that is too short to be
    judged, or of which nothing was sold for a year, is expected to go on as in its last months.

    Args:
        series: Amounts by period, oldest first, none below 0, by the name of the series; at least one period each.
        rule: Which origins methods are judged from.
        ahead: Periods to forecast.

    Returns:
        Forecasts, errors and metrics, in the order of the names.

    Raises:
        ModelInputError: A series has a value that is missing or below 0.
    """
    # The arrays are so small that several threads only wait for each other.
    with threadpool_limits(limits=1):
        return _forecast_all(series, rule, ahead=ahead)


def _forecast_all(series: Mapping[str, np.ndarray], rule: OriginRule, *, ahead: int) -> DemandForecast:
    names = sorted(series)
    judged = [name for name in names if len(series[name]) >= rule.judged_from]
    errors = pd.concat(
        [pd.DataFrame(columns=list(ERROR_COLUMNS)), *(_errors_of(name, series[name], rule) for name in names)]
    ).reset_index(drop=True)
    metrics, forecasts = [], []
    for level, members in ((JUDGED, judged), (TOO_SHORT, sorted(set(names) - set(judged)))):
        own = errors[errors["series"].isin(members)].copy()
        is_judged = level == JUDGED and bool(members)
        usual = _best(own, len(members)) if is_judged else _Chosen(method=SIMPLE, reason=_too_short(rule))
        by_method = dict(list(own.groupby("method", sort=True)))
        own["is_held"] = pd.concat([pd.Series(dtype=np.float64), *map(forecast_metrics.held, by_method.values())])
        metrics += _metric_rows(level, own, usual)
        spreads = {method: forecast_metrics.spread_by_step(rows) for method, rows in by_method.items()}
        scales = own.drop_duplicates("series").set_index("series")["scale"]
        for name in members:
            chosen = _chosen(series[name], usual)
            spread = _spread(spreads.get(chosen.method), scales.get(name), ahead)
            forecasts.append(_forecast(name, series[name], chosen, spread))
    return DemandForecast(
        forecasts=_stacked(forecasts, ("series", "method", "reason", "step", "expected", "spread")),
        errors=errors,
        metrics=pd.DataFrame(
            metrics, columns=["level", "series", "method", "metric", "value", "n", "origins", "is_published", "reason"]
        ),
        seasons=_stacked([_seasons(name, series[name]) for name in names], ("series", "place", "season")),
    )


def _errors_of(name: str, y: np.ndarray, rule: OriginRule) -> pd.DataFrame:
    is_judged = len(y) >= rule.judged_from
    return rolling_errors(
        name,
        np.asarray(y, dtype=np.float64),
        MAKERS if is_judged else {SIMPLE: MAKERS[SIMPLE]},
        origins=rule.origins(len(y)) if is_judged else rule.short_origins(len(y)),
        steps=rule.steps,
        scale=error_scale(np.asarray(y, dtype=np.float64), is_seasonal=is_judged),
    )


def _best(errors: pd.DataFrame, n_series: int) -> _Chosen:
    """Choose the method with the least mean absolute scaled error of all series together; of equals the simplest."""
    found = {
        method: forecast_metrics.mean_absolute_scaled_error(errors[errors["method"] == method]) for method in METHODS
    }
    # Not a number where nothing ever varies: then all are right.
    method = min(METHODS, key=lambda each: math.inf if math.isnan(found[each]) else found[each])
    against = "; ".join(f"{IN_WORDS[other]} {found[other]:.3f}" for other in METHODS if other != method)
    return _Chosen(
        method=method,
        reason=f"Over {errors['origin'].nunique()} origins and {n_series} categories {IN_WORDS[method]} has the least "
        f"mean absolute scaled error, {found[method]:.3f} ({against}).",
    )


def _chosen(y: np.ndarray, usual: _Chosen) -> _Chosen:
    if len(y) >= YEAR and not np.any(y[-YEAR:]):
        return _Chosen(method=SIMPLE, reason="Nothing was sold in the last twelve months.")
    return usual


def _too_short(rule: OriginRule) -> str:
    return (
        f"Fewer than {rule.judged_from} whole months: too few to tell a season from chance or to judge a method; "
        f"expected is {IN_WORDS[SIMPLE]}."
    )


def _spread(by_step: pd.Series | None, scale: float | None, ahead: int) -> np.ndarray:
    """Return the spread of the errors of each step in the series' units, shape (ahead,); missing without errors."""
    if by_step is None or scale is None or not len(by_step):
        return np.full(ahead, np.nan)
    # Beyond the steps that were judged the widest is all there is to say.
    return by_step.reindex(np.arange(1, ahead + 1)).ffill().to_numpy() * float(scale)


def _forecast(name: str, y: np.ndarray, chosen: _Chosen, spread: np.ndarray) -> pd.DataFrame:
    model: Forecaster = MAKERS[chosen.method]().fit(y)
    return pd.DataFrame(
        {
            "series": name,
            "method": chosen.method,
            "reason": chosen.reason,
            "step": np.arange(1, len(spread) + 1),
            "expected": model.forecast(len(spread)),
            "spread": spread,
        }
    )


def _metric_rows(level: str, errors: pd.DataFrame, chosen: _Chosen) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    groups = [(ALL, errors), *errors.groupby("series", sort=True)] if len(errors) else []
    for name, of_series in groups:
        for method, of_method in of_series.groupby("method", sort=True):
            is_published = method == chosen.method
            for metric in forecast_metrics.METRICS:
                value = getattr(forecast_metrics, metric)(of_method)
                reason = chosen.reason if is_published else f"Not published: {chosen.reason}"
                n_origins = int(of_method["origin"].nunique())
                told = None if math.isnan(value) else value
                rows.append((level, name, method, metric, told, len(of_method), n_origins, is_published, reason))
    return rows


def _seasons(name: str, y: np.ndarray) -> pd.DataFrame:
    """Seasonal indices by classical multiplicative decomposition, the mean of the year being 1.

    Ratio to the centred moving average of a year (Hyndman & Athanasopoulos, 3.4), which takes growth out.
    """
    if len(y) < 2 * YEAR or not (np.asarray(y) > 0).all():
        return pd.DataFrame()
    season = seasonal_decompose(y, model="multiplicative", period=YEAR).seasonal[:YEAR]
    return pd.DataFrame({"series": name, "place": np.arange(YEAR), "season": season})


def _stacked(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled).reset_index(drop=True) if filled else pd.DataFrame(columns=list(columns))
