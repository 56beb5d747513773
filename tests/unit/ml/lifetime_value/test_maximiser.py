"""Climbing to the top of smooth functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.lifetime_value.maximiser import Evaluation, Maximum, in_logarithms, maximise


def climb(evaluate: object, start: list[float], *, bound: float = 50.0, **options: int) -> Maximum:
    edge = np.full(len(start), bound)
    return maximise(evaluate, np.array(start), lower=-edge, upper=edge, **options)  # type: ignore[arg-type]


def parabola(top: np.ndarray, bend: np.ndarray) -> object:
    def evaluate(position: np.ndarray) -> Evaluation:
        away = position - top
        return Evaluation(value=float(-away @ bend @ away / 2), gradient=-bend @ away, hessian=-bend)

    return evaluate


def rosenbrock(position: np.ndarray) -> Evaluation:
    """The banana-shaped ridge, upside down; its top is at (1, 1)."""
    x, y = position
    return Evaluation(
        value=-((1 - x) ** 2) - 100 * (y - x**2) ** 2,
        gradient=np.array([2 * (1 - x) + 400 * x * (y - x**2), -200 * (y - x**2)]),
        hessian=np.array([[-2 + 400 * y - 1200 * x**2, 400 * x], [400 * x, -200.0]]),
    )


@settings(max_examples=50, deadline=None)
@given(
    top=st.lists(st.floats(-20, 20), min_size=3, max_size=3),
    start=st.lists(st.floats(-20, 20), min_size=3, max_size=3),
    spread=st.floats(0.0, 5.0),
)
def test_a_parabola_of_any_shape_is_climbed(top: list[float], start: list[float], spread: float) -> None:
    turn = np.linalg.qr(np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 2.0], [2.0, 0.1, 1.0]]))[0]
    bend = turn @ np.diag(np.exp([-spread, 0.0, spread])) @ turn.T
    found = climb(parabola(np.array(top), bend), start)
    away = found.position - top
    assert found.is_converged
    assert away @ bend @ away < 1e-7


@pytest.mark.parametrize("start", [[-1.2, 1.0], [0.0, 0.0], [3.0, -3.0]])
def test_a_curved_ridge_is_climbed_to_its_end(start: list[float]) -> None:
    found = climb(rosenbrock, start)
    # The climb ends within a hundred-millionth of the top's height, which on this flat ridge is not quite at it.
    np.testing.assert_allclose(found.position, [1.0, 1.0], atol=5e-4)
    assert found.evaluation.value > -2e-8
    assert found.is_converged
    assert not found.at_bound.any()


def test_curvature_of_the_wrong_sign_still_leads_up() -> None:
    # A cosine seen from near its trough, where it is bent upwards.
    def wave(position: np.ndarray) -> Evaluation:
        (x,) = position
        return Evaluation(value=float(np.cos(x)), gradient=-np.sin(position), hessian=np.array([[-np.cos(x)]]))

    assert climb(wave, [3.0]).position[0] == pytest.approx(0.0, abs=1e-4)


def test_a_top_outside_of_the_box_is_met_at_the_border_and_said_so() -> None:
    found = climb(parabola(np.array([5.0, 0.5]), np.array([[1.0, 0.3], [0.3, 1.0]])), [0.0, 0.0], bound=2.0)
    assert found.at_bound.tolist() == [True, False]
    # With the first held at 2, the second's best is .5 + .3 * 3.
    np.testing.assert_allclose(found.position, [2.0, 1.4], atol=1e-4)
    assert found.is_converged


def test_values_that_are_not_finite_are_stepped_back_from() -> None:
    def only_left_of_one(position: np.ndarray) -> Evaluation:
        (x,) = position
        if x >= 1:
            return Evaluation(value=np.nan, gradient=np.array([np.nan]), hessian=np.array([[np.nan]]))
        return Evaluation(
            value=float(x + np.log(1 - x) / 10),
            gradient=np.array([1 - 0.1 / (1 - x)]),
            hessian=np.array([[-0.1 / (1 - x) ** 2]]),
        )

    assert climb(only_left_of_one, [-8.0]).position[0] == pytest.approx(0.9, abs=1e-3)


def test_giving_up_is_told() -> None:
    found = climb(rosenbrock, [-1.2, 1.0], most_evaluations=3)
    assert (found.is_converged, found.evaluations) == (False, 3)


def test_derivatives_by_logarithms_follow_the_chain_rule() -> None:
    # f(a, b) = a^2 b, which in logarithms is exp(2 u + v).
    a, b = 1.5, 0.4
    plain = Evaluation(
        value=a * a * b, gradient=np.array([2 * a * b, a * a]), hessian=np.array([[2 * b, 2 * a], [2 * a, 0.0]])
    )
    found, f = in_logarithms(np.array([a, b]), plain), a * a * b
    np.testing.assert_allclose(found.gradient, [2 * f, f])
    np.testing.assert_allclose(found.hessian, [[4 * f, 2 * f], [2 * f, f]])


def test_a_border_that_the_step_but_not_the_gradient_points_across_is_followed() -> None:
    # At (2, 1.5) the gradient points inwards, while the top at (3, -1.5) lies beyond the border x = 2.
    found = climb(parabola(np.array([3.0, -1.5]), np.array([[1.0, 0.9], [0.9, 1.0]])), [2.0, 1.5], bound=2.0)
    np.testing.assert_allclose(found.position, [2.0, -0.6], atol=1e-4)
    assert found.is_converged
    assert found.evaluations < 20
