"""Buying models at the edges: data without a maximum, long histories, what is refused, and their documents."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from ml.errors import ModelInputError, NoRepeatOrdersError, NotEnoughCustomersError, ParameterFormatError
from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.modified_beta_geo_model import ModifiedBetaGeoModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel
from tests.support.buyers import MODELS, STORIES, TRUTHS, histories_frame, known_model, simulated
from tests.support.cdnow import Cdnow

every_model = pytest.mark.parametrize("kind", MODELS)


class TestEdges:
    @every_model
    def test_nobody_with_a_repeat_order_is_an_error_of_its_own(self, kind: type[BuyingModel]) -> None:
        with pytest.raises(NoRepeatOrdersError, match="no customer has ordered again"):
            kind().fit(histories_frame([0, 0], [0, 0], [30, 60]))

    @every_model
    def test_no_customer_is_an_error_of_its_own(self, kind: type[BuyingModel]) -> None:
        with pytest.raises(NotEnoughCustomersError):
            kind().fit(histories_frame([], [], []))

    @every_model
    @pytest.mark.parametrize(
        "rows",
        [([5], [80], [100]), ([3] * 50, [60] * 50, [90] * 50), ([1] * 9 + [0], [30] * 9 + [0], [30] * 9 + [1])],
        ids=["one_customer", "all_the_same", "all_bought_today"],
    )
    def test_customers_who_do_not_differ_leave_parameters_undetermined_and_say_so(
        self, kind: type[BuyingModel], rows: tuple[list[int], list[int], list[int]]
    ) -> None:
        model = kind().fit(histories_frame(*rows))
        assert model.undetermined_
        assert all(math.isnan(model.standard_errors_[name]) for name in model.undetermined_)
        back = model.p_return(histories_frame(*rows), horizon_days=30)
        assert ((back >= 0) & (back <= 1)).all()

    @pytest.mark.parametrize("kind", [BetaGeoModel, ModifiedBetaGeoModel])
    def test_customers_who_never_leave_give_no_leaving_and_say_that_it_is_not_determined(
        self, kind: type[BuyingModel]
    ) -> None:
        ages = np.random.default_rng(5).integers(30, 400, 3_000).astype(float)
        people = simulated("beta_geo", (0.8, 30.0, 1e-9, 1.0), ages, seed=6)
        model = kind().fit(people)
        assert set(model.undetermined_) & {"a", "b"}
        assert model.p_alive(people).mean() > 0.95
        assert model.parameters_["r"] == pytest.approx(0.8, abs=0.1)

    @every_model
    def test_long_and_busy_histories_stay_finite(self, kind: type[BuyingModel]) -> None:
        people = histories_frame(
            [3_000, 3_000, 5_000, 1, 1], [9_999, 1, 20_000, 1, 20_000], [10_000, 20_000, 20_000, 20_000, 20_000]
        )
        for parameters in (TRUTHS[kind], (0.1, 1.0, 1e-3, 50.0), (50.0, 0.5, 20.0, 0.05)):
            model = known_model(kind, parameters)
            alive, orders = model.p_alive(people), model.conditional_expected_orders(people, horizon_days=365)
            assert np.isfinite(alive).all()
            assert np.isfinite(orders).all()
            assert np.isfinite(model.log_likelihood(people))
            assert alive[1] < 1e-6
            # 3,000 orders in 10,000 days go on at their rate or end; they do not turn into more.
            assert 0 <= orders[0] <= 365 * 3_051 / 9_999
        assert known_model(kind, TRUTHS[kind]).p_alive(people)[2] > 0.99

    @every_model
    def test_decades_of_days_and_thousands_of_orders_can_be_learnt_from(self, kind: type[BuyingModel]) -> None:
        ages = np.random.default_rng(7).integers(1, 14_000, 400).astype(float)
        people = simulated(STORIES[kind], (0.7, 20.0, *TRUTHS[kind][2:]), ages, seed=8)
        rng = np.random.default_rng(9)
        busy = histories_frame(rng.integers(2_000, 4_000, 5), np.full(5, 13_900), np.full(5, 14_000))
        model = kind().fit(pd.concat([people, busy]))
        assert model.is_converged_
        assert np.isfinite(model.log_likelihood_)
        assert np.isfinite(list(model.parameters_.values())).all()

    @every_model
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ((-1, 0, 10), "not a whole number"),
            ((1.5, 5, 10), "not a whole number"),
            ((2, 11, 10), "outside of 0 to age_days"),
            ((2, -1, 10), "outside of 0 to age_days"),
            ((0, 5, 10), "above 0 without repeat orders"),
            ((1, 0, 40), "is 0 though there are repeat orders"),
            ((math.nan, 0, 10), "is missing"),
        ],
    )
    def test_histories_that_cannot_be_are_named(
        self, kind: type[BuyingModel], row: tuple[float, float, float], said: str
    ) -> None:
        people = histories_frame(*zip((1, 5, 10), row, strict=True))
        with pytest.raises(ModelInputError, match=said) as caught:
            kind().fit(people)
        assert "cust_0001" in caught.value.found

    @every_model
    @pytest.mark.parametrize("days", [-1.0, math.nan, math.inf])
    def test_horizons_that_cannot_be_are_refused(self, kind: type[BuyingModel], days: float) -> None:
        model = known_model(kind, TRUTHS[kind])
        with pytest.raises(ModelInputError, match="horizon"):
            model.p_return(histories_frame([1], [5], [10]), horizon_days=days)
        with pytest.raises(ModelInputError, match="horizon"):
            model.expected_orders(np.array([30.0, days]))

    @every_model
    def test_settings_and_rates_that_cannot_be_are_refused(self, kind: type[BuyingModel]) -> None:
        people = histories_frame([1, 0], [5, 0], [10, 10])
        for setting in ({"time_unit_days": 0.0}, {"sample_size": 0}):
            with pytest.raises(ModelInputError, match="setting"):
                kind(**setting).fit(people)
        with pytest.raises(ModelInputError, match="discount"):
            known_model(kind, TRUTHS[kind]).discounted_expected_orders(people, horizon_days=10, yearly_rate=-0.1)


class TestParameterDocument:
    @every_model
    def test_a_model_comes_back_from_json_as_it_was(self, kind: type[BuyingModel], cdnow: Cdnow) -> None:
        model = kind(time_unit_days=7).fit(cdnow.histories)
        again = kind.from_parameters(json.loads(json.dumps(model.to_parameters(), allow_nan=False)))
        assert again.to_parameters() == model.to_parameters()
        people = cdnow.histories
        assert (again.p_return(people, horizon_days=90) == model.p_return(people, horizon_days=90)).all()

    def test_an_unknown_standard_error_passes_through_json(self) -> None:
        model = BetaGeoModel().fit(histories_frame([5], [80], [100]))
        again = BetaGeoModel.from_parameters(json.loads(json.dumps(model.to_parameters(), allow_nan=False)))
        assert again.undetermined_ == model.undetermined_
        assert math.isnan(again.standard_errors_[model.undetermined_[0]])

    def test_documents_of_other_models_and_damaged_ones_are_refused(self, cdnow: Cdnow) -> None:
        document = BetaGeoModel().fit(cdnow.histories).to_parameters()
        with pytest.raises(ParameterFormatError, match="not its parameters"):
            ParetoNbdModel.from_parameters(document)
        with pytest.raises(ParameterFormatError, match="not its parameters"):
            BetaGeoModel.from_parameters({**document, "format_version": 2})
        for damage in ({"parameters": {"r": 1.0}}, {"parameters": {**document["parameters"], "r": -1.0}}):
            with pytest.raises(ParameterFormatError, match="damaged"):
                BetaGeoModel.from_parameters({**document, **damage})
