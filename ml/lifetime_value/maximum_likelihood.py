"""What every model fitted by maximum likelihood keeps and writes down.

Belongs here: parameters with their standard errors, facts about the fit, the parameter document. Does not belong
here: any likelihood, any column of a frame.
"""

from __future__ import annotations

import math
from abc import ABC
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.errors import ParameterFormatError
from ml.lifetime_value.maximiser import Maximum

FORMAT_VERSION = 1
# A parameter whose standard error spans a factor of twenty both ways is not known from the data.
LARGEST_LOG_ERROR = 3.0


class MaximumLikelihoodModel(BaseEstimator, ABC):
    """A model of a few positive parameters.

    Attributes:
        parameters_: The estimates by name.
        standard_errors_: Their standard errors by name, from the observed information (the inverse of minus the
            matrix of second derivatives; Efron & Hinkley 1978); NaN for a parameter of ``undetermined_``.
        log_likelihood_: At the estimates, with every constant, in natural logarithms.
        customers_: Number of customers that were learnt from.
        undetermined_: Parameters that the data do not determine: the likelihood still rises at the bound where the
            search ends, or is so flat that the standard error of the logarithm is above 3. Their value is then a
            stand-in for 0 or infinity. Empty for a sound fit.
        is_converged_: Whether the search ended at a maximum, or at a bound.
        evaluations_: How often the likelihood of all customers was computed.
    """

    FORMAT: ClassVar[str]
    PARAMETERS: ClassVar[tuple[str, ...]]
    SETTINGS: ClassVar[tuple[str, ...]]

    parameters_: dict[str, float]
    standard_errors_: dict[str, float]
    log_likelihood_: float
    customers_: int
    undetermined_: tuple[str, ...]
    is_converged_: bool
    evaluations_: int

    def _learn(self, maximum: Maximum, customers: float, *, log_likelihood: float | None = None) -> None:
        """Keep what a search over the logarithms of the parameters found.

        Args:
            maximum: End of the search.
            customers: How many customers it was over.
            log_likelihood: The log-likelihood there, where more than it was maximised.
        """
        values = np.exp(maximum.position)
        information = -maximum.evaluation.hessian
        is_free = ~maximum.at_bound
        log_errors = np.full(len(values), np.nan)
        log_errors[is_free] = _errors(information[np.ix_(is_free, is_free)])
        log_errors[~(log_errors <= LARGEST_LOG_ERROR)] = np.nan
        self.parameters_ = dict(zip(self.PARAMETERS, values.tolist(), strict=True))
        # By the delta method: the error of a parameter is its value times the error of its logarithm.
        self.standard_errors_ = dict(zip(self.PARAMETERS, (values * log_errors).tolist(), strict=True))
        self.log_likelihood_ = maximum.evaluation.value if log_likelihood is None else log_likelihood
        self.customers_ = round(customers)
        self.undetermined_ = tuple(
            name for name, error in zip(self.PARAMETERS, log_errors, strict=True) if math.isnan(error)
        )
        self.is_converged_ = maximum.is_converged
        self.evaluations_ = maximum.evaluations

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types; an unknown standard error is None."""
        check_is_fitted(self, "parameters_")
        errors = {name: None if math.isnan(value) else value for name, value in self.standard_errors_.items()}
        return {
            "format": self.FORMAT,
            "format_version": FORMAT_VERSION,
            "settings": {name: getattr(self, name) for name in self.SETTINGS},
            "parameters": dict(self.parameters_),
            "standard_errors": errors,
            "log_likelihood": self.log_likelihood_,
            "customers": self.customers_,
            "undetermined": list(self.undetermined_),
            "is_converged": self.is_converged_,
            "evaluations": self.evaluations_,
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()``.

        Raises:
            ParameterFormatError: The document is not one of this format and version, or is damaged.
        """
        check_format(parameters, cls.FORMAT, owner=cls.__name__)
        try:
            model = cls(**{name: parameters["settings"][name] for name in cls.SETTINGS})
            model.parameters_ = {name: float(parameters["parameters"][name]) for name in cls.PARAMETERS}
            errors = {name: parameters["standard_errors"][name] for name in cls.PARAMETERS}
            model.standard_errors_ = {name: math.nan if e is None else float(e) for name, e in errors.items()}
            model.log_likelihood_ = float(parameters["log_likelihood"])
            model.customers_ = int(parameters["customers"])
            model.undetermined_ = tuple(str(name) for name in parameters["undetermined"])
            model.is_converged_ = bool(parameters["is_converged"])
            model.evaluations_ = int(parameters["evaluations"])
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(f"{type(error).__name__}: {error}", owner=cls.__name__) from error
        if not all(math.isfinite(value) and value > 0 for value in model.parameters_.values()):
            raise damaged(f"parameters {model.parameters_}", owner=cls.__name__)
        return model


def _errors(information: np.ndarray) -> np.ndarray:
    """Return the roots of the diagonal of an inverse, shape (p,); infinite where the matrix has none."""
    try:
        variances = np.diag(np.linalg.inv(information)).copy()
    except np.linalg.LinAlgError:
        return np.full(len(information), np.inf)
    variances[~(variances > 0)] = np.inf
    return np.sqrt(variances)


def check_format(parameters: Mapping[str, Any], expected: str, *, owner: str) -> None:
    """Raise ``ParameterFormatError`` unless the document is of this format and of the version read here."""
    found = (parameters.get("format"), parameters.get("format_version"))
    if found != (expected, FORMAT_VERSION):
        raise ParameterFormatError(
            f"{owner}: these are not its parameters",
            expected=f"format {expected!r}, version {FORMAT_VERSION}",
            found=f"format {found[0]!r}, version {found[1]!r}",
            fix="pass a document written by to_parameters() of the same model, or fit again",
        )


def damaged(found: str, *, owner: str) -> ParameterFormatError:
    """Return the error for a document of the right format whose content cannot be."""
    return ParameterFormatError(
        f"{owner}: the parameters are damaged",
        expected="the complete document written by to_parameters()",
        found=found,
        fix="take the document from a published version again, or fit anew",
    )
