"""The sequential best-worst logit: likelihood, scores and Newton steps for weighted tasks.

Belongs here: choice tasks as arrays, and one class's utilities. Does not belong here: classes, how many of them, names.

From the items S shown, the best b is chosen with exp(u_b) / sum_S exp(u), then the worst w of the others with
exp(-u_w) / sum_{S without b} exp(-u) (Louviere, Flynn & Marley 2015, "Best-Worst Scaling", ch. 2, sequential best-worst
choice; the closed form of Lipovetsky & Conklin 2014, "Best-worst scaling in analytical closed-form solution", J. of
Choice Modelling 10, approximates its utilities by counts). Where only the best was asked, the second factor is absent
and the model is McFadden's (1974) conditional logit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ml.errors import ModelInputError

OWNER = "MaxDiffClasses"
# Variance of the utilities that is taken for granted: keeps an item that nobody of a class ever chose finite.
PRIOR_VARIANCE = 25.0
LARGEST_STEP = 1.0
COLUMNS = ("customer_id", "task_id", "shown", "best_item", "worst_item")


@dataclass(frozen=True, kw_only=True)
class ChoiceTasks:
    """Choices of n respondents; equal tasks with equal choices are kept once.

    Attributes:
        customers: Respondents, sorted, length n.
        shown: Which items a distinct task showed, shape (d, p), boolean.
        best: Item chosen as best, shape (d,).
        worst: Item chosen as worst, shape (d,), -1 where it was not asked.
        counts: How often each respondent met each distinct task, sparse (n, d).
    """

    customers: pd.Index
    shown: np.ndarray
    best: np.ndarray
    worst: np.ndarray
    counts: sparse.csr_array

    def rows(self, chosen: np.ndarray) -> ChoiceTasks:
        """Return the same tasks for some respondents only."""
        return ChoiceTasks(
            customers=self.customers[chosen],
            shown=self.shown,
            best=self.best,
            worst=self.worst,
            counts=self.counts[chosen],
        )


def shown_items(choices: pd.DataFrame) -> tuple[str, ...]:
    """Return every item that a task showed, sorted.

    Raises:
        ModelInputError: A column is missing.
    """
    absent = [name for name in COLUMNS if name not in choices]
    if absent:
        raise _unusable(f"no column {absent[0]!r}", f"the columns {', '.join(COLUMNS)}")
    return tuple(sorted({item for offered in choices["shown"] for item in offered}))


def choice_tasks(choices: pd.DataFrame, items: tuple[str, ...]) -> ChoiceTasks:
    """Return checked choices as arrays.

    Args:
        choices: customer_id, task_id, shown (the items, a list or tuple), best_item, worst_item (missing where it was
            not asked).
        items: The p items, sorted.

    Raises:
        ModelInputError: A column is missing, a task is there twice, fewer than two items were shown, an item is
            unknown, or an item was chosen that was not shown.
    """
    shown_items(choices)
    if (
        choices[["customer_id", "task_id"]].isna().any(axis=None)
        or choices.duplicated(["customer_id", "task_id"]).any()
    ):
        raise _unusable("a task without an id, or one that is there twice", "each customer_id and task_id once")
    position = {item: at for at, item in enumerate(items)}
    ordered = choices.sort_values(["customer_id", "task_id"], kind="stable")
    shown = np.zeros((len(ordered), len(items)), dtype=bool)
    best = np.full(len(ordered), -1)
    worst = np.full(len(ordered), -1)
    columns = zip(ordered["shown"], ordered["best_item"], ordered["worst_item"], strict=True)
    for row, (offered, top, bottom) in enumerate(columns):
        asked = pd.notna(bottom)
        unknown = [item for item in (*offered, top, *([bottom] if asked else [])) if item not in position]
        if unknown:
            raise _unusable(f"the item {unknown[0]!r}, which the model does not know", f"items of {', '.join(items)}")
        shown[row, [position[item] for item in offered]] = True
        best[row] = position[top]
        worst[row] = position[bottom] if asked else -1
        if not shown[row, best[row]] or (asked and (not shown[row, worst[row]] or worst[row] == best[row])):
            raise _unusable(
                f"best {top!r} and worst {bottom!r} of {list(offered)}", "two different items of those shown"
            )
        if shown[row].sum() < 2:
            raise _unusable(f"a task that shows only {list(offered)}", "at least two items to choose from")
    customers, respondent = np.unique(ordered["customer_id"].to_numpy(dtype=object), return_inverse=True)
    keys, task = np.unique(np.column_stack([shown, best, worst]), axis=0, return_inverse=True)
    counts = sparse.coo_array((np.ones(len(task)), (respondent, task.ravel())), shape=(len(customers), len(keys)))
    return ChoiceTasks(
        customers=pd.Index(customers, name="customer_id"),
        shown=keys[:, :-2].astype(bool),
        best=keys[:, -2],
        worst=keys[:, -1],
        counts=counts.tocsr(),
    )


def _unusable(found: str, expected: str) -> ModelInputError:
    return ModelInputError(
        f"{OWNER}: the choices cannot be read",
        expected=expected,
        found=found,
        fix="give one row per task with the items shown and those chosen",
    )


def choice_chances(tasks: ChoiceTasks, utilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance of each item to be the best, and then the worst, of each distinct task.

    Args:
        tasks: d distinct tasks of p items.
        utilities: Shape (p,).

    Returns:
        Two arrays of shape (d, p); the second is 0 where no worst was asked.
    """
    best = np.where(tasks.shown, np.exp(utilities - utilities.max()), 0.0)
    best /= best.sum(axis=1, keepdims=True)
    left = tasks.shown.copy()
    left[np.arange(len(left)), tasks.best] = False
    left &= (tasks.worst >= 0)[:, None]
    worst = np.where(left, np.exp(utilities.min() - utilities), 0.0)
    total = worst.sum(axis=1, keepdims=True)
    return best, np.divide(worst, total, out=np.zeros_like(worst), where=total > 0)


def log_choices(tasks: ChoiceTasks, utilities: np.ndarray) -> np.ndarray:
    """Return the log chance of what was chosen in each distinct task, shape (d,)."""
    best, worst = choice_chances(tasks, utilities)
    rows = np.arange(len(best))
    asked = tasks.worst >= 0
    return np.log(best[rows, tasks.best]) + np.log(np.where(asked, worst[rows, tasks.worst], 1.0))


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
    best, worst = choice_chances(tasks, utilities)
    gradient = weights @ choice_scores(tasks, utilities) - utilities / PRIOR_VARIANCE
    information = np.diag(weights @ (best + worst) + 1 / PRIOR_VARIANCE)
    information -= (best * weights[:, None]).T @ best + (worst * weights[:, None]).T @ worst
    step = np.linalg.solve(information, gradient)
    # Far from the optimum a full step may overshoot; the likelihood is concave, so a shorter one cannot go wrong.
    step *= min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
    moved = utilities + step
    return moved - moved.mean()


def count_scores(tasks: ChoiceTasks) -> np.ndarray:
    """Return (times best - times worst) / times shown of each respondent and item, shape (n, p); 0 where not shown."""
    rows = np.arange(len(tasks.best))
    asked = np.flatnonzero(tasks.worst >= 0)
    marks = np.zeros(tasks.shown.shape)
    marks[rows, tasks.best] += 1
    marks[asked, tasks.worst[asked]] -= 1
    seen = tasks.counts @ tasks.shown.astype(np.float64)
    return np.divide(tasks.counts @ marks, seen, out=np.zeros_like(seen), where=seen > 0)
