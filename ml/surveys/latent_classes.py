"""Segments of respondents by latent class analysis, with codes and names that stay.

Belongs here: ``LatentClassSegmenter``, which puts the steps of this folder in order. Does not belong here: the steps
themselves (densities, fitting, naming), customers who were not asked (``typing_model``), paths, clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ml.base import Reason, Segmenter
from ml.errors import ModelInputError, NotEnoughAnswersError
from ml.evaluation.label_matching import canonical_order, match_labels
from ml.frames import checked_index
from ml.surveys import latent_class_parameters
from ml.surveys.answer_encoding import encode_answers, learn_options, profile_statements, stated_answers
from ml.surveys.class_densities import UNKNOWN, effects, item_evidence, log_posterior
from ml.surveys.class_fitting import Criterion, Measurement, choose_classes
from ml.surveys.class_naming import Statement, name_classes

REASONS_PER_ROW = 3
OWNER = "LatentClassSegmenter"


class LatentClassSegmenter(Segmenter):
    """Groups respondents by what they answer.

    The mixture is fitted by StepMix (Morin et al. 2025, "StepMix: a Python package for pseudo-likelihood estimation of
    generalized mixture models", Journal of Statistical Software) to at most ``sample_size`` respondents, by full
    information maximum likelihood where answers are missing; everybody is labelled from the plain parameters. k has
    the lowest BIC (or ICL) of those whose classes are large enough and come out the same on bootstrap samples. The
    same rows give the same parameters to the last bit, in whatever order they come.

    Args:
        feature_names: Items to use; default: every column.
        measurement: ``gaussian`` for answers on scales, centred or not; ``categorical`` for options.
        criterion: What k is chosen by, ``bic`` or ``icl``. Answers on few places are no normal distributions, and BIC
            splits classes to describe their shape; ICL takes only classes that people can be told apart by.
        min_k: Fewest classes tried, at least 2.
        max_k: Most classes tried.
        min_share: Smallest share of respondents in a class, 0-1.
        min_stability: Mean adjusted Rand index with bootstrap samples asked of k.
        min_respondents: Fewest rows with every item answered.
        sample_size: Most respondents that the fit uses: 3,000 x 12 items x five candidates take seconds, and the
            shares of their classes are known to two percentage points.
        starts: Random starts per candidate; half as many per bootstrap sample.
        bootstraps: Bootstrap samples per candidate asked.
        max_match_distance: Root-mean-square distance per item, in standard deviations, at which a class is still the
            previous version's.
        statements: Words for the items (``item_statements``); default: from the column names.
        code_prefix: Letters before the number of a code.
        random_state: Seed of every draw.

    Attributes:
        segments_: One row per class, by code: segment_code, name, description, customers, share, confidence_mean.
        k_selection_: One row per k: k, log_likelihood, parameters, bic, icl, smallest_share, stability (None where
            it was not asked), eligible, chosen.
        features_: Items used, sorted.
        options_: Options of each categorical item; empty for scales.
        classes_: The parameters of the classes, by code.
        match_distances_: Code to distance from the previous version's class, None for a new code.
        learnt_from_: Digest of rows and settings; learning the same again gives the previous version back.
        retired_: Codes given up; they are never given to another class.
    """

    retired_: tuple[dict[str, str], ...]
    match_distances_: dict[str, float | None]
    next_code_number_: int
    n_customers_: int

    def __init__(
        self,
        *,
        feature_names: Sequence[str] | None = None,
        measurement: Measurement = "gaussian",
        criterion: Criterion = "bic",
        min_k: int = 2,
        max_k: int = 6,
        min_share: float = 0.05,
        min_stability: float = 0.8,
        min_respondents: int = 200,
        sample_size: int = 3_000,
        starts: int = 4,
        bootstraps: int = 5,
        max_match_distance: float = 0.6,
        statements: Mapping[str, Statement] | None = None,
        code_prefix: str = "s",
        random_state: int = 0,
    ) -> None:
        self.feature_names = feature_names
        self.measurement = measurement
        self.criterion = criterion
        self.min_k = min_k
        self.max_k = max_k
        self.min_share = min_share
        self.min_stability = min_stability
        self.min_respondents = min_respondents
        self.sample_size = sample_size
        self.starts = starts
        self.bootstraps = bootstraps
        self.max_match_distance = max_match_distance
        self.statements = statements
        self.code_prefix = code_prefix
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: None = None, *, previous: Mapping[str, Any] | None = None) -> Self:
        """Learn classes from one row per respondent.

        Args:
            X: Items indexed by customer_id, missing where not answered: numbers, or options for categorical items.
            y: Ignored.
            previous: ``to_parameters()`` of the last version; its codes and names carry over.

        Returns:
            The fitted segmenter.

        Raises:
            NotEnoughAnswersError: Fewer complete respondents than ``min_respondents``.
            NoEligibleClustersError: No number of classes is large and stable enough.
            ModelInputError: A column or setting cannot be used.
            ParameterFormatError: ``previous`` is not a document of this model.
        """
        if (
            self.measurement not in ("gaussian", "categorical")
            or self.criterion not in ("bic", "icl")
            or not 2 <= self.min_k <= self.max_k
        ):
            raise ModelInputError(
                f"{OWNER}: the settings cannot be used",
                expected="measurement 'gaussian' or 'categorical', criterion 'bic' or 'icl', and 2 <= min_k <= max_k",
                found=f"measurement={self.measurement!r}, criterion={self.criterion!r}, min_k={self.min_k}, "
                f"max_k={self.max_k}",
                fix="correct the settings",
            )
        index = checked_index(X, owner=OWNER)
        # Sorted both ways before anything random, so that the order of rows and columns cannot matter.
        self.features_ = tuple(sorted(self.feature_names if self.feature_names is not None else X.columns))
        ordered = X.iloc[np.argsort(index.to_numpy(), kind="stable")]
        self.options_ = learn_options(ordered, self.features_) if self.measurement == "categorical" else ()
        values = encode_answers(ordered, self.features_, self.options_, owner=OWNER)
        complete = int((~np.isnan(values)).all(axis=1).sum())
        if complete < self.min_respondents:
            raise NotEnoughAnswersError(
                f"{OWNER}: too few complete responses to learn classes from",
                expected=f"at least {self.min_respondents} respondents with every item answered (min_respondents)",
                found=f"{complete} of {len(values)}",
                fix="wait for more answers, or keep the last version's classes",
            )
        constant = [name for name, column in zip(self.features_, values.T, strict=True) if _is_constant(column)]
        if constant:
            raise ModelInputError(
                f"{OWNER}: item {constant[0]!r} has the same answer from everybody",
                expected="items that respondents answer differently",
                found=f"{len(constant)} that do not vary: {', '.join(constant)}",
                fix="leave them out of feature_names",
            )
        self.learnt_from_ = latent_class_parameters.fingerprint(self, values, ordered.index)
        if previous is not None and previous.get("learnt_from") == self.learnt_from_:
            self.__dict__.update(latent_class_parameters.from_parameters(type(self), previous).__dict__)
            return self
        values = values[(~np.isnan(values)).any(axis=1)]
        rng = np.random.default_rng(self.random_state)
        sample = values
        if len(values) > self.sample_size:
            sample = values[np.sort(rng.choice(len(values), size=self.sample_size, replace=False))]
        classes, self.k_selection_ = choose_classes(
            sample,
            measurement=self.measurement,
            options=[len(options) for options in self.options_],
            criterion=self.criterion,
            candidates=range(self.min_k, self.max_k + 1),
            min_share=self.min_share,
            min_stability=self.min_stability,
            starts=self.starts,
            bootstraps=self.bootstraps,
            seed=self.random_state,
        )
        self.classes_ = classes
        self._label(values, previous)
        return self

    def _label(self, values: np.ndarray, previous: Mapping[str, Any] | None) -> None:
        """Give classes their codes and names, and fill ``segments_``."""
        order = canonical_order(self.classes_.weights, self.classes_.profile())
        classes = self.classes_.reordered(order)
        k = len(classes.weights)
        before = latent_class_parameters.from_parameters(type(self), previous) if previous is not None else None
        scale = classes.spread()
        former = latent_class_parameters.former_classes(self, before)
        match = match_labels(
            classes.profile()[:, former.columns] / scale[former.columns],
            former.profile / scale[former.columns],
            former.codes,
            max_distance=self.max_match_distance if former.comparable else 0.0,
            next_number=before.next_code_number_ if before is not None else 1,
            order=range(k),
            prefix=self.code_prefix,
        )
        kept = {code: name for code, name in former.names.items() if code in match.codes}
        posterior = np.exp(log_posterior(classes, values))
        labels = posterior.argmax(axis=1)
        counts = np.bincount(labels, minlength=k)
        sure = np.bincount(labels, weights=posterior.max(axis=1), minlength=k) / np.maximum(counts, 1)
        named = name_classes(
            effects(classes),
            profile_statements(self.features_, self.options_, self.statements or {}),
            counts / len(values),
            order=range(k),
            reserved=list(kept.values()),
        )
        by_code = sorted(range(k), key=lambda i: (len(match.codes[i]), match.codes[i]))
        self.classes_ = classes.reordered(by_code)
        self.segments_ = pd.DataFrame(
            [
                {
                    "segment_code": match.codes[i],
                    "name": kept.get(match.codes[i], named[i].name),
                    "description": named[i].description,
                    "customers": int(counts[i]),
                    "share": float(counts[i] / len(values)),
                    "confidence_mean": float(sure[i]),
                }
                for i in by_code
            ]
        )
        self.match_distances_ = {match.codes[i]: match.distances[i] for i in by_code}
        self.next_code_number_ = match.next_number
        gone = ({"segment_code": code, "name": former.names[code]} for code in match.retired)
        self.retired_ = (*(before.retired_ if before is not None else ()), *gone)
        self.n_customers_ = len(values)

    def _values(self, X: pd.DataFrame) -> np.ndarray:
        check_is_fitted(self, "classes_")
        checked_index(X, owner=OWNER)
        return encode_answers(X, self.features_, self.options_, owner=OWNER)

    def posterior(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of each class for each row, columns by code; NaN for who answered nothing."""
        values = self._values(X)
        probabilities = np.exp(log_posterior(self.classes_, values))
        probabilities[np.isnan(values).all(axis=1)] = np.nan
        return pd.DataFrame(probabilities, index=X.index, columns=self.segments_["segment_code"].to_list())

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the code of the likeliest class of each row, shape (n,); ``unknown`` for who answered nothing.

        Raises:
            ModelInputError: An item used at fit is absent or unusable.
        """
        values = self._values(X)
        codes = self.segments_["segment_code"].to_numpy(dtype=object)
        labels = codes[log_posterior(self.classes_, values).argmax(axis=1)]
        labels[np.isnan(values).all(axis=1)] = UNKNOWN
        return labels

    def fit_predict(self, X: pd.DataFrame, y: None = None) -> np.ndarray:
        """Fit, then return the codes of the same rows."""
        return self.fit(X).predict(X)

    def confidence(self, X: pd.DataFrame) -> np.ndarray:
        """Return the posterior probability of the likeliest class, shape (n,); 0 for who answered nothing."""
        return self.posterior(X).fillna(0.0).to_numpy().max(axis=1)

    def explain(self, X: pd.DataFrame) -> list[list[Reason]]:
        """Return the three answers that decide most between a row's class and the next, strongest first.

        See ``item_evidence`` for the formula of the effect. Answers that are options are told in the reason's
        feature, as ``item=option``. Who answered nothing has no reasons.
        """
        values = self._values(X)
        evidence = item_evidence(self.classes_, values)
        reasons = []
        for row, parts in zip(values, evidence, strict=True):
            strongest = [j for j in np.argsort(-np.abs(parts), kind="stable").tolist() if not np.isnan(row[j])]
            told = [(*stated_answers(self.features_, self.options_, row, j), j) for j in strongest[:REASONS_PER_ROW]]
            reasons.append([Reason(feature=name, value=value, effect=float(parts[j])) for name, value, j in told])
        return reasons

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types; see ``latent_class_parameters``."""
        check_is_fitted(self, "classes_")
        return latent_class_parameters.to_parameters(self)

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted segmenter.

        Raises:
            ParameterFormatError: The document is not one of this format and version, or is damaged.
        """
        return latent_class_parameters.from_parameters(cls, parameters)


def _is_constant(column: np.ndarray) -> bool:
    known = column[~np.isnan(column)]
    return not len(known) or bool(known.min() == known.max())
