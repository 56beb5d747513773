"""The sequential best-worst logit: likelihood, scores and Newton steps for weighted tasks.

Belongs here: one class's utilities. Does not belong here: choices as arrays (``choice_tasks``), classes, how many of
them, names.

From the items S shown, the best b is chosen with exp(u_b) / sum_S exp(u), then the worst w of the others with
exp(-u_w) / sum_{S without b} exp(-u) (Louviere, Flynn & Marley 2015, "Best-Worst Scaling", ch. 2, sequential best-worst
choice; the closed form of Lipovetsky & Conklin 2014, "Best-worst scaling in analytical closed-form solution", J. of
Choice Modelling 10, approximates its utilities by counts). Where only the best was asked, the second factor is absent
and the model is McFadden's (1974) conditional logit.
"""

from __future__ import annotations

import numpy as np

from ml.surveys.choice_tasks import ChoiceTasks

# Variance of the utilities that is taken for granted: keeps an item that nobody of a class ever chose finite.
PRIOR_VARIANCE = 25.0
LARGEST_STEP = 1.0


def _appeals(utilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how much each item draws a choice as best, and as worst; the greatest is 1, so that none overflows."""
    return np.exp(utilities - utilities.max()), np.exp(utilities.min() - utilities)


def choice_chances(tasks: ChoiceTasks, utilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance of each item to be the best, and then the worst, of each distinct task.

    Args:
        tasks: d distinct tasks of p items.
        utilities: Shape (p,).

    Returns:
        Two arrays of shape (d, p); the second is 0 where no worst was asked.
    """
    chances = []
    for menus, appeal in zip((tasks.best_menus, tasks.worst_menus), _appeals(utilities), strict=True):
        of_set = menus.sets * appeal / (menus.sets @ appeal)[:, None]
        # The last row is that of tasks of which nothing was chosen.
        chances.append(np.vstack([of_set, np.zeros((1, len(utilities)))])[menus.of_task])
    return chances[0], chances[1]


def log_choices(tasks: ChoiceTasks, utilities: np.ndarray) -> np.ndarray:
    """Return the log chance of what was chosen in each distinct task, shape (d,)."""
    logs = np.zeros(len(tasks.best))
    for menus, chosen, appeal in zip(
        (tasks.best_menus, tasks.worst_menus), (tasks.best, tasks.worst), _appeals(utilities), strict=True
    ):
        asked = menus.of_task >= 0
        logs[asked] += np.log(appeal)[chosen[asked]] - np.log(menus.sets @ appeal)[menus.of_task[asked]]
    return logs


def choice_scores(tasks: ChoiceTasks, utilities: np.ndarray) -> np.ndarray:
    """Return the gradient of ``log_choices`` in the utilities, shape (d, p)."""
    best, worst = choice_chances(tasks, utilities)
    rows = np.arange(len(best))
    asked = np.flatnonzero(tasks.worst >= 0)
    scores = worst - best
    scores[rows, tasks.best] += 1
    scores[asked, tasks.worst[asked]] -= 1
    return scores


def newton_step(tasks: ChoiceTasks, weights: np.ndarray, utilities: np.ndarray) -> np.ndarray:
    """Return the utilities after one Newton step on the weighted log-likelihood with its prior.

    Args:
        tasks: d distinct tasks.
        weights: Weight of each, shape (d,).
        utilities: Shape (p,), summing to 0; so does the result.
    """
    count = len(utilities)
    gradient = -utilities / PRIOR_VARIANCE
    information = np.eye(count) / PRIOR_VARIANCE
    for menus, chosen, appeal, sign in zip(
        (tasks.best_menus, tasks.worst_menus), (tasks.best, tasks.worst), _appeals(utilities), (1, -1), strict=True
    ):
        asked = menus.of_task >= 0
        of_set, total = menus.weights(weights), menus.sets @ appeal
        expected = appeal * (menus.sets.T @ (of_set / total))
        gradient += sign * (np.bincount(chosen[asked], weights=weights[asked], minlength=count) - expected)
        scaled = menus.sets * (np.sqrt(of_set) / total)[:, None]
        information += np.diag(expected) - np.outer(appeal, appeal) * (scaled.T @ scaled)
    step = np.linalg.solve(information, gradient)
    # Far from the optimum a full step may overshoot; the likelihood is concave, so a shorter one cannot go wrong.
    step *= min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
    moved = utilities + step
    return moved - moved.mean()


def count_scores(tasks: ChoiceTasks) -> np.ndarray:
    """Return (times best - times worst) / times shown of each respondent and item, shape (n, p); 0 where not shown."""
    counts = tasks.item_counts()
    net = counts.best - counts.worst
    return np.divide(net, counts.shown, out=np.zeros_like(net), where=counts.shown > 0)
