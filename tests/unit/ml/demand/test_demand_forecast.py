"""Forecasts of many series: judged by rolling origin, the best method taken for all, and why."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.demand import forecast_metrics
from ml.demand.demand_forecast import ALL, JUDGED, TOO_SHORT, DemandForecast, forecast_all
from ml.demand.rolling_origin import OriginRule, error_scale, rolling_errors
from ml.demand.seasonal_naive import SeasonalNaive

RULE = OriginRule(steps=6)
SEASON = np.array([0.7, 0.7, 0.9, 1.0, 1.1, 1.0, 0.8, 0.8, 1.0, 1.1, 1.6, 1.3])


def seasonal(n: int, *, level: float = 100.0, growth: float = 1.0, noise: float = 0.0, seed: int = 1) -> np.ndarray:
    """A series with the season above that grows by a factor a year."""
    months = np.arange(n)
    drawn = np.random.default_rng(seed).normal(1, noise, n)
    return np.maximum(0.0, level * SEASON[months % 12] * growth ** (months / 12) * drawn)


def metric(found: DemandForecast, name: str, method: str, *, level: str = JUDGED) -> float:
    rows = found.metrics.set_index(["level", "series", "method", "metric"])["value"]
    return float(rows[level, ALL, method, name])


def errors_of(expected: list[float], actual: list[float], *, scale: float = 10.0) -> pd.DataFrame:
    n = len(expected)
    return pd.DataFrame(
        {
            "series": "a",
            "method": "any",
            "origin": range(n),
            "step": 1,
            "expected": expected,
            "actual": actual,
            "scale": scale,
        }
    )


def test_errors_come_to_what_they_come_to_by_hand() -> None:
    errors = errors_of([10, 20, 30], [12, 16, 32])
    assert forecast_metrics.mean_absolute_scaled_error(errors) == pytest.approx((2 + 4 + 2) / 3 / 10)
    assert forecast_metrics.weighted_absolute_percentage_error(errors) == pytest.approx(8 / 60)
    assert forecast_metrics.bias_share(errors) == 0
    assert forecast_metrics.spread_by_step(errors).tolist() == [pytest.approx(math.sqrt((4 + 16 + 4) / 3) / 10)]


def test_an_interval_is_judged_by_the_errors_of_other_origins() -> None:
    # With its own error in it, an interval of one origin that is far off would be wide enough to hold it.
    told = forecast_metrics.held(errors_of([10, 10, 10, 10], [11, 9, 11, 90]))
    assert told.tolist() == [1, 1, 1, 0]
    assert forecast_metrics.held(errors_of([10], [11])).isna().all()


def test_an_interval_widens_with_the_steps_ahead_and_never_narrows() -> None:
    errors = pd.concat(
        [errors_of([10], [12]), errors_of([10], [30]).assign(step=2), errors_of([10], [11]).assign(step=3)]
    )
    assert forecast_metrics.spread_by_step(errors.reset_index(drop=True)).tolist() == [0.2, 2.0, 2.0]


def test_the_scale_is_how_far_months_lie_from_last_years() -> None:
    assert error_scale(seasonal(24, growth=1.0), is_seasonal=True) == 0
    assert error_scale(np.arange(24.0), is_seasonal=True) == 12
    assert error_scale(np.arange(24.0), is_seasonal=False) == 1
    assert error_scale(np.array([3.0]), is_seasonal=False) == 0


def test_origins_leave_a_year_before_them_and_all_steps_after() -> None:
    assert RULE.judged_from == 21
    assert list(RULE.origins(21)) == [13, 14, 15]
    assert list(RULE.origins(40)) == [29, 30, 31, 32, 33, 34]
    assert list(RULE.short_origins(2)) == []
    assert list(RULE.short_origins(12)) == [6, 7, 8, 9, 10, 11]


def test_no_forecast_sees_what_it_is_judged_by() -> None:
    y = seasonal(30, noise=0.1)
    spoiled = y.copy()
    spoiled[20:] = 1e6
    expected = [
        rolling_errors("a", each, {"naive": SeasonalNaive}, origins=range(20, 21), steps=6, scale=1)["expected"]
        for each in (y, spoiled)
    ]
    pd.testing.assert_series_equal(*expected)


def test_a_season_that_grows_is_foreseen_by_last_year_and_its_growth() -> None:
    found = forecast_all({f"c{n}": seasonal(24, growth=1.3, noise=0.03, seed=n) for n in range(4)}, RULE, ahead=6)
    assert set(found.forecasts["method"]) == {"seasonal_growth"}
    assert metric(found, "mean_absolute_scaled_error", "seasonal_growth") < 0.5
    assert metric(found, "mean_absolute_scaled_error", "seasonal_naive") == pytest.approx(1, abs=0.25)
    assert metric(found, "bias_share", "seasonal_naive") < -0.15
    assert found.forecasts["reason"].str.contains("has the least mean absolute scaled error").all()


def test_a_level_without_season_is_not_foreseen_by_last_year() -> None:
    walks = {f"c{n}": 500 + np.cumsum(np.random.default_rng(n).normal(0, 20, 40)) for n in range(6)}
    found = forecast_all({name: np.maximum(walk, 0) for name, walk in walks.items()}, RULE, ahead=6)
    assert set(found.forecasts["method"]) <= {"theta", "recent_mean"}


def test_the_published_method_is_the_one_with_the_least_error() -> None:
    found = forecast_all({f"c{n}": seasonal(36, noise=0.2, seed=n) for n in range(3)}, RULE, ahead=6)
    scaled = found.metrics.query("series == @ALL and metric == 'mean_absolute_scaled_error'").set_index("method")
    assert scaled["value"].idxmin() == scaled.index[scaled["is_published"]].item() == found.forecasts["method"].iloc[0]
    assert scaled["origins"].tolist() == [6] * 4
    assert scaled["n"].tolist() == [6 * 6 * 3] * 4


def test_intervals_hold_about_as_much_as_they_say() -> None:
    found = forecast_all({f"c{n:02}": seasonal(40, noise=0.1, seed=n) for n in range(12)}, RULE, ahead=6)
    published = found.forecasts["method"].iloc[0]
    assert 0.9 <= metric(found, "coverage_share", published) <= 0.99


def test_one_year_is_too_little_for_seasons_and_says_so() -> None:
    found = forecast_all({"a": seasonal(12, noise=0.05)}, RULE, ahead=6)
    assert set(found.forecasts["method"]) == {"recent_mean"}
    assert found.forecasts["reason"].str.startswith("Fewer than 21 whole months: too few to tell a season").all()
    assert found.forecasts["spread"].notna().all()
    assert set(found.metrics["level"]) == {TOO_SHORT}
    assert found.seasons.empty


def test_one_month_is_a_forecast_without_an_interval() -> None:
    found = forecast_all({"a": np.array([7.0])}, RULE, ahead=3)
    assert found.forecasts["expected"].tolist() == [7, 7, 7]
    assert found.forecasts["spread"].isna().all()
    assert found.metrics.empty


def test_what_nobody_has_bought_for_a_year_is_not_expected() -> None:
    ended = np.concatenate([seasonal(24), np.zeros(12)])
    found = forecast_all({"a": seasonal(36, noise=0.05), "ended": ended}, RULE, ahead=6)
    rows = found.forecasts[found.forecasts["series"] == "ended"]
    assert rows["expected"].tolist() == [0] * 6
    assert set(rows["reason"]) == {"Nothing was sold in the last twelve months."}


def test_nothing_sold_gives_nothing() -> None:
    found = forecast_all({}, RULE, ahead=6)
    assert [len(frame) for frame in (found.forecasts, found.errors, found.metrics, found.seasons)] == [0, 0, 0, 0]


def test_seasons_are_those_that_the_series_was_made_with() -> None:
    found = forecast_all({"a": seasonal(36, growth=1.2)}, RULE, ahead=6)
    assert found.seasons["season"].to_numpy() == pytest.approx(SEASON / SEASON.mean(), abs=0.02)


@settings(max_examples=8, deadline=None)
@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_series_does_not_matter(order: list[str]) -> None:
    series = {name: seasonal(26 if name < "d" else 15, noise=0.2, seed=ord(name)) for name in "abcd"}
    first = forecast_all(series, RULE, ahead=6)
    second = forecast_all({name: series[name] for name in order}, RULE, ahead=6)
    for table in ("forecasts", "errors", "metrics", "seasons"):
        pd.testing.assert_frame_equal(getattr(first, table), getattr(second, table), check_exact=True)


def test_an_interval_of_95_of_100_reaches_196_hundredths_of_the_spread() -> None:
    low, high = forecast_metrics.interval(np.array([100.0, 1.0]), np.array([10.0, 10.0]))
    assert low.tolist() == [pytest.approx(100 - NormalDist().inv_cdf(0.975) * 10), 0]
    assert high[0] == pytest.approx(119.6, abs=0.01)
