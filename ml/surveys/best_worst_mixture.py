"""Latent classes of best-worst choices by expectation-maximisation, and the errors of their utilities.

Belongs here: the mixture of sequential best-worst logits and its starts. Does not belong here: one class's likelihood
(``best_worst_logit``), codes, names, frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from ml.surveys.best_worst_logit import (
    PRIOR_VARIANCE,
    choice_scores,
    count_scores,
    log_choices,
    newton_step,
)
from ml.surveys.choice_tasks import ChoiceTasks

# Rounds stop when the log-likelihood of a respondent gains less than this on average.
TOLERANCE = 1e-6
MOST_ROUNDS = 300
# Respondents whose chances are worked out together: each may have met sets of items that nobody else met.
BLOCK_RESPONDENTS = 10_000
# How sure a start is of its clusters; certainty would be hard to leave again.
START_CERTAINTY = 0.9


@dataclass(frozen=True, kw_only=True)
class ChoiceClasses:
    """Classes of respondents who choose alike.

    Attributes:
        weights: Share of each class, shape (k,), sums to 1.
        utilities: Shape (k, p); each row sums to 0.
    """

    weights: np.ndarray
    utilities: np.ndarray


def joint_logs(classes: ChoiceClasses, tasks: ChoiceTasks) -> np.ndarray:
    """Return the log of share times chance of all choices, shape (n, k)."""
    logs = np.column_stack([log_choices(tasks, utilities) for utilities in classes.utilities])
    return np.log(classes.weights) + tasks.counts @ logs


def log_likelihood(classes: ChoiceClasses, tasks: ChoiceTasks) -> float:
    """Return the log-likelihood of all respondents' choices."""
    return float(logsumexp(joint_logs(classes, tasks), axis=1).sum())


def posterior(classes: ChoiceClasses, tasks: ChoiceTasks) -> np.ndarray:
    """Return the probability of each class given the choices, shape (n, k)."""
    parts = [np.empty((0, len(classes.weights)))]
    with threadpool_limits(limits=1):
        for start in range(0, len(tasks.customers), BLOCK_RESPONDENTS):
            stop = min(start + BLOCK_RESPONDENTS, len(tasks.customers))
            joint = joint_logs(classes, tasks.rows(np.arange(start, stop)))
            parts.append(np.exp(joint - logsumexp(joint, axis=1, keepdims=True)))
    return np.concatenate(parts)


def fit_choice_classes(tasks: ChoiceTasks, k: int, *, starts: int, seed: int) -> ChoiceClasses:
    """Return the likeliest of several runs of EM (Dempster, Laird & Rubin 1977).

    Each run starts from k-means on the respondents' counts. The M-step is one Newton step per class, which is enough
    for a generalised EM, as the likelihood of one class is concave.

    Args:
        tasks: Choices of n respondents in a fixed order.
        k: Number of classes.
        starts: Number of runs.
        seed: Seed of the first; the others follow it.
    """
    scores = count_scores(tasks)
    best: ChoiceClasses | None = None
    highest = -np.inf
    with threadpool_limits(limits=1):
        for start in range(starts if k > 1 else 1):
            labels = KMeans(n_clusters=k, n_init=1, random_state=seed + start).fit_predict(scores)
            responsibilities = np.full((len(scores), k), (1 - START_CERTAINTY) / max(k - 1, 1))
            responsibilities[np.arange(len(scores)), labels] = START_CERTAINTY if k > 1 else 1.0
            classes, likelihood = _run(tasks, responsibilities)
            if best is None or likelihood > highest:
                best, highest = classes, likelihood
    if best is None:
        raise ValueError("starts must be at least 1")
    return best


def _run(tasks: ChoiceTasks, responsibilities: np.ndarray) -> tuple[ChoiceClasses, float]:
    n, k = responsibilities.shape
    utilities = np.zeros((k, tasks.shown.shape[1]))
    before = -np.inf
    for _ in range(MOST_ROUNDS):
        task_weights = tasks.counts.T @ responsibilities
        utilities = np.array([newton_step(tasks, task_weights[:, c], utilities[c]) for c in range(k)])
        # A class that everybody left keeps a trace, so that its logarithm stays finite; its share refuses it later.
        weights = np.maximum(responsibilities.mean(axis=0), 1e-9)
        classes = ChoiceClasses(weights=weights / weights.sum(), utilities=utilities)
        joint = joint_logs(classes, tasks)
        sums = logsumexp(joint, axis=1)
        likelihood = float(sums.sum())
        responsibilities = np.exp(joint - sums[:, None])
        if abs(likelihood - before) < TOLERANCE * n:
            break
        before = likelihood
    return classes, likelihood


def standard_errors(classes: ChoiceClasses, tasks: ChoiceTasks) -> np.ndarray:
    """Return the standard errors of the utilities, shape (k, p), for utilities that sum to 0 within a class.

    From the empirical information, the sum of the outer products of the respondents' scores (McLachlan & Peel 2000,
    "Finite Mixture Models", section 2.15), shares included, so that not knowing who is in which class widens the
    errors. Its inverse is a pseudo-inverse, as utilities of a class are known up to a constant only.
    """
    k, p = classes.utilities.shape
    responsibilities = posterior(classes, tasks)
    parts = [responsibilities[:, [c]] * (tasks.counts @ choice_scores(tasks, classes.utilities[c])) for c in range(k)]
    parts.append((responsibilities - classes.weights)[:, : k - 1])
    scores = np.hstack(parts)
    with threadpool_limits(limits=1):
        information = scores.T @ scores
        ridge = np.concatenate([np.full(k * p, 1 / PRIOR_VARIANCE), np.zeros(k - 1)])
        centre = np.eye(p) - 1 / p
        # The prior's curvature along what utilities may do; along the constant nothing is known, nor asked.
        for c in range(k):
            block = slice(c * p, (c + 1) * p)
            information[block, block] += centre * ridge[c * p]
        covariance = np.linalg.pinv(information, hermitian=True)
    return np.sqrt(np.maximum(np.diag(covariance)[: k * p], 0.0)).reshape(k, p)
