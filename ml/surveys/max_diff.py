"""Classes of needs from best-worst (MaxDiff) choices, with codes and names that stay.

Belongs here: ``MaxDiffClasses``. Does not belong here: choices as arrays (``choice_tasks``), the logit and the mixture
(``best_worst_logit``, ``best_worst_mixture``), the parameter document (``max_diff_parameters``), customers who were not
asked (``typing_model``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.base import Reason
from ml.errors import ModelInputError, NoEligibleClustersError, NotEnoughAnswersError
from ml.evaluation.label_matching import LabelMatch, canonical_order, match_labels
from ml.surveys import max_diff_parameters
from ml.surveys.best_worst_mixture import (
    ChoiceClasses,
    fit_choice_classes,
    log_likelihood,
    posterior,
    standard_errors,
)
from ml.surveys.choice_tasks import OWNER, ChoiceTasks, choice_tasks, shown_items
from ml.surveys.class_naming import Statement, name_classes

REASONS_PER_CUSTOMER = 3
# Letters of an item that its class is named by; the description has all of it.
NAME_LETTERS = 40


class MaxDiffClasses(BaseEstimator):
    """Latent classes of respondents who find the same things most and least important.

    Not a ``Segmenter``: a respondent is several rows, one per task. k has the lowest BIC (Schwarz 1978, n respondents)
    of those whose classes are large enough; one class for everybody stands in the table as the baseline, and where
    nothing beats it there are no classes. The same choices give the same parameters to the last bit, in whatever
    order they come.

    Args:
        min_k: Fewest classes tried; 2 are tried too below ``small_sample`` respondents.
        max_k: Most classes tried.
        min_share: Smallest share of respondents in a class, 0-1.
        min_respondents: Fewest respondents.
        small_sample: Number of respondents below which two classes are tried.
        sample_size: Most respondents that the fit uses.
        starts: Runs of EM per candidate.
        max_match_distance: Root-mean-square distance of utilities at which a class is still the previous version's.
        code_prefix: Letters before the number of a code.
        random_state: Seed of every draw.

    Attributes:
        segments_: One row per class, by code: segment_code, name, description, customers, share, confidence_mean.
        utilities_: Utility of each item by code (classes x items), in logits; each row sums to 0.
        standard_errors_: Their standard errors, the same shape.
        k_selection_: One row per k: k, log_likelihood, parameters, bic, smallest_share, eligible, chosen.
        items_: Items, sorted.
        learnt_from_: Digest of choices and settings; learning the same again gives the previous version back.
        match_distances_: Code to distance from the previous version's class, None for a new code.
        retired_: Codes given up; they are never given to another class.
    """

    segments_: pd.DataFrame
    retired_: tuple[dict[str, str], ...]
    match_distances_: dict[str, float | None]
    next_code_number_: int
    n_customers_: int
    learnt_from_: str

    def __init__(
        self,
        *,
        min_k: int = 3,
        max_k: int = 6,
        min_share: float = 0.05,
        min_respondents: int = 200,
        small_sample: int = 500,
        sample_size: int = 3_000,
        starts: int = 4,
        max_match_distance: float = 0.6,
        code_prefix: str = "n",
        random_state: int = 0,
    ) -> None:
        self.min_k = min_k
        self.max_k = max_k
        self.min_share = min_share
        self.min_respondents = min_respondents
        self.small_sample = small_sample
        self.sample_size = sample_size
        self.starts = starts
        self.max_match_distance = max_match_distance
        self.code_prefix = code_prefix
        self.random_state = random_state

    def fit(self, choices: pd.DataFrame | ChoiceTasks, *, previous: Mapping[str, Any] | None = None) -> Self:
        """Learn classes from one row per task.

        Args:
            choices: customer_id, task_id, shown (the items, a list or tuple), best_item, worst_item (missing where
                only the best was asked); or the same as arrays, which spares making them again to predict.
            previous: ``to_parameters()`` of the last version; its codes and names carry over.

        Returns:
            The fitted model.

        Raises:
            NotEnoughAnswersError: Fewer respondents than ``min_respondents``.
            NoEligibleClustersError: No number of classes is better than one class and large enough.
            ModelInputError: The choices cannot be read, or tell too little about a respondent for any class.
            ParameterFormatError: ``previous`` is not a document of this model.
        """
        if not 2 <= self.min_k <= self.max_k:
            raise ModelInputError(
                f"{OWNER}: the settings cannot be used",
                expected="2 <= min_k <= max_k",
                found=f"min_k={self.min_k}, max_k={self.max_k}",
                fix="correct the settings",
            )
        tasks = choices if isinstance(choices, ChoiceTasks) else choice_tasks(choices, shown_items(choices))
        n = len(tasks.customers)
        if n < self.min_respondents:
            raise NotEnoughAnswersError(
                f"{OWNER}: too few respondents to learn classes from",
                expected=f"at least {self.min_respondents} respondents (min_respondents)",
                found=f"{n}",
                fix="ask more customers, or keep the last version's classes",
            )
        asked = tasks.counts @ (1.0 + (tasks.worst >= 0))
        if asked.max() < 2:
            raise ModelInputError(
                f"{OWNER}: one choice per respondent cannot tell classes",
                expected="several tasks, or best and worst, from each respondent",
                found="a single best choice from everybody",
                fix="take the choice itself as the segment: it is all that is known",
            )
        self.learnt_from_ = max_diff_parameters.fingerprint(self, tasks)
        if previous is not None and previous.get("learnt_from") == self.learnt_from_:
            self.__dict__.update(type(self).from_parameters(previous).__dict__)
            return self
        sample = tasks
        if n > self.sample_size:
            rng = np.random.default_rng(self.random_state)
            sample = tasks.rows(np.sort(rng.choice(n, size=self.sample_size, replace=False)))
        classes = self._choose(sample)
        self.items_ = tasks.items
        self._label(classes, tasks, sample, previous)
        return self

    def _choose(self, tasks: ChoiceTasks) -> ChoiceClasses:
        """Return the classes of the best k, and fill ``k_selection_``."""
        n, p = len(tasks.customers), tasks.shown.shape[1]
        fewest = 2 if n < self.small_sample else self.min_k
        fits: dict[int, ChoiceClasses] = {}
        rows = []
        for k in (1, *range(min(fewest, self.min_k), self.max_k + 1)):
            fits[k] = fit_choice_classes(tasks, k, starts=self.starts, seed=self.random_state + 1000 * k)
            likelihood, count = log_likelihood(fits[k], tasks), k * (p - 1) + k - 1
            sizes = np.bincount(posterior(fits[k], tasks).argmax(axis=1), minlength=k)
            rows.append(
                {
                    "k": k,
                    "log_likelihood": likelihood,
                    "parameters": count,
                    "bic": float(count * np.log(n) - 2 * likelihood),
                    "smallest_share": float(sizes.min() / n),
                }
            )
        table = pd.DataFrame(rows)
        everybody = float(table.loc[table["k"] == 1, "bic"].iloc[0])
        table["eligible"] = (table["k"] > 1) & (table["smallest_share"] >= self.min_share) & (table["bic"] < everybody)
        if not table["eligible"].any():
            told = "; ".join(
                f"{row.k}: BIC {row.bic:,.0f}, smallest {row.smallest_share:.1%}" for row in table.itertuples()
            )
            raise NoEligibleClustersError(
                f"{OWNER}: no number of classes is better than one class for everybody",
                expected=f"a lower BIC than one class has, and every class >= {self.min_share:.0%}",
                found=told,
                fix="ask more tasks or more customers; classes of these choices would describe chance",
            )
        best = int(table[table["eligible"]].sort_values("bic")["k"].iloc[0])
        self.k_selection_ = table.assign(chosen=table["k"] == best)
        return fits[best]

    def _label(
        self,
        classes: ChoiceClasses,
        tasks: ChoiceTasks,
        sample: ChoiceTasks,
        previous: Mapping[str, Any] | None,
    ) -> None:
        """Give classes their codes and names, and fill the tables."""
        order = canonical_order(classes.weights, classes.utilities)
        classes = _reordered(classes, order)
        k = len(classes.weights)
        before = type(self).from_parameters(previous) if previous is not None else None
        match, names = self._matched(classes, before)
        kept = {code: name for code, name in names.items() if code in match.codes}
        chances = posterior(classes, tasks)
        labels = chances.argmax(axis=1)
        counts = np.bincount(labels, minlength=k)
        sure = np.bincount(labels, weights=chances.max(axis=1), minlength=k) / np.maximum(counts, 1)
        named = name_classes(
            classes.utilities - classes.weights @ classes.utilities,
            [
                Statement(aspect=short, high=f"choose \u201c{item}\u201d", low=f"pass over \u201c{item}\u201d")
                for item, short in zip(self.items_, _short_names(self.items_), strict=True)
            ],
            counts / len(labels),
            order=range(k),
            reserved=list(kept.values()),
        )
        by_code = sorted(range(k), key=lambda i: (len(match.codes[i]), match.codes[i]))
        self.classes_ = _reordered(classes, by_code)
        codes = [match.codes[i] for i in by_code]
        self.segments_ = pd.DataFrame(
            [
                {
                    "segment_code": match.codes[i],
                    "name": kept.get(match.codes[i], named[i].name),
                    "description": named[i].description,
                    "customers": int(counts[i]),
                    "share": float(counts[i] / len(labels)),
                    "confidence_mean": float(sure[i]),
                }
                for i in by_code
            ]
        )
        self.utilities_ = pd.DataFrame(self.classes_.utilities, index=codes, columns=list(self.items_))
        errors = standard_errors(self.classes_, sample)
        self.standard_errors_ = pd.DataFrame(errors, index=codes, columns=list(self.items_))
        self.match_distances_ = {match.codes[i]: match.distances[i] for i in by_code}
        self.next_code_number_ = match.next_number
        gone = ({"segment_code": code, "name": names[code]} for code in match.retired)
        self.retired_ = (*(before.retired_ if before is not None else ()), *gone)
        self.n_customers_ = len(labels)

    def _matched(self, classes: ChoiceClasses, before: MaxDiffClasses | None) -> tuple[LabelMatch, dict[str, str]]:
        """Return the codes of the classes, and the former version's names by code."""
        shared = [item for item in self.items_ if before is not None and item in before.items_]
        names = dict(zip(before.segments_["segment_code"], before.segments_["name"], strict=True)) if before else {}
        columns = [self.items_.index(item) for item in shared]
        match = match_labels(
            classes.utilities[:, columns or [0]],
            before.utilities_[shared].to_numpy() if before is not None and shared else np.zeros((len(names), 1)),
            list(names),
            # Without an item in common nothing can be called the same.
            max_distance=self.max_match_distance if shared else 0.0,
            next_number=before.next_code_number_ if before is not None else 1,
            order=range(len(classes.weights)),
            prefix=self.code_prefix,
        )
        return match, names

    def _tasks(self, choices: pd.DataFrame | ChoiceTasks) -> ChoiceTasks:
        check_is_fitted(self, "classes_")
        if not isinstance(choices, ChoiceTasks):
            return choice_tasks(choices, self.items_)
        if choices.items != self.items_:
            raise ModelInputError(
                f"{OWNER}: the choices are of other items than the model",
                expected=f"tasks of {', '.join(self.items_)}",
                found=f"tasks of {', '.join(choices.items)}",
                fix="make the tasks with the model's items_",
            )
        return choices

    def posterior(self, choices: pd.DataFrame | ChoiceTasks) -> pd.DataFrame:
        """Return the probability of each class, columns by code, one row per customer of ``choices``, sorted."""
        tasks = self._tasks(choices)
        codes = self.segments_["segment_code"].to_list()
        return pd.DataFrame(posterior(self.classes_, tasks), index=tasks.customers, columns=codes)

    def predict(self, choices: pd.DataFrame | ChoiceTasks) -> pd.Series:
        """Return the code of the likeliest class, one per customer of ``choices``, sorted by customer_id.

        Raises:
            ModelInputError: The choices cannot be read, or name an item that the model does not know.
        """
        chances = self.posterior(choices)
        codes = np.array(chances.columns, dtype=object)[chances.to_numpy().argmax(axis=1)]
        return pd.Series(codes, index=chances.index, name="segment_code")

    def explain(self, choices: pd.DataFrame | ChoiceTasks) -> pd.Series:
        """Return each customer's strongest reasons, a list of ``Reason``, sorted by customer_id.

        The effect of an item is (times best - times worst) x (its utility in the customer's class - in the next
        likeliest), divided by the sum of the absolute values over all items. It leaves out what the other items shown
        took part in. The value says in words how often the item was chosen.
        """
        tasks = self._tasks(choices)
        ranked = np.argsort(-posterior(self.classes_, tasks), axis=1, kind="stable")
        counts = tasks.item_counts()
        utilities = self.classes_.utilities
        parts = (counts.best - counts.worst) * (utilities[ranked[:, 0]] - utilities[ranked[:, 1]])
        total = np.abs(parts).sum(axis=1, keepdims=True)
        parts = np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)
        strongest = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :REASONS_PER_CUSTOMER]
        reasons = [
            [
                Reason(
                    feature=self.items_[j],
                    value=f"best in {counts.best[i, j]:.0f} and worst in {counts.worst[i, j]:.0f} "
                    f"of {counts.shown[i, j]:.0f}",
                    effect=float(parts[i, j]),
                )
                for j in items
                if parts[i, j] != 0
            ]
            for i, items in enumerate(strongest.tolist())
        ]
        return pd.Series(reasons, index=tasks.customers, name="reasons", dtype=object)

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types; see ``max_diff_parameters``."""
        check_is_fitted(self, "classes_")
        return max_diff_parameters.to_parameters(self)

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()`` without executing anything.

        Raises:
            ParameterFormatError: The document is not one of this format and version, or is damaged.
        """
        return max_diff_parameters.from_parameters(cls, parameters)


def _short_names(items: Sequence[str]) -> list[str]:
    """Return items cut to what fits into a name; two that would be cut to the same are kept whole."""
    cut = [item if len(item) <= NAME_LETTERS else f"{item[:NAME_LETTERS].rstrip()}\u2026" for item in items]
    return [short if cut.count(short) == 1 else item for item, short in zip(items, cut, strict=True)]


def _reordered(classes: ChoiceClasses, order: np.ndarray | list[int]) -> ChoiceClasses:
    return ChoiceClasses(weights=classes.weights[order], utilities=classes.utilities[order])
