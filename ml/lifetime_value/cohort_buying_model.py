"""Buying models that differ by cohort, small cohorts drawn towards the whole.

Belongs here: ``CohortBuyingModel``. Does not belong here: the likelihoods (the model it wraps), what makes a cohort
(a column that the caller gives).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from ml.errors import ModelInputError
from ml.lifetime_value.buying_model import BuyingModel
from ml.lifetime_value.histories import Histories, collapse, history_arrays
from ml.lifetime_value.maximiser import Evaluation, Maximum, maximise
from ml.lifetime_value.maximum_likelihood import FORMAT_VERSION, check_format, damaged

# The spread of cohorts around the whole is searched between one per cent and a factor of twenty.
LEAST_SPREAD, LARGEST_SPREAD = 0.01, 3.0
FIRST_SPREAD = 0.3
# Relative change of the variances at which a search for them ends.
CLOSE = 0.01


class CohortBuyingModel(BaseEstimator):
    """One buying model per cohort with an empirical-Bayes prior around the fit of all customers.

    The logarithms of a cohort's parameters are taken as normal around those of all customers together, with one
    variance per parameter for all cohorts. Each cohort's parameters maximise its likelihood times that prior; the
    variances are those that make the cohorts as found most likely, by expectation and maximisation with a normal
    approximation to each cohort's posterior (Laird & Louis 1982 for the idea; Tierney & Kadane 1986 for the
    approximation; Dempster, Laird & Rubin 1977 for the steps). A cohort of many customers keeps its own
    estimate, a cohort of few gets that of the whole, and if cohorts do not differ the variances shrink towards the
    least and all are alike.

    Args:
        model: The buying model to fit, unfitted; it is cloned.
        cohort_column: Column that names the cohort, beside the three of a history; a missing value is a cohort too.
        most_rounds: Most rounds of fitting the cohorts under the prior and the prior to the cohorts.

    Attributes:
        pooled_: The model of all customers; it also serves customers of cohorts not seen at fit.
        models_: The model of each cohort by its name. Their standard errors are posterior standard deviations.
        spread_: Standard deviation of the logarithm of each parameter between cohorts, by name of the parameter; .01
            is the least and means no difference that was found.
    """

    FORMAT: ClassVar[str] = "tessera.cohort_buying_model"

    pooled_: BuyingModel
    models_: dict[str, BuyingModel]
    spread_: dict[str, float]

    def __init__(self, *, model: BuyingModel, cohort_column: str = "cohort", most_rounds: int = 20) -> None:
        self.model = model
        self.cohort_column = cohort_column
        self.most_rounds = most_rounds

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Learn the pooled model, how far cohorts differ, and a model per cohort.

        Args:
            X: One row per customer with the three columns of a history and the cohort.
            y: Ignored; present by scikit-learn's convention.

        Raises:
            ModelInputError: The cohort's column is absent, or the wrapped model refuses the rows.
        """
        cohorts = self._cohorts(X)
        self.pooled_ = clone(self.model).fit(X)
        names = sorted(cohorts.unique())
        histories = {name: self._histories(X[cohorts == name]) for name in names}
        center = np.log(list(self.pooled_.parameters_.values()))
        variance = np.full(len(center), FIRST_SPREAD**2)
        positions = dict.fromkeys(names, center)
        for _ in range(self.most_rounds):
            found = {name: self._penalised(histories[name], positions[name], center, variance) for name in names}
            positions = {name: maximum.position for name, maximum in found.items()}
            before = variance
            variance = _spread_between(list(found.values()), center, variance)
            if np.abs(np.log(variance / before)).max() < CLOSE:
                break
        self.models_ = {}
        for name in names:
            maximum = self._penalised(histories[name], positions[name], center, variance)
            model = clone(self.model)
            likelihood = model._evaluate(maximum.position, histories[name]).value
            model._learn(maximum, histories[name].total, log_likelihood=likelihood)
            self.models_[name] = model
        self.spread_ = dict(zip(self.pooled_.PARAMETERS, np.sqrt(variance).tolist(), strict=True))
        return self

    def _histories(self, X: pd.DataFrame) -> Histories:
        return collapse(*history_arrays(X, owner=type(self).__name__), unit_days=self.model.time_unit_days)

    def _penalised(self, histories: Histories, start: np.ndarray, center: np.ndarray, variance: np.ndarray) -> Maximum:
        """Return the top of log-likelihood plus logarithm of the prior."""

        def evaluate(position: np.ndarray) -> Evaluation:
            own = self.model._evaluate(position, histories)
            away = (position - center) / variance
            return Evaluation(
                value=own.value - float((position - center) @ away) / 2,
                gradient=own.gradient - away,
                hessian=own.hessian - np.diag(1 / variance),
            )

        return maximise(evaluate, start, lower=np.log(self.model.LOWER), upper=np.log(self.model.UPPER))

    def _cohorts(self, X: pd.DataFrame) -> pd.Series:
        """Return the name of each row's cohort, shape (n,), as strings."""
        if not isinstance(X, pd.DataFrame) or self.cohort_column not in X.columns:
            raise ModelInputError(
                f"CohortBuyingModel: the column {self.cohort_column!r} of cohorts is not in the table",
                expected=f"one row per customer with {self.cohort_column!r} beside the history",
                found=", ".join(map(str, X.columns)) if isinstance(X, pd.DataFrame) else type(X).__name__,
                fix="add the column, or name the right one as cohort_column",
            )
        return X[self.cohort_column].astype("str").fillna("missing")

    def p_alive(self, X: pd.DataFrame) -> np.ndarray:
        """Return the probability that each customer has not left yet, shape (n,); see ``BuyingModel``."""
        return self._by_cohort(X, lambda model, rows: model.p_alive(rows))

    def p_return(self, X: pd.DataFrame, *, horizon_days: float) -> np.ndarray:
        """Return the probability of an order in the horizon, shape (n,); see ``BuyingModel``."""
        return self._by_cohort(X, lambda model, rows: model.p_return(rows, horizon_days=horizon_days))

    def conditional_expected_orders(self, X: pd.DataFrame, *, horizon_days: float) -> np.ndarray:
        """Return the expected number of orders in the horizon, shape (n,); see ``BuyingModel``."""
        return self._by_cohort(
            X, lambda model, rows: model.conditional_expected_orders(rows, horizon_days=horizon_days)
        )

    def discounted_expected_orders(
        self, X: pd.DataFrame, *, horizon_days: float, yearly_rate: float = 0.1
    ) -> np.ndarray:
        """Return the discounted expected orders in the horizon, shape (n,); see ``BuyingModel``."""
        return self._by_cohort(
            X,
            lambda model, rows: model.discounted_expected_orders(
                rows, horizon_days=horizon_days, yearly_rate=yearly_rate
            ),
        )

    def _by_cohort(self, X: pd.DataFrame, ask: Callable[[BuyingModel, pd.DataFrame], np.ndarray]) -> np.ndarray:
        check_is_fitted(self, "models_")
        cohorts = self._cohorts(X)
        history_arrays(X, owner=type(self).__name__)
        out = np.empty(len(X))
        for name, places in cohorts.groupby(cohorts).indices.items():
            out[places] = ask(self.models_.get(str(name), self.pooled_), X.iloc[places])
        return out

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types."""
        check_is_fitted(self, "models_")
        return {
            "format": self.FORMAT,
            "format_version": FORMAT_VERSION,
            "settings": {"cohort_column": self.cohort_column, "most_rounds": self.most_rounds},
            "pooled": self.pooled_.to_parameters(),
            "cohorts": {name: model.to_parameters() for name, model in self.models_.items()},
            "spread": dict(self.spread_),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], *, model: type[BuyingModel]) -> Self:
        """Rebuild a fitted wrapper from ``to_parameters()``.

        Args:
            parameters: The document.
            model: The class of the wrapped model, which the caller knows; a document never chooses code.

        Raises:
            ParameterFormatError: The document is not one of this format, version and model, or is damaged.
        """
        check_format(parameters, cls.FORMAT, owner=cls.__name__)
        try:
            pooled = model.from_parameters(parameters["pooled"])
            fitted = cls(model=clone(pooled), **parameters["settings"])
            fitted.pooled_ = pooled
            cohorts = parameters["cohorts"].items()
            fitted.models_ = {str(name): model.from_parameters(document) for name, document in cohorts}
            fitted.spread_ = {name: float(parameters["spread"][name]) for name in model.PARAMETERS}
        except (KeyError, TypeError, AttributeError) as error:
            raise damaged(f"{type(error).__name__}: {error}", owner=cls.__name__) from error
        return fitted


def _spread_between(found: list[Maximum], center: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the variances between cohorts by expectation and maximisation, shape (p,).

    Around the top of likelihood times prior, each cohort's likelihood is taken as a normal density; its mean and
    information follow from the derivatives once the prior's are taken out. The steps then cost nothing, and the
    likelihood is needed again only once they have ended.

    Args:
        found: The top of likelihood times prior of each cohort.
        center: Mean of the prior, shape (p,).
        variance: The variances of the prior that the tops were found with, shape (p,).
    """
    own = []
    for maximum in found:
        # Away from its own top a likelihood can be bent the wrong way, and says nothing in that direction.
        bend, directions = np.linalg.eigh(-maximum.evaluation.hessian - np.diag(1 / variance))
        information = (directions * np.maximum(bend, 0.0)) @ directions.T
        gradient = maximum.evaluation.gradient + (maximum.position - center) / variance
        own.append((information, information @ (maximum.position - center) + gradient))
    for _ in range(1_000):
        expected = np.zeros(len(center))
        for information, pull in own:
            covariance = np.linalg.inv(information + np.diag(1 / variance))
            expected += (covariance @ pull) ** 2 + covariance.diagonal()
        expected = np.clip(expected / len(own), LEAST_SPREAD**2, LARGEST_SPREAD**2)
        change = np.abs(np.log(expected / variance)).max()
        variance = expected
        if change < CLOSE / 10:
            break
    return variance
