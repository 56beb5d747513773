"""What customers spend an order."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from ml.errors import ModelInputError, NotEnoughCustomersError, ParameterFormatError
from ml.lifetime_value.gamma_gamma_model import GammaGammaModel
from tests.support.cdnow import Cdnow


def frame(orders: object, amounts: object) -> pd.DataFrame:
    table = pd.DataFrame({"orders_count": orders, "mean_order_amount": amounts}, dtype=float)
    return table.set_index(pd.Index([f"cust_{i:05d}" for i in range(len(table))], name="customer_id"))


def spenders(n: int, p: float, q: float, gamma: float, *, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw customers of the model, and the mean that each of them really has."""
    rng = np.random.default_rng(seed)
    orders = rng.geometric(0.4, n)
    nu = rng.gamma(q, 1 / gamma, n)
    return frame(orders, rng.gamma(p * orders) / nu / orders), p / nu


def known(p: float, q: float, gamma: float) -> GammaGammaModel:
    model = GammaGammaModel()
    model.parameters_ = {"p": p, "q": q, "gamma": gamma}
    return model


@settings(max_examples=60, deadline=None)
@given(
    p=st.floats(0.1, 20), q=st.floats(1.1, 20), gamma=st.floats(0.1, 500),
    rows=st.lists(st.tuples(st.integers(1, 50), st.floats(0.01, 5_000)), min_size=1, max_size=10),
)  # fmt: skip
def test_the_likelihood_is_equation_1a_of_fader_and_hardie_2013(
    p: float, q: float, gamma: float, rows: list[tuple[int, float]]
) -> None:
    x, z = np.array(rows).T
    density = (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
        + (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * z)
    )  # fmt: skip
    assert known(p, q, gamma).log_likelihood(frame(x, z)) == pytest.approx(density.sum(), rel=1e-8, abs=1e-7)


def test_gradient_and_second_derivatives_are_those_of_the_value() -> None:
    from ml.lifetime_value.gamma_gamma_model import _Statistics

    statistics = _Statistics(np.array([1.0, 1.0, 3.0, 60.0]), np.array([9.0, 30.0, 14.0, 25.0]))
    position, step = np.log([2.0, 3.0, 10.0]), 1e-5
    here = statistics.evaluate(position)
    pairs = [(statistics.evaluate(position + step * u), statistics.evaluate(position - step * u)) for u in np.eye(3)]
    slope = [(more.value - less.value) / (2 * step) for more, less in pairs]
    bend = [(more.gradient - less.gradient) / (2 * step) for more, less in pairs]
    np.testing.assert_allclose(here.gradient, slope, rtol=1e-7)
    np.testing.assert_allclose(here.hessian, bend, rtol=1e-7)


class TestSimulatedSpenders:
    @pytest.fixture(scope="class")
    def told(self) -> tuple[GammaGammaModel, pd.DataFrame, np.ndarray]:
        people, truth = spenders(30_000, 4.0, 3.5, 20.0, seed=1)
        return GammaGammaModel(sample_size=2_000).fit(people), people, truth

    def test_parameters_are_found_within_their_standard_errors(
        self, told: tuple[GammaGammaModel, pd.DataFrame, np.ndarray]
    ) -> None:
        model, *_ = told
        for name, value in {"p": 4.0, "q": 3.5, "gamma": 20.0}.items():
            assert abs(model.parameters_[name] - value) < 3.5 * model.standard_errors_[name]
            assert model.standard_errors_[name] < 0.1 * value

    def test_expected_values_are_the_means_that_customers_really_have(
        self, told: tuple[GammaGammaModel, pd.DataFrame, np.ndarray]
    ) -> None:
        model, people, truth = told
        expected = model.expected_order_value(people)
        tenth = pd.qcut(pd.Series(expected), 10, labels=False)
        groups = pd.DataFrame({"expected": expected, "true": truth}).groupby(tenth)
        assert ((groups["expected"].mean() - groups["true"].mean()).abs() < 4 * groups["true"].sem()).all()
        # Drawn towards the whole, they are nearer than each customer's own mean.
        assert np.mean((expected - truth) ** 2) < 0.8 * np.mean((people["mean_order_amount"] - truth) ** 2)


def test_the_more_orders_the_more_the_own_mean_counts() -> None:
    model = known(6.25, 3.74, 15.44)
    values = model.expected_order_value(frame([0, 1, 5, 1_000_000], [math.nan, 100.0, 100.0, 100.0]))
    assert values[0] == pytest.approx(model.mean_order_value())
    assert (np.diff(values) > 0).all()
    assert values[-1] == pytest.approx(100, rel=1e-4)


def test_rows_in_another_order_give_the_same_model_to_the_last_bit(cdnow: Cdnow) -> None:
    mixed = cdnow.amounts.sample(frac=1, random_state=1)
    one, other = GammaGammaModel(sample_size=300).fit(cdnow.amounts), GammaGammaModel(sample_size=300).fit(mixed)
    assert json.dumps(one.to_parameters()) == json.dumps(other.to_parameters())


@pytest.mark.parametrize("factor", [1e-6, 1e9])
def test_the_currency_changes_gamma_and_nothing_else(cdnow: Cdnow, factor: float) -> None:
    plain = GammaGammaModel().fit(cdnow.amounts)
    scaled = GammaGammaModel().fit(
        cdnow.amounts.assign(mean_order_amount=lambda people: people["mean_order_amount"] * factor)
    )
    assert scaled.parameters_["p"] == pytest.approx(plain.parameters_["p"], rel=1e-6)
    assert scaled.parameters_["gamma"] == pytest.approx(plain.parameters_["gamma"] * factor, rel=1e-6)
    assert scaled.log_likelihood_ == pytest.approx(plain.log_likelihood_ - 946 * math.log(factor), rel=1e-9)


class TestEdges:
    @pytest.mark.parametrize("rows", [([3], [20.0]), ([1] * 30, [10.0] * 30)], ids=["one_customer", "all_the_same"])
    def test_customers_who_do_not_differ_leave_parameters_undetermined_and_say_so(
        self, rows: tuple[list[int], list[float]]
    ) -> None:
        model = GammaGammaModel().fit(frame(*rows))
        assert model.undetermined_
        assert model.expected_order_value(frame(*rows)) == pytest.approx(rows[1][0], rel=0.02)

    def test_amounts_without_a_finite_mean_end_at_the_bound_of_q_and_say_so(self) -> None:
        people, _ = spenders(3_000, 4.0, 0.6, 20.0, seed=2)
        model = GammaGammaModel().fit(people)
        assert model.parameters_["q"] == pytest.approx(1.01)
        assert "q" in model.undetermined_
        assert math.isfinite(model.mean_order_value())

    def test_nobody_with_an_order_is_an_error_of_its_own(self) -> None:
        with pytest.raises(NotEnoughCustomersError):
            GammaGammaModel().fit(frame([0, 0], [math.nan, math.nan]))

    @pytest.mark.parametrize("row", [(1, 0.0), (2, -5.0), (1, math.nan), (1.5, 10.0), (-1, 10.0)])
    def test_rows_that_cannot_be_are_named(self, row: tuple[float, float]) -> None:
        with pytest.raises(ModelInputError) as caught:
            GammaGammaModel().fit(frame(*zip((1, 10.0), row, strict=True)))
        assert "cust_00001" in caught.value.found


def test_a_model_comes_back_from_json_as_it_was(cdnow: Cdnow) -> None:
    model = GammaGammaModel().fit(cdnow.amounts)
    document = json.loads(json.dumps(model.to_parameters(), allow_nan=False))
    again = GammaGammaModel.from_parameters(document)
    assert again.to_parameters() == model.to_parameters()
    assert (again.expected_order_value(cdnow.amounts) == model.expected_order_value(cdnow.amounts)).all()
    with pytest.raises(ParameterFormatError):
        GammaGammaModel.from_parameters({**document, "format": "tessera.beta_geo_model"})
