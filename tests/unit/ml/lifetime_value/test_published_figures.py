"""Figures that were published on the CDNOW sample: 39 weeks to learn from, 39 to forecast, times in weeks.

FHL 2005 is Fader, Hardie & Lee, "Counting your customers the easy way", Marketing Science 24 (2); FH 2013 is Fader &
Hardie, "The Gamma-Gamma model of monetary value".
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.gamma_gamma_model import GammaGammaModel
from ml.lifetime_value.modified_beta_geo_model import ModifiedBetaGeoModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel
from ml.lifetime_value.tracking import expected_cumulative_orders
from tests.support.cdnow import Cdnow

WEEKS_39 = 273


@pytest.fixture(scope="module")
def models(cdnow: Cdnow) -> dict[type[BuyingModel], BuyingModel]:
    kinds = (BetaGeoModel, ModifiedBetaGeoModel, ParetoNbdModel)
    return {kind: kind(time_unit_days=7).fit(cdnow.histories) for kind in kinds}


def one_customer(orders: int, last_weeks: float, age_weeks: float) -> pd.DataFrame:
    columns = ["repeat_orders_count", "first_to_last_order_days", "age_days"]
    return pd.DataFrame([[orders, last_weeks * 7, age_weeks * 7]], index=["customer"], columns=columns)


def test_the_sample_is_the_one_of_the_papers(cdnow: Cdnow) -> None:
    assert len(cdnow.histories) == 2_357
    assert (cdnow.histories["repeat_orders_count"] > 0).sum() == 946


@pytest.mark.parametrize(
    ("kind", "published", "log_likelihood"),
    [
        (BetaGeoModel, {"r": (0.243, 3), "alpha": (4.414, 3), "a": (0.793, 3), "b": (2.426, 3)}, -9582.4),
        (ParetoNbdModel, {"r": (0.553, 3), "alpha": (10.58, 2), "s": (0.606, 3), "beta": (11.67, 2)}, -9595.0),
    ],
    ids=["bg_nbd", "pareto_nbd"],
)
def test_fhl_2005_estimates_and_log_likelihood(
    models: dict[type[BuyingModel], BuyingModel],
    kind: type[BuyingModel],
    published: dict[str, tuple[float, int]],
    log_likelihood: float,
) -> None:
    model = models[kind]
    assert {name: round(model.parameters_[name], places) for name, (_, places) in published.items()} == {
        name: value for name, (value, _) in published.items()
    }
    assert round(model.log_likelihood_, 1) == log_likelihood
    assert (model.is_converged_, model.undetermined_, model.customers_) == (True, (), 2_357)


def test_btydplus_estimates_of_the_modified_model(models: dict[type[BuyingModel], BuyingModel]) -> None:
    # As the R package BTYDplus prints them.
    found = {name: round(value, 3) for name, value in models[ModifiedBetaGeoModel].parameters_.items()}
    assert found == {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}


def test_excel_note_on_bg_nbd_expects_1_226_orders_of_its_customer(
    models: dict[type[BuyingModel], BuyingModel],
) -> None:
    # Fader, Hardie & Lee (2005), "Implementing the BG/NBD model for customer base analysis in Excel": x = 2,
    # t_x = 30.43, T = 38.86 weeks, the next 39 weeks.
    expected = models[BetaGeoModel].conditional_expected_orders(one_customer(2, 30.43, 38.86), horizon_days=WEEKS_39)
    assert expected[0] == pytest.approx(1.226, abs=0.0005)


def test_btyd_walkthrough_on_pareto_nbd_for_a_year_and_for_customer_1516(
    models: dict[type[BuyingModel], BuyingModel],
) -> None:
    # McCarthy & Wadsworth (2014), "Buy 'til you die - a walkthrough".
    model = models[ParetoNbdModel]
    assert model.expected_orders(7 * 52.0).item() == pytest.approx(1.4734, abs=0.0002)
    customer = one_customer(26, 30.86, 31.0)
    assert model.p_alive(customer)[0] == pytest.approx(0.9979, abs=0.0001)
    assert model.conditional_expected_orders(customer, horizon_days=7 * 52)[0] == pytest.approx(25.46, abs=0.01)


def test_expected_orders_of_bg_nbd_as_kept_by_lifetimes(models: dict[type[BuyingModel], BuyingModel]) -> None:
    # From the tests of the package lifetimes, for the published estimates.
    weeks = np.array([0.1429, 1.0, 3.0, 31.8571, 32.0, 78.0])
    found = models[BetaGeoModel].expected_orders(7 * weeks)
    np.testing.assert_allclose(found, [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], atol=6e-4)


@pytest.mark.parametrize(
    ("kind", "at_week_78", "on_average"), [(BetaGeoModel, 0.04, 0.027), (ParetoNbdModel, 0.02, 0.015)]
)
def test_fhl_2005_cumulative_orders_of_weeks_40_to_78_are_underforecast_by_4_and_2_percent(
    cdnow: Cdnow,
    models: dict[type[BuyingModel], BuyingModel],
    kind: type[BuyingModel],
    at_week_78: float,
    on_average: float,
) -> None:
    curve = expected_cumulative_orders(models[kind], cdnow.histories["age_days"], beyond_days=WEEKS_39 + 1)
    counted = np.array([(cdnow.repeat_days <= end).sum() for end in curve.index])
    error = curve.to_numpy() / counted - 1
    assert len(curve) == 78
    assert abs(error[38]) < 0.03
    assert error[77] == pytest.approx(-at_week_78, abs=0.006)
    assert np.abs(error[39:]).mean() < on_average


@pytest.mark.parametrize(("kind", "correlation"), [(BetaGeoModel, 0.624), (ParetoNbdModel, 0.630)])
def test_fhl_2005_correlation_of_forecast_and_actual_orders(
    cdnow: Cdnow, models: dict[type[BuyingModel], BuyingModel], kind: type[BuyingModel], correlation: float
) -> None:
    expected = models[kind].conditional_expected_orders(cdnow.histories, horizon_days=WEEKS_39)
    assert np.corrcoef(expected, cdnow.later_orders)[0, 1] == pytest.approx(correlation, abs=0.003)


def test_fhl_2005_correlation_of_the_two_models_forecasts(
    cdnow: Cdnow, models: dict[type[BuyingModel], BuyingModel]
) -> None:
    one, other = (
        models[kind].conditional_expected_orders(cdnow.histories, horizon_days=WEEKS_39)
        for kind in (BetaGeoModel, ParetoNbdModel)
    )
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.996, abs=0.001)


@pytest.mark.parametrize("kind", [BetaGeoModel, ParetoNbdModel])
def test_fhl_2005_conditional_expectations_follow_the_orders_before(
    cdnow: Cdnow, models: dict[type[BuyingModel], BuyingModel], kind: type[BuyingModel]
) -> None:
    before = cdnow.histories["repeat_orders_count"].clip(upper=7)
    expected = pd.Series(models[kind].conditional_expected_orders(cdnow.histories, horizon_days=WEEKS_39), before.index)
    forecast, actual = expected.groupby(before).mean(), cdnow.later_orders.groupby(before).mean()
    assert forecast.is_monotonic_increasing
    # Measured: at most .37 orders in a group (BG/NBD, four orders), .11 over all customers (Pareto/NBD).
    assert (forecast - actual).abs().max() < 0.4
    assert np.average(abs(forecast - actual), weights=before.value_counts().sort_index()) < 0.11


class TestGammaGamma:
    @pytest.fixture(scope="class")
    def model(self, cdnow: Cdnow) -> GammaGammaModel:
        return GammaGammaModel().fit(cdnow.amounts)

    def test_fh_2013_estimates_on_946_repeat_customers(self, model: GammaGammaModel) -> None:
        assert model.customers_ == 946
        assert {name: round(value, 2) for name, value in model.parameters_.items()} == {
            "p": 6.25, "q": 3.74, "gamma": 15.44
        }  # fmt: skip

    def test_fh_2013_mean_of_all_and_of_customer_1(self, model: GammaGammaModel) -> None:
        # Customer 1 spent 22.35 on average in two repeat orders; the mean of all is 35.
        customer = pd.DataFrame({"orders_count": [2.0], "mean_order_amount": [22.35]}, index=["1"])
        assert model.mean_order_value() == pytest.approx(35.17, abs=0.05)
        assert model.expected_order_value(customer)[0] == pytest.approx(24.66, abs=0.01)

    def test_fhl_2005_correlation_of_amount_and_orders(self, model: GammaGammaModel) -> None:
        assert model.correlation_ == pytest.approx(0.11, abs=0.005)
