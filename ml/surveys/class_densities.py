"""The parameters of latent classes, and how likely answers are under each class.

Belongs here: densities, posterior probabilities and the parts that single items play, by numpy alone, so that whoever
labels customers needs no fitting library. Does not belong here: fitting, choosing k, names.

Items are independent within a class (Lazarsfeld & Henry 1968); an item that was not answered drops out of the
product, which is right where it is missing at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import logsumexp

UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class GaussianClasses:
    """Classes of answers on scales.

    Attributes:
        weights: Share of each class, shape (k,), sums to 1.
        means: Shape (k, p).
        variances: Shape (k, p), positive.
    """

    weights: np.ndarray
    means: np.ndarray
    variances: np.ndarray

    def log_densities(self, values: np.ndarray) -> np.ndarray:
        """Return the log density of each answer under each class, shape (n, p, k); 0 where not answered."""
        difference = values[:, :, None] - self.means.T
        variance = self.variances.T
        return np.nan_to_num(-0.5 * (np.log(2 * np.pi * variance) + difference**2 / variance), nan=0.0)

    def profile(self) -> np.ndarray:
        """Return what a class is described and recognised by: its means, shape (k, p)."""
        return self.means

    def spread(self) -> np.ndarray:
        """Return the standard deviation of the mixture, shape (p,): within plus between the classes."""
        between = (self.means - self.weights @ self.means) ** 2
        return np.sqrt(self.weights @ (self.variances + between))

    def reordered(self, order: Sequence[int] | np.ndarray) -> Self:
        """Return the same classes in another order."""
        # Row by row in memory, as parameters are read back: numpy adds up in the order of memory, and a kept model must
        # give the last bit of the fitted one.
        return type(self)(
            weights=np.ascontiguousarray(self.weights[order]),
            means=np.ascontiguousarray(self.means[order]),
            variances=np.ascontiguousarray(self.variances[order]),
        )

    def to_parameters(self) -> dict[str, Any]:
        """Return plain lists."""
        return {name: getattr(self, name).tolist() for name in ("weights", "means", "variances")}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Read ``to_parameters()``.

        Raises:
            ValueError: The shapes do not fit each other, or a number is not usable.
        """
        arrays = {name: np.array(parameters[name], dtype=np.float64) for name in ("weights", "means", "variances")}
        classes = cls(**arrays)
        if classes.means.ndim != 2 or classes.variances.shape != classes.means.shape:
            raise ValueError(f"means of shape {classes.means.shape} with variances of {classes.variances.shape}")
        if not all(np.isfinite(array).all() for array in arrays.values()) or (classes.variances <= 0).any():
            raise ValueError("numbers that are not finite, or variances that are not positive")
        return _with_weights(classes, len(classes.means))


@dataclass(frozen=True, kw_only=True)
class CategoricalClasses:
    """Classes of answers that are one of several options.

    Attributes:
        weights: Share of each class, shape (k,), sums to 1.
        probabilities: Chance of each option, shape (k, options of all items side by side).
        options: Number of options of each item, length p.
    """

    weights: np.ndarray
    probabilities: np.ndarray
    options: tuple[int, ...]

    def log_densities(self, values: np.ndarray) -> np.ndarray:
        """Return the log chance of each answer under each class, shape (n, p, k); 0 where not answered.

        Args:
            values: Positions of the options, shape (n, p), NaN where not answered.
        """
        logs = np.log(self.probabilities).T
        starts = np.concatenate([[0], np.cumsum(self.options)[:-1]])
        rows = np.nan_to_num(values, nan=0.0).astype(np.int64) + starts
        return np.where(np.isnan(values)[:, :, None], 0.0, logs[rows])

    def profile(self) -> np.ndarray:
        """Return what a class is described and recognised by: its chances, shape (k, options)."""
        return self.probabilities

    def spread(self) -> np.ndarray:
        """Return the standard deviation of each option's indicator, shape (options,)."""
        overall = self.weights @ self.probabilities
        return np.sqrt(overall * (1 - overall))

    def reordered(self, order: Sequence[int] | np.ndarray) -> Self:
        """Return the same classes in another order."""
        return type(self)(
            weights=np.ascontiguousarray(self.weights[order]),
            probabilities=np.ascontiguousarray(self.probabilities[order]),
            options=self.options,
        )

    def to_parameters(self) -> dict[str, Any]:
        """Return plain lists."""
        return {
            "weights": self.weights.tolist(),
            "probabilities": self.probabilities.tolist(),
            "options": list(self.options),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Read ``to_parameters()``.

        Raises:
            ValueError: The shapes do not fit each other, or a number is not usable.
        """
        classes = cls(
            weights=np.array(parameters["weights"], dtype=np.float64),
            probabilities=np.array(parameters["probabilities"], dtype=np.float64),
            options=tuple(int(count) for count in parameters["options"]),
        )
        if classes.probabilities.ndim != 2 or classes.probabilities.shape[1] != sum(classes.options):
            raise ValueError(f"chances of shape {classes.probabilities.shape} for {sum(classes.options)} options")
        if not ((classes.probabilities > 0) & (classes.probabilities <= 1)).all():
            raise ValueError("chances that are not between 0 and 1")
        return _with_weights(classes, len(classes.probabilities))


Classes = GaussianClasses | CategoricalClasses


def _with_weights(classes: Any, count: int) -> Any:
    """Return the classes after asserting that there is one positive share for each."""
    if classes.weights.shape != (count,) or not (classes.weights > 0).all():
        raise ValueError(f"shares of shape {classes.weights.shape} for {count} classes, or one that is not positive")
    return classes


def log_posterior(classes: Classes, values: np.ndarray) -> np.ndarray:
    """Return the log probability of each class given the answers, shape (n, k), by Bayes' rule."""
    joint = np.log(classes.weights) + classes.log_densities(values).sum(axis=1)
    return joint - logsumexp(joint, axis=1, keepdims=True)


def log_likelihood(classes: Classes, values: np.ndarray) -> float:
    """Return the log-likelihood of all rows; each row weighs once."""
    joint = np.log(classes.weights) + classes.log_densities(values).sum(axis=1)
    return float(logsumexp(joint, axis=1).sum())


def effects(classes: Classes) -> np.ndarray:
    """Return how far each class is from all respondents, in standard deviations, shape (k, columns of profile)."""
    profile = classes.profile()
    return (profile - classes.weights @ profile) / classes.spread()


def item_evidence(classes: Classes, values: np.ndarray) -> np.ndarray:
    """Return what each answer says for the likeliest class against the next, shape (n, p).

    The difference of log densities; over the items, and with the log ratio of the classes' shares, it sums to the log
    odds of the two classes. Divided by the sum of its absolute values, so that the parts of a row sum to 1 in absolute
    value (all 0 where nothing was answered).
    """
    ranked = np.argsort(-log_posterior(classes, values), axis=1, kind="stable")
    densities = classes.log_densities(values)
    rows = np.arange(len(values))
    evidence = densities[rows, :, ranked[:, 0]] - densities[rows, :, ranked[:, 1]]
    total = np.abs(evidence).sum(axis=1, keepdims=True)
    return np.divide(evidence, total, out=np.zeros_like(evidence), where=total > 0)
