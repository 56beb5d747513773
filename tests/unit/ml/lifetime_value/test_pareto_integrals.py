"""The integral of Pareto/NBD by points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from ml.lifetime_value.pareto_integrals import CHUNK, SECOND, tail_integrals

shapes = st.floats(0.05, 15.0)
scales = st.floats(0.5, 2_000.0)


def adaptive(r: float, alpha: float, s: float, beta: float, x: float, t: float) -> float:
    """K(t) / A(t) by quadrature in pieces of the logarithm of time since t."""

    def integrand(u: float) -> float:
        tau = np.exp(u)
        log = -(r + x) * np.log1p(tau / (alpha + t)) - (s + 1) * np.log1p(tau / (beta + t)) + u - np.log(beta + t)
        return float(np.exp(log))

    edges = [*np.arange(-40.0, 60.0, 1.0), *np.arange(60.0, 701.0, 20.0)]
    return float(sum(quad(integrand, low, high)[0] for low, high in pairwise(edges)))


@settings(max_examples=40, deadline=None)
@given(r=shapes, alpha=scales, s=shapes, beta=scales, x=st.sampled_from([0, 1, 7, 300, 3_000]), t=st.floats(0, 5_000))
def test_points_agree_with_an_adaptive_integral(
    r: float, alpha: float, s: float, beta: float, x: int, t: float
) -> None:
    found = tail_integrals(np.array([r, alpha, s, beta]), np.array([float(x)]), np.array([t]), with_derivatives=False)
    assert found[0, 0] == pytest.approx(adaptive(r, alpha, s, beta, x, t), rel=1e-6)


@pytest.mark.parametrize(("alpha", "beta"), [(50.0, 20.0), (20.0, 50.0), (30.0, 30.0)])
def test_derivatives_are_those_of_the_integral(alpha: float, beta: float) -> None:
    parameters, x, t = np.array([0.6, alpha, 0.7, beta]), np.array([0.0, 4.0, 90.0]), np.array([0.0, 70.0, 400.0])

    def absolute(at: np.ndarray) -> np.ndarray:
        # K itself: the divisor must not move with the parameters.
        log_a = [-(p[0] + x) * np.log(p[1] + t) - p[2] * np.log(p[3] + t) for p in (at, parameters)]
        values = tail_integrals(at, x, t, with_derivatives=True)
        return values * np.exp(log_a[0] - log_a[1])[:, None]

    found = absolute(parameters)
    steps = np.diag(parameters * 1e-5)
    slopes = [(absolute(parameters + step) - absolute(parameters - step)) / (2 * step.sum()) for step in steps]
    for i in range(4):
        np.testing.assert_allclose(found[:, 1 + i], slopes[i][:, 0], rtol=1e-7)
    for place, (i, j) in enumerate(SECOND, 5):
        np.testing.assert_allclose(found[:, place], slopes[i][:, 1 + j], rtol=1e-6)


def test_many_pairs_are_computed_as_one_by_one() -> None:
    parameters = np.array([0.5, 60.0, 0.8, 90.0])
    x = np.arange(CHUNK + 5) % 9.0
    t = np.linspace(0, 900, CHUNK + 5)
    together = tail_integrals(parameters, x, t, with_derivatives=False)[:, 0]
    for place in (0, CHUNK - 1, CHUNK, CHUNK + 4):
        alone = tail_integrals(parameters, x[[place]], t[[place]], with_derivatives=False)
        assert together[place] == alone[0, 0]
