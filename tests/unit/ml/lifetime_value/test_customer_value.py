"""Expected value per customer, and the curve of all orders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError
from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.customer_value import expected_customer_value
from ml.lifetime_value.gamma_gamma_model import GammaGammaModel
from ml.lifetime_value.tracking import expected_cumulative_orders
from tests.support.cdnow import Cdnow


@pytest.fixture(scope="module")
def buying(cdnow: Cdnow) -> BetaGeoModel:
    return BetaGeoModel().fit(cdnow.histories)


@pytest.fixture(scope="module")
def spending(cdnow: Cdnow) -> GammaGammaModel:
    return GammaGammaModel().fit(cdnow.amounts)


class TestExpectedCustomerValue:
    def test_the_value_is_the_product_of_its_factors(
        self, cdnow: Cdnow, buying: BetaGeoModel, spending: GammaGammaModel
    ) -> None:
        found = expected_customer_value(buying, spending, cdnow.histories, cdnow.amounts)
        assert list(found.index) == list(cdnow.histories.index)
        product = found["discounted_orders"] * found["expected_order_amount"]
        np.testing.assert_array_equal(found["discounted_amount"], product)
        np.testing.assert_array_equal(found["p_return"], buying.p_return(cdnow.histories, horizon_days=365))
        # Ten per cent a year on orders that come within it cost about a twentieth.
        share = found["discounted_orders"].sum() / found["expected_orders"].sum()
        assert share == pytest.approx(0.957, abs=0.004)

    def test_amounts_are_matched_by_customer_and_not_by_place(
        self, cdnow: Cdnow, buying: BetaGeoModel, spending: GammaGammaModel
    ) -> None:
        turned = cdnow.amounts.iloc[::-1]
        one = expected_customer_value(buying, spending, cdnow.histories, cdnow.amounts, horizon_days=90)
        other = expected_customer_value(buying, spending, cdnow.histories, turned, horizon_days=90)
        pd.testing.assert_frame_equal(one, other)

    def test_other_customers_in_the_two_tables_are_refused(
        self, cdnow: Cdnow, buying: BetaGeoModel, spending: GammaGammaModel
    ) -> None:
        for amounts in (cdnow.amounts.iloc[1:], cdnow.amounts.rename(index={cdnow.amounts.index[0]: -1})):
            with pytest.raises(ModelInputError, match="other customers"):
                expected_customer_value(buying, spending, cdnow.histories, amounts)


class TestTracking:
    def test_every_customer_counts_from_the_own_first_order(self, buying: BetaGeoModel) -> None:
        curve = expected_cumulative_orders(buying, pd.Series([21.0, 21.0, 7.0, 0.0]), beyond_days=7)
        assert curve.index.tolist() == [7.0, 14.0, 21.0, 28.0]
        week, two, three, four = buying.expected_orders(np.array([7.0, 14.0, 21.0, 28.0]))
        np.testing.assert_allclose(curve, [2 * week, 2 * two, 2 * three + week, 2 * four + two + week])

    @pytest.mark.parametrize(
        ("ages", "options"),
        [([], {}), ([1.0, np.nan], {}), ([-1.0], {}), ([5.0], {"step_days": 0.0}), ([5.0], {"beyond_days": -1.0})],
    )
    def test_ages_and_steps_that_cannot_be_are_refused(
        self, buying: BetaGeoModel, ages: list[float], options: dict[str, float]
    ) -> None:
        with pytest.raises(ModelInputError, match="ages or steps"):
            expected_cumulative_orders(buying, pd.Series(ages, dtype=float), **options)
