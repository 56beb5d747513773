"""Factors of a correlation matrix: how many, their loadings, and their rotation.

Belongs here: pure functions on arrays, each with the source of its formula. Does not belong here: frames, names, scores
of respondents (``factor_analysis``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

# Uniqueness of an item is kept from 0, where it would be explained wholly (a Heywood case), and from 1.
UNIQUENESS_LIMITS = (0.005, 1.0)
ROTATION_ROUNDS = 1_000
ROTATION_TOLERANCE = 1e-6


def pairwise_correlation(values: np.ndarray) -> np.ndarray:
    """Return the correlations of the columns over the rows where both are known, shape (p, p).

    Means and deviations are those of the same rows. Pairs from different rows need not fit together, so eigenvalues
    below 0 are raised to a trace and the diagonal is set to 1 again (the smoothing of Knol & Berger 1991).

    Args:
        values: Shape (n, p), NaN where missing; every pair of columns shares rows in which both vary.
    """
    known = (~np.isnan(values)).astype(np.float64)
    filled = np.nan_to_num(values - np.nanmean(values, axis=0))
    counts = known.T @ known
    sums = filled.T @ known
    products = filled.T @ filled
    squares = (filled**2).T @ known
    covariance = products - sums * sums.T / counts
    variance = squares - sums**2 / counts
    correlation = covariance / np.sqrt(variance * variance.T)
    np.fill_diagonal(correlation, 1.0)
    eigenvalues, vectors = np.linalg.eigh(correlation)
    if eigenvalues[0] < 0:
        smooth = (vectors * np.maximum(eigenvalues, 1e-8)) @ vectors.T
        scale = np.sqrt(np.diag(smooth))
        correlation = smooth / scale / scale[:, None]
    return correlation


def parallel_analysis(values: np.ndarray, *, repeats: int, quantile: float, seed: int) -> np.ndarray:
    """Return the eigenvalues of the correlations beside those of random answers, shape (2, p), descending.

    The number of factors is the number of leading eigenvalues above the random ones (Horn 1965, "A rationale and test
    for the number of factors in factor analysis", with the quantile of Glorfeld 1995 in place of the mean).
    Eigenvalues are those of the full correlation matrix, as of principal components: with squared multiple
    correlations in the diagonal the rule finds more factors than are there.

    Args:
        values: Answers without a gap, shape (n, p).
        repeats: Random data sets.
        quantile: Of the random eigenvalues at each rank, 0-1.
        seed: Seed of the draws.
    """
    rng = np.random.default_rng(seed)
    n, p = values.shape
    random = np.empty((repeats, p))
    for repeat in range(repeats):
        random[repeat] = np.linalg.eigvalsh(np.corrcoef(rng.normal(size=(n, p)), rowvar=False))[::-1]
    return np.stack(
        [np.linalg.eigvalsh(np.corrcoef(values, rowvar=False))[::-1], np.quantile(random, quantile, axis=0)]
    )


def minres(correlation: np.ndarray, m: int) -> np.ndarray:
    """Return the unrotated loadings of m factors by minimum residuals, shape (p, m).

    The sum of squared residual correlations off the diagonal is smallest (Harman & Jones 1966, "Factor analysis by
    minimizing residuals (minres)"). For given uniquenesses the best loadings come from the eigenvectors of R - Psi, the
    criterion is half the sum of its squared lesser eigenvalues, and its gradient in uniqueness i is minus the sum
    over those of eigenvalue times squared vector element i (Joreskog 1977, unweighted least squares).

    Args:
        correlation: Shape (p, p).
        m: Number of factors, below p.
    """
    p = len(correlation)
    lesser = p - m

    def criterion(uniqueness: np.ndarray) -> tuple[float, np.ndarray]:
        eigenvalues, vectors = np.linalg.eigh(correlation - np.diag(uniqueness))
        small = eigenvalues[:lesser]
        return 0.5 * float(small @ small), -(vectors[:, :lesser] ** 2 @ small)

    # Squared multiple correlations are the usual lower bound of what an item shares with the others (Guttman 1956).
    start = np.clip(1 / np.diag(np.linalg.pinv(correlation, hermitian=True)), *UNIQUENESS_LIMITS)
    found = minimize(
        criterion, start, jac=True, method="L-BFGS-B", bounds=[UNIQUENESS_LIMITS] * p,
        options={"maxiter": 1_000, "ftol": 1e-14, "gtol": 1e-8},
    )  # fmt: skip
    eigenvalues, vectors = np.linalg.eigh(correlation - np.diag(found.x))
    return vectors[:, lesser:] * np.sqrt(np.maximum(eigenvalues[lesser:], 0.0))


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """Rotated factors.

    Attributes:
        loadings: Pattern, shape (p, m).
        correlations: Of the factors, shape (m, m).
        criterion: Value of the quartimin criterion.
    """

    loadings: np.ndarray
    correlations: np.ndarray
    criterion: float


def quartimin(loadings: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the quartimin criterion and its gradient: products of squared loadings of different factors.

    f = 1/4 sum over items and pairs j != k of l_ij^2 l_ik^2 (Carroll 1953; Jennrich & Sampson 1966), the member gamma
    = 0 of the direct oblimin family.
    """
    squares = loadings**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return 0.25 * float((squares * others).sum()), loadings * others


def oblimin(unrotated: np.ndarray, *, starts: int, seed: int) -> Rotation:
    """Return the simplest of several oblique rotations by direct quartimin.

    Gradient projection on the matrices T with columns of length 1, L = A inv(T)', Phi = T'T (Jennrich 2002, "A simple
    general method for oblique rotation"; Bernaards & Jennrich 2005, "Gradient projection algorithms and software for
    arbitrary rotation criteria in factor analysis"). The first start is the identity, the others are random, as the
    criterion has local minima.

    Args:
        unrotated: Loadings A, shape (p, m).
        starts: Number of starts, at least 1.
        seed: Seed of the random starts.
    """
    m = unrotated.shape[1]
    rng = np.random.default_rng(seed)
    firsts = [np.eye(m)] + [np.linalg.qr(rng.normal(size=(m, m)))[0] for _ in range(starts - 1 if m > 1 else 0)]
    # The earliest of equal ones: differences in the last digits may not decide.
    return min((_rotate(unrotated, first) for first in firsts), key=lambda rotation: round(rotation.criterion, 8))


def _rotate(unrotated: np.ndarray, start: np.ndarray) -> Rotation:
    transform, step = start, 1.0
    loadings = unrotated @ np.linalg.inv(transform).T
    value, slope = quartimin(loadings)
    for _ in range(ROTATION_ROUNDS):
        gradient = -(loadings.T @ slope @ np.linalg.inv(transform)).T
        projected = gradient - transform * (transform * gradient).sum(axis=0)
        length = float(np.sqrt((projected**2).sum()))
        if length < ROTATION_TOLERANCE:
            break
        step *= 2
        while True:
            moved = transform - step * projected
            moved = moved / np.sqrt((moved**2).sum(axis=0))
            there = unrotated @ np.linalg.inv(moved).T
            lower, its_slope = quartimin(there)
            # A decrease worth the step (Armijo), or steps too small to matter.
            if value - lower > 0.5 * length**2 * step or step < 1e-12:
                break
            step /= 2
        transform, loadings, value, slope = moved, there, lower, its_slope
    return Rotation(loadings=loadings, correlations=transform.T @ transform, criterion=value)


def tucker_congruence(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the congruence of the columns of two loading matrices, shape (m1, m2) (Tucker 1951).

    The cosine of two columns of loadings on the same items; Lorenzo-Seva & ten Berge (2006) call .85 to .94 fair
    similarity and more than that equal.
    """
    lengths = np.sqrt((first**2).sum(axis=0))[:, None] * np.sqrt((second**2).sum(axis=0))
    return first.T @ second / lengths
