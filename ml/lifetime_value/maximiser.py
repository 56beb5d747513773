"""The top of a smooth function of a few parameters inside a box.

Belongs here: Newton's method with a trust region, and what it found. Does not belong here: likelihoods, names of
parameters, data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Half the Newton decrement at which the climb ends, in units of the function. On a log-likelihood this is
# sqrt(2 * 1e-8), a seven-thousandth of a standard error, from the top.
TOLERANCE = 1e-8
FIRST_RADIUS = 1.0
LEAST_RADIUS = 1e-10


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A function at one point: value, gradient of shape (p,), matrix of second derivatives of shape (p, p)."""

    value: float
    gradient: np.ndarray
    hessian: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Maximum:
    """Where a climb ended.

    Attributes:
        position: Parameters, shape (p,).
        evaluation: The function there.
        at_bound: Which parameters lie on the border of the box, shape (p,), bool.
        evaluations: How often the function was called.
        is_converged: Whether the gradient there is as small as asked.
    """

    position: np.ndarray
    evaluation: Evaluation
    at_bound: np.ndarray
    evaluations: int
    is_converged: bool


def maximise(
    evaluate: Callable[[np.ndarray], Evaluation],
    start: np.ndarray,
    *,
    lower: np.ndarray,
    upper: np.ndarray,
    most_evaluations: int = 200,
    tolerance: float = TOLERANCE,
) -> Maximum:
    """Climb from ``start`` to a maximum of ``evaluate`` with ``lower <= position <= upper``.

    Newton steps within a trust region (Nocedal & Wright 2006, algorithm 4.1; the step by an eigenvalue
    decomposition, section 4.3); curvature of the wrong sign counts by its size, so that every step goes up. A parameter
    on its bound that the gradient pushes outwards is held there.

    Args:
        evaluate: The function with its first and second derivatives; a value that is not finite is stepped back from.
        start: First position, shape (p,); moved into the box.
        lower: Lower bounds, shape (p,).
        upper: Upper bounds, shape (p,).
        most_evaluations: Calls of ``evaluate`` after which it gives up.
        tolerance: Half the Newton decrement at which it is done.
    """
    position = np.clip(start, lower, upper)
    here = evaluate(position)
    count, radius = 1, FIRST_RADIUS
    is_converged = False
    while True:
        is_free = ~(((position <= lower) & (here.gradient < 0)) | ((position >= upper) & (here.gradient > 0)))
        gradient = here.gradient[is_free]
        hessian = here.hessian[np.ix_(is_free, is_free)]
        step, decrement = _step(gradient, hessian, radius)
        if decrement <= 2 * tolerance:
            is_converged = True
            break
        if count >= most_evaluations or radius < LEAST_RADIUS:
            break
        there = position.copy()
        there[is_free] += step
        there = np.clip(there, lower, upper)
        moved = (there - position)[is_free]
        expected = float(gradient @ moved + moved @ hessian @ moved / 2)
        candidate = evaluate(there)
        count += 1
        gain = candidate.value - here.value
        # Close to the top the gain drowns in the rounding of a sum over all customers; the step is still right.
        noise = 1e-13 * abs(here.value)
        length = float(np.linalg.norm(moved))
        if not np.isfinite(gain) or gain < min(0.1 * expected, 0.0) - noise or (gain <= 0 and expected > 10 * noise):
            radius = length / 4
            continue
        if expected > 10 * noise and gain < 0.25 * expected:
            radius = length / 2
        elif gain > 0.75 * expected:
            radius = max(radius, 2 * length)
        position, here = there, candidate
    return Maximum(
        position=position,
        evaluation=here,
        at_bound=(position <= lower) | (position >= upper),
        evaluations=count,
        is_converged=is_converged,
    )


def _step(gradient: np.ndarray, hessian: np.ndarray, radius: float) -> tuple[np.ndarray, float]:
    """Return the step of at most ``radius`` up the local parabola, and the Newton decrement."""
    if not len(gradient):
        return gradient, 0.0
    curvature, directions = np.linalg.eigh(-hessian)
    curvature = np.maximum(np.abs(curvature), 1e-13 * max(1.0, np.abs(curvature).max()))
    along = directions.T @ gradient
    decrement = float((along**2 / curvature).sum())
    shift, highest = 0.0, float(np.linalg.norm(along)) / radius
    if np.linalg.norm(along / curvature) > radius:
        # The length falls with the shift; at ``highest`` it is below the radius for certain.
        lowest = 0.0
        for _ in range(60):
            shift = (lowest + highest) / 2
            if np.linalg.norm(along / (curvature + shift)) > radius:
                lowest = shift
            else:
                highest = shift
        shift = highest
    return directions @ (along / (curvature + shift)), decrement


def in_logarithms(parameters: np.ndarray, evaluation: Evaluation) -> Evaluation:
    """Return derivatives by the logarithms of positive ``parameters`` for derivatives by the parameters themselves."""
    slope = evaluation.gradient * parameters
    curvature = evaluation.hessian * np.outer(parameters, parameters) + np.diag(slope)
    return Evaluation(value=evaluation.value, gradient=slope, hessian=curvature)
