"""What holds for every model of buying, whatever its story."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln, hyp2f1

from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.histories import collapse
from ml.lifetime_value.modified_beta_geo_model import ModifiedBetaGeoModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel
from tests.support.buyers import MODELS, STORIES, TRUTHS, histories_frame, known_model, simulated
from tests.support.cdnow import Cdnow

every_model = pytest.mark.parametrize("kind", MODELS)

log_parameters = st.tuples(
    st.floats(-2.0, 2.5), st.floats(0.0, 6.0), st.floats(-2.0, 2.0), st.floats(-1.5, 5.0)
)  # fmt: skip


@st.composite
def some_histories(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A few histories on a coarse grid, so that some are equal."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from([0, 0, 1, 2, 3, 40]), st.integers(1, 8), st.integers(0, 4)),
            min_size=1, max_size=12,
        )
    )  # fmt: skip
    orders = np.array([row[0] for row in rows], dtype=float)
    last = np.array([row[1] * 20.0 for row in rows]) * (orders > 0)
    return orders, last, last + np.array([row[2] * 30.0 for row in rows])


def written_out(
    kind: type[BuyingModel], log: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray
) -> np.ndarray:
    """The log-likelihood of every customer as it stands in the papers, nothing collapsed."""
    r, alpha, third, fourth = np.exp(log)
    begin = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    if kind is ParetoNbdModel:
        # Fader & Hardie (2005), with its 2F1.
        s, beta = third, fourth
        high, low = max(alpha, beta), min(alpha, beta)
        second = s + 1 if alpha >= beta else r + x
        c = r + s + x
        difference = [
            np.log(hyp2f1(c, second, c + 1, (high - low) / (high + time))) - c * np.log(high + time)
            for time in (t_x, age)
        ]
        alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
        gone = difference[0] + np.log(np.maximum(-np.expm1(difference[1] - difference[0]), 1e-300)) + np.log(s / c)
        return begin + s * np.log(beta) + np.logaddexp(alive, gone)
    a, b = third, fourth
    # Fader, Hardie & Lee (2005), equation 6; for the modified model Wagner & Hoppe (2008).
    chances = x + (kind is ModifiedBetaGeoModel)
    alive = betaln(a, b + chances) - betaln(a, b) - (r + x) * np.log(alpha + age)
    with np.errstate(divide="ignore"):
        left = np.where(chances > 0, betaln(a + 1, np.maximum(b + chances - 1, 1e-9)) - betaln(a, b), -np.inf)
    return begin + np.logaddexp(alive, left - (r + x) * np.log(alpha + t_x))


@every_model
@settings(max_examples=60, deadline=None)
@given(log=log_parameters, histories=some_histories())
def test_the_collapsed_likelihood_is_the_sum_of_what_the_papers_write(
    kind: type[BuyingModel], log: tuple[float, ...], histories: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    found = kind()._evaluate(np.array(log), collapse(*histories)).value
    assert found == pytest.approx(written_out(kind, np.array(log), *histories).sum(), rel=1e-7, abs=1e-6)


@every_model
@settings(max_examples=40, deadline=None)
@given(log=log_parameters, histories=some_histories())
def test_gradient_and_second_derivatives_are_those_of_the_value(
    kind: type[BuyingModel], log: tuple[float, ...], histories: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    model, collapsed, position, step = kind(), collapse(*histories), np.array(log), 1e-4
    here = model._evaluate(position, collapsed)
    around = [
        (model._evaluate(position + step * unit, collapsed), model._evaluate(position - step * unit, collapsed))
        for unit in np.eye(4)
    ]
    slope = [(more.value - less.value) / (2 * step) for more, less in around]
    bend = [(more.gradient - less.gradient) / (2 * step) for more, less in around]
    size = 1 + abs(here.value)
    np.testing.assert_allclose(here.gradient, slope, rtol=1e-5, atol=1e-6 * size)
    np.testing.assert_allclose(here.hessian, bend, rtol=1e-5, atol=1e-6 * size)


@every_model
@settings(max_examples=40, deadline=None)
@given(log=log_parameters, histories=some_histories(), horizon=st.floats(0.0, 4_000.0))
def test_probabilities_lie_between_0_and_1_and_returning_needs_being_alive(
    kind: type[BuyingModel],
    log: tuple[float, ...],
    histories: tuple[np.ndarray, np.ndarray, np.ndarray],
    horizon: float,
) -> None:
    model, people = known_model(kind, np.exp(log)), histories_frame(*histories)
    alive, back = model.p_alive(people), model.p_return(people, horizon_days=horizon)
    orders = model.conditional_expected_orders(people, horizon_days=horizon)
    discounted = model.discounted_expected_orders(people, horizon_days=horizon)
    assert ((alive >= 0) & (alive <= 1) & (back >= 0)).all()
    assert (back <= alive + 1e-9).all()
    # The expected number is at least the probability of one, and discounting takes something away.
    assert (back <= orders * (1 + 1e-8) + 1e-9).all()
    assert (discounted <= orders * (1 + 1e-6) + 1e-12).all()
    assert np.isfinite(orders).all()


@every_model
@settings(max_examples=40, deadline=None)
@given(log=log_parameters, orders=st.integers(1, 60), gap=st.floats(1.0, 300.0))
def test_the_later_the_last_order_the_more_likely_alive(
    kind: type[BuyingModel], log: tuple[float, ...], orders: int, gap: float
) -> None:
    last = np.array([gap / 100, gap / 3, gap, 2 * gap, 4 * gap])
    people = histories_frame(np.full(5, orders), last, np.full(5, 4 * gap))
    alive = known_model(kind, np.exp(log)).p_alive(people)
    assert (np.diff(alive) >= -1e-12).all()
    assert alive[-1] > alive[0]


@every_model
def test_longer_horizons_bring_more_orders_and_none_brings_nothing(kind: type[BuyingModel]) -> None:
    model = known_model(kind, TRUTHS[kind])
    people = histories_frame([0, 1, 3, 30], [0, 50, 100, 350], [90, 90, 400, 360])
    for ask in (model.p_return, model.conditional_expected_orders, model.discounted_expected_orders):
        answers = np.array([ask(people, horizon_days=days) for days in (0, 30, 90, 365, 3_650)])
        assert np.abs(answers[0]).max() < 1e-9
        assert (np.diff(answers, axis=0) > 0).all()
    assert model.expected_orders(0.0).item() == 0.0
    assert (np.diff(model.expected_orders(np.array([0.0, 10.0, 100.0, 1_000.0]))) > 0).all()


@every_model
def test_a_horizon_in_two_parts_brings_what_the_whole_brings(kind: type[BuyingModel]) -> None:
    # The expectation of a new customer adds up over what the customer may have done in the first part.
    model = known_model(kind, TRUTHS[kind])
    sample = simulated(STORIES[kind], TRUTHS[kind], np.full(60_000, 200.0), seed=3)
    second = model.conditional_expected_orders(sample, horizon_days=150)
    whole = model.expected_orders(np.array([200.0, 350.0]))
    error = 4 * second.std() / math.sqrt(len(sample))
    assert second.mean() == pytest.approx(whole[1] - whole[0], abs=error)


@every_model
def test_discounting_agrees_with_a_fine_sum(kind: type[BuyingModel]) -> None:
    model = known_model(kind, TRUTHS[kind])
    people = histories_frame([0, 1, 12], [0, 50, 300], [10, 90, 310])
    days = np.linspace(0, 730, 2_921)
    orders = np.array([model.conditional_expected_orders(people, horizon_days=day) for day in days])
    middle = (days[1:] + days[:-1]) / 2
    fine = (np.diff(orders, axis=0) * (1.2 ** (-middle / 365))[:, None]).sum(axis=0)
    found = model.discounted_expected_orders(people, horizon_days=730, yearly_rate=0.2)
    np.testing.assert_allclose(found, fine, rtol=1e-6)
    np.testing.assert_allclose(model.discounted_expected_orders(people, horizon_days=730, yearly_rate=0.0), orders[-1])


class TestSimulatedBuyers:
    """Forty thousand customers whose story is known, and what became of them in the next half year."""

    @pytest.fixture(scope="class", params=MODELS, ids=lambda kind: kind.__name__)
    def told(self, request: pytest.FixtureRequest) -> tuple[BuyingModel, pd.DataFrame]:
        kind = request.param
        ages = np.random.default_rng(1).integers(30, 730, 40_000).astype(float)
        people = simulated(STORIES[kind], TRUTHS[kind], ages, beyond=180, seed=2)
        return kind().fit(people), people

    def test_parameters_are_found_within_their_standard_errors(self, told: tuple[BuyingModel, pd.DataFrame]) -> None:
        model, _ = told
        truth = np.array(TRUTHS[type(model)])
        errors = np.array(list(model.standard_errors_.values()))
        assert (np.abs(np.array(list(model.parameters_.values())) - truth) < 3.5 * errors).all()
        assert (errors < 0.15 * truth).all()
        assert model.is_converged_
        assert model.undetermined_ == ()

    def test_what_was_foretold_came_in_every_tenth_of_customers(self, told: tuple[BuyingModel, pd.DataFrame]) -> None:
        model, people = told
        foretold = pd.DataFrame(
            {
                "later_orders": model.conditional_expected_orders(people, horizon_days=180),
                "is_back": model.p_return(people, horizon_days=180),
                "is_alive": model.p_alive(people),
            },
            index=people.index,
        )
        came = people.assign(is_back=people["later_orders"] > 0)[list(foretold)].astype(float)
        tenth = pd.qcut(foretold["later_orders"].rank(method="first"), 10, labels=False)
        expected, actual = foretold.groupby(tenth).mean(), came.groupby(tenth).mean()
        noise = came.groupby(tenth).std() / np.sqrt(came.groupby(tenth).size().iloc[0])
        assert ((expected - actual).abs() < 4 * noise + 0.01).all(axis=None)

    def test_a_new_customer_makes_the_expected_orders(self, told: tuple[BuyingModel, pd.DataFrame]) -> None:
        model, people = told
        expected = model.expected_orders(people["age_days"].to_numpy()).mean()
        made = people["repeat_orders_count"]
        assert expected == pytest.approx(made.mean(), abs=4 * made.std() / math.sqrt(len(made)))


class TestOrderOfRows:
    @every_model
    def test_the_same_customers_in_another_order_give_the_same_model_to_the_last_bit(
        self, kind: type[BuyingModel], cdnow: Cdnow
    ) -> None:
        people = cdnow.histories
        mixed = people.sample(frac=1, random_state=3)
        one, other = kind(sample_size=500).fit(people), kind(sample_size=500).fit(mixed)
        assert json.dumps(one.to_parameters()) == json.dumps(other.to_parameters())
        there = pd.Series(other.conditional_expected_orders(mixed, horizon_days=90), mixed.index)
        assert (there[people.index].to_numpy() == one.conditional_expected_orders(people, horizon_days=90)).all()

    @every_model
    def test_beginning_on_a_sample_ends_at_the_same_maximum(self, kind: type[BuyingModel], cdnow: Cdnow) -> None:
        whole, sampled = kind().fit(cdnow.histories), kind(sample_size=200).fit(cdnow.histories)
        for name, error in whole.standard_errors_.items():
            assert abs(whole.parameters_[name] - sampled.parameters_[name]) < 1e-3 * error
        assert sampled.log_likelihood_ == pytest.approx(whole.log_likelihood_, abs=1e-6)


@every_model
def test_the_unit_of_time_changes_scales_and_no_prediction(kind: type[BuyingModel], cdnow: Cdnow) -> None:
    people = cdnow.histories
    days, weeks = kind().fit(people), kind(time_unit_days=7).fit(people)
    scales = {"alpha", "beta"}
    for name, value in days.parameters_.items():
        assert value == pytest.approx(weeks.parameters_[name] * (7 if name in scales else 1), rel=1e-3)
    # A density over days is a seventh of one over weeks, for each order.
    shift = people["repeat_orders_count"].sum() * math.log(7)
    assert days.log_likelihood_ == pytest.approx(weeks.log_likelihood_ - shift, abs=1e-5)
    np.testing.assert_allclose(
        days.p_return(people, horizon_days=90), weeks.p_return(people, horizon_days=90), rtol=1e-3, atol=1e-5
    )


@every_model
def test_log_likelihood_of_the_learnt_customers_is_the_one_that_was_kept(kind: type[BuyingModel], cdnow: Cdnow) -> None:
    model = kind().fit(cdnow.histories)
    # Parameters pass through a logarithm and back, which costs the last digits.
    assert model.log_likelihood(cdnow.histories) == pytest.approx(model.log_likelihood_, abs=1e-8)
