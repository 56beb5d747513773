"""The forecasters of demand: one series each, against published figures and against what series of shops are like."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.demand.forecaster import Forecaster
from ml.demand.recent_mean import RecentMean
from ml.demand.seasonal_growth import SeasonalGrowth
from ml.demand.seasonal_naive import SeasonalNaive
from ml.demand.theta_forecaster import ThetaForecaster
from ml.errors import ModelInputError, NotEnoughHistoryError

# Box & Jenkins: monthly international airline passengers in thousands, 1949 to 1960.
AIR_PASSENGERS = np.array(
    [
        *(112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118),
        *(115, 126, 141, 135, 125, 149, 170, 170, 158, 133, 114, 140),
        *(145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166),
        *(171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194),
        *(196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201),
        *(204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229),
        *(242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278),
        *(284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306),
        *(315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336),
        *(340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337),
        *(360, 342, 406, 396, 420, 472, 548, 559, 463, 407, 362, 405),
        *(417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432),
    ],
    dtype=np.float64,
)
FORECASTERS: tuple[type[Forecaster], ...] = (RecentMean, SeasonalNaive, SeasonalGrowth, ThetaForecaster)
SERIES = st.lists(st.integers(0, 10_000), min_size=13, max_size=40).map(
    lambda values: np.array(values, dtype=np.float64)
)


def test_theta_is_as_far_off_the_air_passengers_as_was_published() -> None:
    known, later = AIR_PASSENGERS[:108], AIR_PASSENGERS[108:]
    model = ThetaForecaster().fit(known)
    expected = model.forecast(36)
    symmetric = float(np.mean(2 * np.abs(later - expected) / (np.abs(later) + np.abs(expected))))
    # sktime's README gives .08661 for its Theta on this split; it also estimates the level to begin with.
    assert symmetric == pytest.approx(0.08661, abs=0.002)
    assert model.is_seasonal_


def test_theta_expects_growth_and_the_season_of_the_air_passengers() -> None:
    expected = ThetaForecaster().fit(AIR_PASSENGERS).forecast(24)
    assert np.argmax(expected[:12]) == 6
    assert (expected[12:] > expected[:12]).all()


def test_theta_needs_two_years_to_see_a_season() -> None:
    assert not ThetaForecaster().fit(AIR_PASSENGERS[:23]).is_seasonal_
    steady = np.tile(np.array([10.0, 20.0, 40.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 30.0, 60.0]), 3)
    assert ThetaForecaster().fit(steady).is_seasonal_


def test_last_years_month_is_expected_again_and_again() -> None:
    expected = SeasonalNaive().fit(AIR_PASSENGERS).forecast(14)
    assert expected.tolist() == [*AIR_PASSENGERS[-12:].tolist(), *AIR_PASSENGERS[-12:-10].tolist()]


def test_last_years_month_grows_as_the_last_three_months_did() -> None:
    known = np.array([100.0] * 9 + [50.0, 60.0, 90.0] + [100.0] * 9 + [80.0, 90.0, 130.0])
    model = SeasonalGrowth().fit(known)
    assert model.growth_ == 300 / 200
    assert model.forecast(12).tolist() == [150.0] * 9 + [120.0, 135.0, 195.0]


def test_a_category_that_had_hardly_begun_does_not_grow_without_end() -> None:
    assert SeasonalGrowth().fit(np.array([1.0] * 12 + [400.0] * 6)).growth_ == 3
    assert SeasonalGrowth().fit(np.array([0.0] * 12 + [400.0] * 6)).growth_ == 1
    assert SeasonalGrowth().fit(np.array([400.0] * 12 + [1.0] * 6)).growth_ == pytest.approx(1 / 3)


def test_with_little_history_the_last_months_go_on() -> None:
    assert RecentMean().fit(np.array([100.0, 7.0, 8.0, 9.0])).forecast(2).tolist() == [8, 8]
    assert RecentMean().fit(np.array([5.0])).forecast(1).tolist() == [5]


@pytest.mark.parametrize("forecaster", FORECASTERS)
@settings(max_examples=25, deadline=None)
@given(known=SERIES)
def test_never_less_than_nothing_and_always_a_number(forecaster: type[Forecaster], known: np.ndarray) -> None:
    expected = forecaster().fit(known).forecast(7)
    assert expected.shape == (7,)
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()


@pytest.mark.parametrize("forecaster", FORECASTERS)
@pytest.mark.parametrize("amount", [0.0, 12.0])
def test_what_never_changes_goes_on_for_ever(forecaster: type[Forecaster], amount: float) -> None:
    assert forecaster().fit(np.full(30, amount)).forecast(6).tolist() == [amount] * 6


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_the_same_series_gives_the_same_parameters(forecaster: type[Forecaster]) -> None:
    first, second = (json.dumps(forecaster().fit(AIR_PASSENGERS).to_parameters()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("forecaster", FORECASTERS)
@pytest.mark.parametrize("spoiled", [np.nan, np.inf, -1.0])
def test_a_series_with_a_hole_is_refused(forecaster: type[Forecaster], spoiled: float) -> None:
    known = np.full(30, 5.0)
    known[3] = spoiled
    with pytest.raises(ModelInputError, match="the series cannot be used"):
        forecaster().fit(known)


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_a_series_that_is_too_short_is_refused(forecaster: type[Forecaster]) -> None:
    with pytest.raises(NotEnoughHistoryError, match=f"at least {forecaster.fewest} periods"):
        forecaster().fit(np.full(forecaster.fewest - 1, 5.0))
