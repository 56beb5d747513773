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
# Where rounding hides every gain, so much may be left to gain for the end to count as a maximum: less than a
# two-hundredth of a standard error.
HIDDEN = 1e-5


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
        _, decrement = _step(here, is_free, radius)
        if decrement <= 2 * tolerance:
            is_converged = True
            break
        if count >= most_evaluations or radius < LEAST_RADIUS:
            is_converged = radius < LEAST_RADIUS and decrement <= 2 * HIDDEN
            break
        there = _inside(position, here, is_free, radius, lower, upper)
        moved = there - position
        expected = float(here.gradient @ moved + moved @ here.hessian @ moved / 2)
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


def _step(here: Evaluation, is_free: np.ndarray, radius: float) -> tuple[np.ndarray, float]:
    """Return the step of at most ``radius`` up the local parabola in the free parameters, and the Newton decrement."""
    step = np.zeros(len(is_free))
    if not is_free.any():
        return step, 0.0
    curvature, directions = np.linalg.eigh(-here.hessian[np.ix_(is_free, is_free)])
    curvature = np.maximum(np.abs(curvature), 1e-13 * max(1.0, np.abs(curvature).max()))
    along = directions.T @ here.gradient[is_free]
    decrement = float((along**2 / curvature).sum())
    shift = 0.0
    if np.linalg.norm(along / curvature) > radius:
        # The length falls with the shift; at the highest one it is below the radius for certain.
        lowest, shift = 0.0, float(np.linalg.norm(along)) / radius
        for _ in range(60):
            middle = (lowest + shift) / 2
            if np.linalg.norm(along / (curvature + middle)) > radius:
                lowest = middle
            else:
                shift = middle
    step[is_free] = directions @ (along / (curvature + shift))
    return step, decrement


def _inside(
    position: np.ndarray, here: Evaluation, is_free: np.ndarray, radius: float, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Return where the next step leads, shape (p,), cut off where it meets the border of the box.

    Cut as a whole, not parameter by parameter: along a ridge only the direction of the step leads up.
    """
    allowed = is_free.copy()
    while True:
        step, _ = _step(here, allowed, radius)
        is_blocked = ((position <= lower) & (step < 0)) | ((position >= upper) & (step > 0))
        if not is_blocked.any():
            break
        allowed &= ~is_blocked
    if not step.any():
        # Each parameter by itself goes the way of its own gradient, which no border blocks.
        slope = np.where(is_free, here.gradient, 0.0)
        step = slope / np.maximum(np.abs(here.hessian.diagonal()), np.abs(slope).max() / radius)
    room = np.where(step > 0, upper - position, lower - position)
    share = np.divide(room, step, out=np.full(len(step), np.inf), where=step != 0)
    met = share.argmin()
    if share[met] >= 1:
        return position + step
    there = position + share[met] * step
    there[met] = upper[met] if step[met] > 0 else lower[met]
    return np.clip(there, lower, upper)


def in_logarithms(parameters: np.ndarray, evaluation: Evaluation) -> Evaluation:
    """Return derivatives by the logarithms of positive ``parameters`` for derivatives by the parameters themselves."""
    slope = evaluation.gradient * parameters
    curvature = evaluation.hessian * np.outer(parameters, parameters) + np.diag(slope)
    return Evaluation(value=evaluation.value, gradient=slope, hessian=curvature)
