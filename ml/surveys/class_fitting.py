"""Latent classes fitted by StepMix, and how many of them.

Belongs here: starts, degenerate solutions, the table of candidates (BIC, shares, bootstrap) and the choice. Does not
belong here: frames, codes, names; what a class's parameters mean (``class_densities``).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score
from stepmix.stepmix import StepMix
from threadpoolctl import threadpool_limits

from ml.errors import NoEligibleClustersError
from ml.surveys.class_densities import CategoricalClasses, Classes, GaussianClasses, log_likelihood, log_posterior

Measurement = Literal["gaussian", "categorical"]
Criterion = Literal["bic", "icl"]
CANDIDATE_COLUMNS = (
    "k", "log_likelihood", "parameters", "bic", "icl", "smallest_share", "stability", "eligible", "chosen",
)  # fmt: skip
# Mean log-likelihood per row: EM gains less than this per round when it stops.
TOLERANCE = 1e-6
MOST_ROUNDS = 500
# A class whose answers to an item hardly differ has found a spike, where the likelihood has no upper bound
# (Day 1969), instead of people.
SPIKE_SHARE = 0.01
# No option is impossible in a class because nobody of a sample took it.
SMALLEST_CHANCE = 1e-3


def fit_classes(
    values: np.ndarray, k: int, *, measurement: Measurement, options: Sequence[int], starts: int, seed: int
) -> Classes | None:
    """Return the likeliest of several fits of k classes, None where every one is degenerate.

    Args:
        values: Rows in a fixed order, shape (n, p), NaN where not answered; for categorical items the positions of
            the options.
        k: Number of classes.
        measurement: What items are within a class.
        options: Number of options of each item; read for categorical items only.
        starts: Number of random starts.
        seed: Seed of the first start; the others follow it.
    """
    best: Classes | None = None
    highest = -np.inf
    for start in range(starts):
        # One thread: sums of several come out differently, and on small matrices they cost more than they save.
        with threadpool_limits(limits=1), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            model = StepMix(
                n_components=k,
                measurement="gaussian_diag_nan" if measurement == "gaussian" else "categorical_nan",
                # Said outright, since a sample may lack an option. Every item takes the width of the widest; places
                # that it has no option for stay at chance 0.
                measurement_params=None
                if measurement == "gaussian"
                else {"max_n_outcomes": max(options), "total_outcomes": sum(options)},
                abs_tol=TOLERANCE,
                max_iter=MOST_ROUNDS,
                random_state=seed + start,
                progress_bar=0,
            )
            try:
                model.fit(values)
            except ValueError:  # A class died out and its means with it; another start may do better.
                continue
            classes = _plain(model, values, options, measurement)
            if classes is None:
                continue
            likelihood = log_likelihood(classes, values)
        if likelihood > highest:
            best, highest = classes, likelihood
    return best


def _plain(model: StepMix, values: np.ndarray, options: Sequence[int], measurement: Measurement) -> Classes | None:
    """Return the fitted numbers without the library, None where they are degenerate."""
    found = model.get_parameters()
    weights = np.array(found["weights"], dtype=np.float64)
    if not np.isfinite(weights).all() or (weights <= 0).any():
        return None
    weights = weights / weights.sum()
    if measurement == "gaussian":
        means = np.array(found["measurement"]["means"], dtype=np.float64)
        variances = np.array(found["measurement"]["covariances"], dtype=np.float64)
        floor = SPIKE_SHARE * np.nanvar(values, axis=0)
        if not np.isfinite(means).all() or not (variances > floor).all():
            return None
        return GaussianClasses(weights=weights, means=means, variances=variances)
    chances = np.array(found["measurement"]["pis"], dtype=np.float64).reshape(len(weights), len(options), -1)
    if not np.isfinite(chances).all():
        return None
    parts = []
    for item, count in enumerate(options):
        own = np.maximum(chances[:, item, :count], SMALLEST_CHANCE)
        parts.append(own / own.sum(axis=1, keepdims=True))
    return CategoricalClasses(weights=weights, probabilities=np.hstack(parts), options=tuple(options))


def continued(classes: Classes, values: np.ndarray) -> Classes | None:
    """Return the classes after EM on other rows, from where they are; None where they degenerate.

    The E-step is Bayes' rule, the M-step the weighted shares, means and variances (or chances) of the answers given.
    """
    known = (~np.isnan(values)).astype(np.float64)
    filled = np.nan_to_num(values)
    before = -np.inf
    with threadpool_limits(limits=1):
        for _ in range(MOST_ROUNDS):
            weights = np.exp(log_posterior(classes, values))
            shares = np.maximum(weights.mean(axis=0), 1e-9)
            shares = shares / shares.sum()
            seen = weights.T @ known
            if isinstance(classes, GaussianClasses):
                means = weights.T @ filled / seen
                variances = weights.T @ filled**2 / seen - means**2
                if not (variances > SPIKE_SHARE * np.nanvar(values, axis=0)).all():
                    return None
                classes = GaussianClasses(weights=shares, means=means, variances=variances)
            else:
                parts = []
                for item, count in enumerate(classes.options):
                    chosen = (values[:, [item]] == np.arange(count)).astype(np.float64)
                    own = np.maximum(weights.T @ chosen / seen[:, [item]], SMALLEST_CHANCE)
                    parts.append(own / own.sum(axis=1, keepdims=True))
                classes = CategoricalClasses(weights=shares, probabilities=np.hstack(parts), options=classes.options)
            likelihood = log_likelihood(classes, values)
            if likelihood - before < TOLERANCE * len(values):
                break
            before = likelihood
    return classes


def parameter_count(classes: Classes) -> int:
    """Return the number of free parameters."""
    k = len(classes.weights)
    if isinstance(classes, GaussianClasses):
        return k - 1 + 2 * classes.means.size
    return k - 1 + k * (sum(classes.options) - len(classes.options))


def labels_of(classes: Classes, values: np.ndarray) -> np.ndarray:
    """Return the position of the likeliest class of each row, shape (n,)."""
    return log_posterior(classes, values).argmax(axis=1)


def bootstrap_stability(
    classes: Classes,
    values: np.ndarray,
    *,
    measurement: Measurement,
    options: Sequence[int],
    repeats: int,
    starts: int,
    seed: int,
) -> float:
    """Return the mean adjusted Rand index between the classes and those learnt on bootstrap samples.

    Each repeat draws as many rows with replacement, learns as many classes anew and labels the original rows (Dolnicar
    & Leisch 2010, "Evaluation of structure and reproducibility of cluster solutions using the bootstrap"). The classes
    themselves are one of the starts, and the likeliest fit counts: with few random starts alone their local optima,
    not the data, would decide. A sample on which every start is degenerate counts 0.
    """
    rng = np.random.default_rng(seed)
    own = labels_of(classes, values)
    scores = []
    for _ in range(repeats):
        drawn = np.sort(rng.choice(len(values), size=len(values)))
        again = fit_classes(
            values[drawn], len(classes.weights), measurement=measurement, options=options, starts=starts,
            seed=int(rng.integers(2**31 - starts)),
        )  # fmt: skip
        fits = [fit for fit in (again, continued(classes, values[drawn])) if fit is not None]
        best = max(fits, key=lambda fit: log_likelihood(fit, values[drawn]), default=None)
        scores.append(0.0 if best is None else adjusted_rand_score(own, labels_of(best, values)))
    return float(np.mean(scores))


def classification_entropy(classes: Classes, values: np.ndarray) -> float:
    """Return how undecided the classes leave the rows: the sum of -p ln p over rows and classes."""
    logs = log_posterior(classes, values)
    return float(-(np.exp(logs) * logs).sum())


def choose_classes(
    values: np.ndarray,
    *,
    measurement: Measurement,
    options: Sequence[int],
    criterion: Criterion,
    candidates: Sequence[int],
    min_share: float,
    min_stability: float,
    starts: int,
    bootstraps: int,
    seed: int,
) -> tuple[Classes, pd.DataFrame]:
    """Return the classes with the lowest criterion that are large and stable enough, and the table.

    BIC (Schwarz 1978) asks how well the mixture describes the answers. ICL (Biernacki, Celeux & Govaert 2000,
    "Assessing a mixture model for clustering with the integrated completed likelihood", IEEE TPAMI 22(7), in the form
    BIC + 2 E with E the entropy of the posteriors) also asks whether people can be told apart: a class that is split in
    two only because its answers are not normal costs more than it explains.

    The bootstrap is the dear part, so candidates are asked by ascending criterion and the first that passes is taken;
    ``stability`` stays empty for those that nobody had to ask.

    Raises:
        NoEligibleClustersError: No number of classes passes.
    """
    fits: dict[int, Classes] = {}
    rows = []
    for k in candidates:
        fit = fit_classes(values, k, measurement=measurement, options=options, starts=starts, seed=seed + 1000 * k)
        row: dict[str, object] = dict.fromkeys(CANDIDATE_COLUMNS) | {"k": k, "eligible": False, "chosen": False}
        if fit is not None:
            fits[k] = fit
            likelihood, count = log_likelihood(fit, values), parameter_count(fit)
            sizes = np.bincount(labels_of(fit, values), minlength=k)
            bic = float(count * np.log(len(values)) - 2 * likelihood)
            row |= {
                "log_likelihood": likelihood,
                "parameters": count,
                "bic": bic,
                "icl": bic + 2 * classification_entropy(fit, values),
                "smallest_share": float(sizes.min() / len(values)),
            }
        rows.append(row)
    by_k = {int(str(row["k"])): row for row in rows}
    for k in sorted(fits, key=lambda k: float(str(by_k[k][criterion]))):
        row = by_k[k]
        if float(str(row["smallest_share"])) < min_share:
            continue
        stability = bootstrap_stability(
            fits[k], values, measurement=measurement, options=options, repeats=bootstraps,
            starts=max(1, starts // 2), seed=seed + 1000 * k + 500,
        )  # fmt: skip
        row["stability"] = stability
        if stability >= min_stability:
            row |= {"eligible": True, "chosen": True}
            return fits[k], pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS), dtype=object)
    told = "; ".join(
        f"{row['k']} classes: "
        + ("no fit" if row["bic"] is None else f"smallest {row['smallest_share']:.1%}")
        + ("" if row["stability"] is None else f", stability {row['stability']:.2f}")
        for row in rows
    )
    raise NoEligibleClustersError(
        "no number of latent classes is both large and stable enough",
        expected=f"every class >= {min_share:.0%} and a bootstrap adjusted Rand index >= {min_stability:g}",
        found=told,
        fix="ask more customers or better items; a segmentation of these answers would describe chance",
    )
