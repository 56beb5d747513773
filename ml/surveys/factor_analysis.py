"""Factors behind Likert items: attitudes that several items measure together.

Belongs here: ``LikertFactors`` and its parameter document. Does not belong here: the formulas of extraction and
rotation (``factor_extraction``), turning reversed items (``answer_matrix``), classes of respondents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from ml.errors import ModelInputError, NotEnoughAnswersError
from ml.evaluation.label_matching import format_code
from ml.frames import checked_index, feature_matrix
from ml.parameter_documents import reading_parameters
from ml.surveys.class_naming import Statement, scale_statement
from ml.surveys.factor_extraction import minres, oblimin, pairwise_correlation, parallel_analysis, tucker_congruence

OWNER = "LikertFactors"
FORMAT = "tessera.likert_factors"
FORMAT_VERSION = 1
# An item speaks for a factor from this loading on (Stevens 2002: .4, whatever the sample).
SALIENT = 0.4
# Congruence from which a factor is the last version's (Lorenzo-Seva & ten Berge 2006: fair similarity).
SAME_FACTOR = 0.85
NAMING_ITEMS = 4
SETTINGS = ("feature_names", "n_factors", "scores", "min_respondents", "repeats", "quantile", "starts", "random_state")


class LikertFactors(BaseEstimator):
    """Minres factors, rotated by direct quartimin (oblimin), as many as parallel analysis finds.

    Give it answers as they are (turned, not centred on the person): centred rows sum to 0, which makes correlations
    negative that are not. Factors stand in the order of the variance that they explain, the first items' loadings
    breaking ties, and point to where most of their strong items do; a previous version's order, codes and signs carry
    over. The same rows give the same parameters to the last bit, in whatever order they come.

    Args:
        feature_names: Items to use; default: every column.
        n_factors: Number of factors; None for parallel analysis.
        scores: ``regression`` (Thurstone 1935) or ``ten_berge``, whose scores correlate as the factors do.
        min_respondents: Fewest rows with every item answered.
        repeats: Random data sets of the parallel analysis.
        quantile: Of their eigenvalues, 0-1.
        starts: Starts of the rotation.
        statements: Words for the items (``item_statements``); default: from the column names.
        random_state: Seed of every draw.

    Attributes:
        factors_: One row per factor: factor_code, name, items (text of the strongest, strongest first), variance_share.
        loadings_: Pattern, items x factors.
        factor_correlations_: Factors x factors.
        eigenvalues_: One row per rank: eigenvalue, random_eigenvalue.
        uniqueness_: Share of an item's variance that no factor explains, by item.
    """

    def __init__(
        self,
        *,
        feature_names: Sequence[str] | None = None,
        n_factors: int | None = None,
        scores: Literal["regression", "ten_berge"] = "regression",
        min_respondents: int = 200,
        repeats: int = 50,
        quantile: float = 0.95,
        starts: int = 10,
        statements: Mapping[str, Statement] | None = None,
        random_state: int = 0,
    ) -> None:
        self.feature_names = feature_names
        self.n_factors = n_factors
        self.scores = scores
        self.min_respondents = min_respondents
        self.repeats = repeats
        self.quantile = quantile
        self.starts = starts
        self.statements = statements
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: None = None, *, previous: Mapping[str, Any] | None = None) -> Self:
        """Learn factors from one row per respondent.

        Args:
            X: Answers indexed by customer_id, NaN where missing.
            y: Ignored.
            previous: ``to_parameters()`` of the last version; its codes, signs and names carry over.

        Returns:
            The fitted model.

        Raises:
            NotEnoughAnswersError: Fewer complete respondents than ``min_respondents``.
            ModelInputError: An item cannot be used, no factor is above chance, or a setting is wrong.
            ParameterFormatError: ``previous`` is not a document of this model.
        """
        index = checked_index(X, owner=OWNER)
        self.features_ = tuple(sorted(self.feature_names if self.feature_names is not None else X.columns))
        values = feature_matrix(X, self.features_, owner=OWNER)[np.argsort(index.to_numpy(), kind="stable")]
        complete_rows = values[(~np.isnan(values)).all(axis=1)]
        complete = len(complete_rows)
        if complete < self.min_respondents:
            raise NotEnoughAnswersError(
                f"{OWNER}: too few complete responses to learn factors from",
                expected=f"at least {self.min_respondents} respondents with every item answered (min_respondents)",
                found=f"{complete} of {len(values)}",
                fix="wait for more answers, or keep the last version's factors",
            )
        self.mean_, self.deviation_ = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
        if not (self.deviation_ > 0).all():
            constant = [name for name, sd in zip(self.features_, self.deviation_, strict=True) if not sd > 0]
            raise _unusable("items that respondents answer differently", f"the same answers to {', '.join(constant)}")
        # One thread: products come out differently with several.
        with threadpool_limits(limits=1):
            self.correlation_ = pairwise_correlation(values)
            # Random answers are complete, so complete answers are held against them: who skips items often answers
            # the others carelessly, and on the Big Five items that alone makes a sixth factor.
            found, random = parallel_analysis(
                complete_rows, repeats=self.repeats, quantile=self.quantile, seed=self.random_state
            )
            self.eigenvalues_ = pd.DataFrame({"eigenvalue": found, "random_eigenvalue": random})
            below = np.flatnonzero(found <= random)
            m = self.n_factors or int(below[0] if len(below) else len(found))
            if not 1 <= m < len(self.features_) - 1:
                raise _unusable("at least one factor above chance, and fewer factors than items", f"{m} factors")
            rotation = oblimin(minres(self.correlation_, m), starts=self.starts, seed=self.random_state)
        self._take(rotation.loadings, rotation.correlations, previous)
        return self

    def _take(self, loadings: np.ndarray, correlations: np.ndarray, previous: Mapping[str, Any] | None) -> None:
        """Put factors in order, give them signs, codes and names."""
        signs = np.where((loadings**3).sum(axis=0) < 0, -1.0, 1.0)
        explained = (loadings * (loadings @ correlations)).sum(axis=0)
        order = np.lexsort((*np.round(loadings * signs, 6)[::-1], -np.round(explained, 6)))
        codes = [format_code(number, prefix="f") for number in range(1, len(order) + 1)]
        kept: dict[str, str] = {}
        if previous is not None:
            before = type(self).from_parameters(previous)
            signs, order, codes, kept = self._carried_over(loadings, signs, order, before)
        loadings, explained = (loadings * signs)[:, order], explained[order]
        correlations = (correlations * signs * signs[:, None])[np.ix_(order, order)]
        self.loadings_ = pd.DataFrame(loadings, index=list(self.features_), columns=codes)
        self.factor_correlations_ = pd.DataFrame(correlations, index=codes, columns=codes)
        explained_items = (loadings @ correlations * loadings).sum(axis=1)
        self.uniqueness_ = pd.Series(1 - explained_items, index=list(self.features_))
        rows = []
        taken = set(kept.values())
        for position, code in enumerate(codes):
            name, items = self._named(loadings[:, position], taken)
            name = kept.get(code, name)
            taken.add(name)
            share = float(explained[position] / len(self.features_))
            rows.append({"factor_code": code, "name": name, "items": items, "variance_share": share})
        self.factors_ = pd.DataFrame(rows)

    def _carried_over(
        self, loadings: np.ndarray, signs: np.ndarray, order: np.ndarray, before: LikertFactors
    ) -> tuple[np.ndarray, np.ndarray, list[str], dict[str, str]]:
        """Return signs, order, codes and kept names after matching the factors to the former version's."""
        shared = [name for name in self.features_ if name in before.features_]
        former_codes = before.factors_["factor_code"].to_list()
        names = dict(zip(former_codes, before.factors_["name"], strict=True))
        signs = signs.copy()
        codes: dict[int, str] = {}
        if shared:
            own = loadings[[self.features_.index(name) for name in shared]]
            congruence = tucker_congruence(own, before.loadings_.loc[shared].to_numpy())
            for i, j in zip(*linear_sum_assignment(-np.abs(congruence)), strict=True):
                if abs(congruence[i, j]) >= SAME_FACTOR:
                    codes[int(i)] = former_codes[j]
                    signs[i] = np.sign(congruence[i, j])
        number = max(int(code[1:]) for code in former_codes) + 1
        for position in map(int, order):
            if position not in codes:
                codes[position] = format_code(number, prefix="f")
                number += 1
        order = np.array(sorted(codes, key=lambda position: (len(codes[position]), codes[position])))
        given = [codes[position] for position in order.tolist()]
        return signs, order, given, {code: names[code] for code in given if code in names}

    def _named(self, loadings: np.ndarray, taken: set[str]) -> tuple[str, list[str]]:
        """Return a factor's name and what its strongest items say."""
        words = self.statements or {}
        told = [
            words.get(name) or scale_statement(item=name, text=None, construct=None, is_reversed=False)
            for name in self.features_
        ]
        strongest = np.argsort(-np.abs(loadings), kind="stable")
        salient = [j for j in strongest.tolist() if abs(loadings[j]) >= SALIENT][:NAMING_ITEMS] or [int(strongest[0])]
        votes: dict[str, float] = {}
        for j in salient:
            aspect = told[j].aspect if loadings[j] > 0 else f"not {told[j].aspect}"
            votes[aspect] = votes.get(aspect, 0.0) + abs(float(loadings[j]))
        ranked = sorted(votes, key=lambda aspect: (-votes[aspect], aspect))
        first = ranked[0][:1].upper() + ranked[0][1:]
        candidates = [first, *(f"{first} and {other}" for other in ranked[1:])]
        numbered = [f"{first}, factor {number}" for number in range(2, len(taken) + 3)]
        name = next(name for name in (*candidates, *numbered) if name not in taken)
        return name, [told[j].high if loadings[j] > 0 else told[j].low for j in salient]

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the factor scores of each row, columns by factor code, in standard deviations of the respondents.

        Regression scores are z R^-1 S with the structure S = L Phi (Thurstone 1935). Ten Berge, Krijnen, Wansbeek &
        Shapiro (1999) keep the correlations of the factors: z R^-1/2 C Phi^1/2 with C the orthonormal factor of R^-1/2
        L Phi^1/2. Missing answers are expected from those given under R (normal regression), which for regression
        scores is exact. Who answered nothing has NaN.
        """
        check_is_fitted(self, "loadings_")
        index = checked_index(X, owner=OWNER)
        z = (feature_matrix(X, self.features_, owner=OWNER) - self.mean_) / self.deviation_
        silent = np.isnan(z).all(axis=1)
        with threadpool_limits(limits=1):
            weights = self._score_weights()
            z = _expected(z, self.correlation_)
        # einsum, not BLAS: a row's scores must not depend on which rows stand beside it.
        scores = np.einsum("np,pm->nm", z, weights)
        scores[silent] = np.nan
        return pd.DataFrame(scores, index=index, columns=self.loadings_.columns)

    def _score_weights(self) -> np.ndarray:
        loadings, phi = self.loadings_.to_numpy(), self.factor_correlations_.to_numpy()
        inverse = np.linalg.pinv(self.correlation_, hermitian=True)
        if self.scores == "regression":
            return inverse @ loadings @ phi
        root, phi_root = _root(inverse), _root(phi)
        left, _, right = np.linalg.svd(root @ loadings @ phi_root, full_matrices=False)
        return root @ (left @ right) @ phi_root

    def fit_transform(self, X: pd.DataFrame, y: None = None) -> pd.DataFrame:
        """Fit, then return the scores of the same rows."""
        return self.fit(X).transform(X)

    def factor_statements(self) -> dict[str, Statement]:
        """Return words for the factor scores, for classes that are made of them."""
        check_is_fitted(self, "loadings_")
        told = {str(code): str(name) for code, name in self.factors_[["factor_code", "name"]].to_numpy().tolist()}
        # A name begins a sentence; inside one it does not.
        told = {code: name[:1].lower() + name[1:] for code, name in told.items()}
        return {
            code: Statement(aspect=name, high=f"score high on {name}", low=f"score low on {name}")
            for code, name in told.items()
        }

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types."""
        check_is_fitted(self, "loadings_")
        settings = {name: getattr(self, name) for name in SETTINGS}
        if settings["feature_names"] is not None:
            settings["feature_names"] = [str(name) for name in settings["feature_names"]]
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "settings": settings,
            "features": list(self.features_),
            "mean": self.mean_.tolist(),
            "deviation": self.deviation_.tolist(),
            "correlation": self.correlation_.tolist(),
            "loadings": self.loadings_.to_numpy().tolist(),
            "factor_correlations": self.factor_correlations_.to_numpy().tolist(),
            "uniqueness": self.uniqueness_.to_list(),
            "eigenvalues": self.eigenvalues_.to_numpy().tolist(),
            "factors": self.factors_.to_dict(orient="records"),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()`` without executing anything.

        The words of the items are not in the document: names are, and scores need none.

        Raises:
            ParameterFormatError: The document is not one of this format and version, or is damaged.
        """
        with reading_parameters(parameters, owner=OWNER, format_name=FORMAT, format_version=FORMAT_VERSION):
            model = cls(**{name: parameters["settings"][name] for name in SETTINGS})
            model.features_ = items = tuple(parameters["features"])
            for name in ("mean", "deviation", "correlation"):
                setattr(model, f"{name}_", np.array(parameters[name], dtype=np.float64))
            model.factors_ = pd.DataFrame([dict(factor) for factor in parameters["factors"]])
            codes = model.factors_["factor_code"].to_list()
            model.loadings_ = pd.DataFrame(parameters["loadings"], index=list(items), columns=codes)
            model.factor_correlations_ = pd.DataFrame(parameters["factor_correlations"], index=codes, columns=codes)
            model.uniqueness_ = pd.Series(parameters["uniqueness"], index=list(items))
            model.eigenvalues_ = pd.DataFrame(parameters["eigenvalues"], columns=["eigenvalue", "random_eigenvalue"])
            if model.correlation_.shape != (len(items), len(items)) or not (model.deviation_ > 0).all():
                raise ValueError(f"correlations of shape {model.correlation_.shape} for {len(items)} items")
        return model


def _unusable(expected: str, found: str) -> ModelInputError:
    return ModelInputError(
        f"{OWNER}: no factors can be learnt from these items",
        expected=expected,
        found=found,
        fix="pass the items of one battery, several for each attitude",
    )


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return the symmetric square root of a matrix without negative eigenvalues."""
    eigenvalues, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(eigenvalues, 0.0))) @ vectors.T


def _expected(z: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Return standard scores with missing ones replaced by their expectation given the others, shape (n, p)."""
    out = np.nan_to_num(z)
    missing = np.isnan(z)
    for pattern in np.unique(missing[missing.any(axis=1)], axis=0):
        if pattern.all():
            continue
        rows = (missing == pattern).all(axis=1)
        inverse = np.linalg.pinv(correlation[np.ix_(~pattern, ~pattern)], hermitian=True)
        weights = inverse @ correlation[np.ix_(~pattern, pattern)]
        out[np.ix_(rows, pattern)] = np.einsum("no,om->nm", out[np.ix_(rows, ~pattern)], weights)
    return out
